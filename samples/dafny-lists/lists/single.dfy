// A singly linked list of integers on the heap, with its contents as a ghost sequence.
class Node {
  var value: int
  var next: Node?

  constructor (value: int, next: Node?)
    ensures this.value == value && this.next == next
  {
    this.value := value;
    this.next := next;
  }
}

class SingleList {
  var head: Node?
  ghost var nodes: seq<Node>
  ghost var contents: seq<int>

  ghost predicate Valid()
    reads this, nodes
  {
    && |nodes| == |contents|
    && (head == if |nodes| == 0 then null else nodes[0])
    && (forall i :: 0 <= i < |nodes| ==> nodes[i].value == contents[i])
    && (|nodes| > 0 ==> nodes[|nodes| - 1].next == null)
    && (forall i, j :: 0 <= i < j < |nodes| && j == i + 1 ==> nodes[i].next == nodes[j])
    && (forall i, j :: 0 <= i < j < |nodes| ==> nodes[i] != nodes[j])
  }

  constructor ()
    ensures Valid() && contents == [] && fresh(nodes)
  {
    head := null;
    nodes := [];
    contents := [];
  }

  method Push(value: int)
    requires Valid()
    modifies this
    ensures Valid() && contents == [value] + old(contents)
    ensures forall node <- nodes :: node in old(nodes) || fresh(node)
  {
    var node := new Node(value, head);
    head := node;
    nodes := [node] + nodes;
    contents := [value] + contents;
  }

  method Pop() returns (value: int)
    requires Valid() && |contents| > 0
    modifies this
    ensures Valid() && value == old(contents)[0] && contents == old(contents)[1..]
    ensures forall node <- nodes :: node in old(nodes)
  {
    value := head.value;
    head := head.next;
    nodes := nodes[1..];
    contents := contents[1..];
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
