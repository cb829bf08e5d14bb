//! Names of things in a plan, each its own type so that they cannot be mixed up.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Wraps a text; whether the plan knows it is asked elsewhere.
            pub fn new(text: &str) -> Self {
                Self(Arc::from(text))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

id! {
    /// A reporting unit, its own key over time (`ngoc-thien`); codes and names repeat, ids do not.
    UnitId
}
id! {
    /// A reporting period: `2023`, `2023-6T`, `2023-Q1`, `2023-M03`.
    PeriodId
}
id! {
    /// One thing a person types (`be_trai`).
    FieldId
}
id! {
    /// One computed series (`4.1`, `3.2a.blgd`).
    MeasureId
}
id! {
    /// One check of the plan or of the program (`H07`, `slipped`).
    RuleId
}
id! {
    /// One reason a clerk may pick for an unusual figure.
    ReasonId
}
