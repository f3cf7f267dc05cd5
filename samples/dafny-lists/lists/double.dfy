// A doubly linked list of integers on the heap, with its contents as a ghost sequence.
class Node {
  var value: int
  var previous: Node?
  var next: Node?

  constructor (value: int)
    ensures this.value == value && previous == null && next == null
  {
    this.value := value;
    previous := null;
    next := null;
  }
}

class DoubleList {
  var head: Node?
  var tail: Node?
  ghost var nodes: seq<Node>
  ghost var contents: seq<int>

  ghost predicate Valid()
    reads this, nodes
  {
    && |nodes| == |contents|
    && (head == if |nodes| == 0 then null else nodes[0])
    && (tail == if |nodes| == 0 then null else nodes[|nodes| - 1])
    && (forall i :: 0 <= i < |nodes| ==> nodes[i].value == contents[i])
    && (|nodes| > 0 ==> nodes[|nodes| - 1].next == null)
    && (forall i, j :: 0 <= i < j < |nodes| && j == i + 1 ==> nodes[i].next == nodes[j])
    && (|nodes| > 0 ==> nodes[0].previous == null)
    && (forall i, j :: 0 <= i < j < |nodes| && j == i + 1 ==> nodes[j].previous == nodes[i])
    && (forall i, j :: 0 <= i < j < |nodes| ==> nodes[i] != nodes[j])
  }

  constructor ()
    ensures Valid() && contents == [] && fresh(nodes)
  {
    head := null;
    tail := null;
    nodes := [];
    contents := [];
  }

  method PushBack(value: int)
    requires Valid()
    modifies this, nodes
    ensures Valid() && contents == old(contents) + [value]
    ensures forall node <- nodes :: node in old(nodes) || fresh(node)
  {
    var node := new Node(value);
    node.previous := tail;
    if tail == null {
      head := node;
    } else {
      tail.next := node;
    }
    tail := node;
    nodes := nodes + [node];
    contents := contents + [value];
  }

  method PushFront(value: int)
    requires Valid()
    modifies this, nodes
    ensures Valid() && contents == [value] + old(contents)
    ensures forall node <- nodes :: node in old(nodes) || fresh(node)
  {
    var node := new Node(value);
    node.next := head;
    if head == null {
      tail := node;
    } else {
      head.previous := node;
    }
    head := node;
    nodes := [node] + nodes;
    contents := [value] + contents;
  }

  method PopBack() returns (value: int)
    requires Valid() && |contents| > 0
    modifies this, nodes
    ensures Valid() && value == old(contents)[|old(contents)| - 1]
    ensures contents == old(contents)[..|old(contents)| - 1]
    ensures forall node <- nodes :: node in old(nodes)
  {
    assert tail == nodes[|nodes| - 1];
    value := tail.value;
    var before := tail.previous;
    assert |nodes| > 1 ==> before == nodes[|nodes| - 2];
    if before == null {
      head := null;
      tail := null;
    } else {
      before.next := null;
      tail := before;
    }
    nodes := nodes[..|nodes| - 1];
    contents := contents[..|contents| - 1];
  }

  method Get(index: nat) returns (value: int)
    requires Valid() && index < |contents|
    ensures value == contents[index]
  {
    var node := head;
    var i := 0;
    while i < index
      invariant i <= index && node == nodes[i]
    {
      node := node.next;
      i := i + 1;
    }
    value := node.value;
  }
}
