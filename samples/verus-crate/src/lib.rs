// A small crate: a stack with a bound, and a search in a sorted vector.
pub mod search;
pub mod stack;
