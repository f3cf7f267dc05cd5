// Binary search.
use vstd::prelude::*;

verus! {

pub open spec fn sorted(items: Seq<u64>) -> bool {
    forall|i: int, j: int| 0 <= i < j < items.len() ==> items[i] <= items[j]
}

// The place of a number that is there, else None.
pub fn search(items: &Vec<u64>, wanted: u64) -> (place: Option<usize>)
    requires
        sorted(items@),
    ensures
        place.is_some() ==> place.unwrap() < items.len() && items@[place.unwrap() as int] == wanted,
        place.is_none() ==> forall|i: int| 0 <= i < items.len() ==> items@[i] != wanted,
{
    let mut low: usize = 0;
    let mut high: usize = items.len();
    while low < high
        invariant
            low <= high <= items.len(),
            sorted(items@),
            forall|i: int| 0 <= i < low ==> items@[i] < wanted,
            forall|i: int| high <= i < items.len() ==> items@[i] > wanted,
        decreases high - low,
    {
        let middle = low + (high - low) / 2;
        if items[middle] == wanted {
            return Some(middle);
        }
        if items[middle] < wanted {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    None
}

} // verus!
