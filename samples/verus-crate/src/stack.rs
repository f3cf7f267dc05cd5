// A stack of numbers that holds at most LIMIT of them, against a sequence.
use vstd::prelude::*;

verus! {

pub const LIMIT: usize = 64;

pub struct Stack {
    items: Vec<u64>,
}

impl Stack {
    pub closed spec fn view(&self) -> Seq<u64> {
        self.items@
    }

    pub open spec fn is_valid(&self) -> bool {
        self.view().len() <= LIMIT
    }

    pub fn new() -> (stack: Self)
        ensures
            stack.is_valid(),
            stack.view() == Seq::<u64>::empty(),
    {
        let stack = Stack { items: Vec::new() };
        assert(stack.view() =~= Seq::<u64>::empty());
        stack
    }

    // Whether there was room.
    pub fn push(&mut self, item: u64) -> (pushed: bool)
        requires
            old(self).is_valid(),
        ensures
            self.is_valid(),
            pushed == (old(self).view().len() < LIMIT),
            pushed ==> self.view() == old(self).view().push(item),
            !pushed ==> self.view() == old(self).view(),
    {
        if self.items.len() < LIMIT {
            self.items.push(item);
            true
        } else {
            false
        }
    }

    pub fn pop(&mut self) -> (item: Option<u64>)
        requires
            old(self).is_valid(),
        ensures
            self.is_valid(),
            item.is_none() == (old(self).view().len() == 0),
            item.is_some() ==> item.unwrap() == old(self).view().last() && self.view() == old(self).view().drop_last(),
    {
        self.items.pop()
    }
}

} // verus!
