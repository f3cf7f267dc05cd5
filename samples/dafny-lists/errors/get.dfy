// Must be rejected: the index is out of range.
include "../lists/single.dfy"

method Wrong() {
  var list := new SingleList();
  list.Push(1);
  var value := list.Get(1);
}
