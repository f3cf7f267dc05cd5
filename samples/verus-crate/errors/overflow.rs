// Must be rejected: the sum may be too large for its type.
use vstd::prelude::*;

verus! {

pub fn add(a: u64, b: u64) -> u64 {
    a + b
}

} // verus!
