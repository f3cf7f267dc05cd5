// Must be rejected: the last place is one too far.
use vstd::prelude::*;

verus! {

pub fn last(items: &Vec<u64>) -> u64
    requires
        items.len() > 0,
{
    items[items.len()]
}

} // verus!
