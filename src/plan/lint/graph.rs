//! Circles in what refers to what.

use std::collections::{BTreeMap, BTreeSet};

/// The names of one circle, in order, when the arrows of `edges` form one.
///
/// Walks without recursion: a hostile file can chain as many names as it has room for.
pub(super) fn circle<'a>(edges: &BTreeMap<&'a str, Vec<&'a str>>) -> Option<Vec<&'a str>> {
    let mut done: BTreeSet<&str> = BTreeSet::new();
    for start in edges.keys() {
        let mut path: Vec<(&str, usize)> = vec![(start, 0)];
        let mut on_path: BTreeSet<&str> = BTreeSet::from([*start]);
        while let Some((name, next)) = path.last_mut() {
            let target = edges.get(name).and_then(|targets| targets.get(*next));
            *next += 1;
            match target {
                None => {
                    done.insert(name);
                    on_path.remove(name);
                    path.pop();
                }
                Some(target) if on_path.contains(target) => {
                    let names = path.iter().map(|(name, _)| *name);
                    return Some(names.skip_while(|name| name != target).collect());
                }
                Some(target) if done.contains(target) => {}
                Some(target) => {
                    on_path.insert(target);
                    path.push((target, 0));
                }
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges<'a>(pairs: &[(&'a str, &'a str)]) -> BTreeMap<&'a str, Vec<&'a str>> {
        let mut edges: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (from, to) in pairs {
            edges.entry(from).or_default().push(to);
        }
        edges
    }

    #[test]
    fn circles_are_found_and_shared_ends_are_not_circles() {
        let diamond = edges(&[("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")]);
        assert_eq!(circle(&diamond), None);
        let round = edges(&[("a", "b"), ("b", "c"), ("c", "b")]);
        assert_eq!(circle(&round), Some(vec!["b", "c"]));
        assert_eq!(circle(&edges(&[("a", "a")])), Some(vec!["a"]));
    }
}
