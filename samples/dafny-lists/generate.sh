#!/bin/sh
# Writes the list in FILE, followed by a method that pushes N values and then asserts the list's content.
# usage: generate.sh N FILE
set -eu
cat "$2"
echo
echo 'method Operations() {'
echo '  var list := new SingleList();'
i=0
while [ "$i" -lt "$1" ]; do
  echo "  list.Push($i);"
  i=$((i + 1))
done
i=0
while [ "$i" -lt "$1" ]; do
  echo "  assert list.contents[$i] == $(($1 - 1 - i));"
  i=$((i + 1))
done
echo '}'
