//! Room `term`.
