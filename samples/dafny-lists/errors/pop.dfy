// Must be rejected: what was pushed last comes first.
include "../lists/single.dfy"

method Wrong() {
  var list := new SingleList();
  list.Push(1);
  list.Push(2);
  var value := list.Pop();
  assert value == 1;
}
