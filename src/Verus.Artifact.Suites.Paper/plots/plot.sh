#!/bin/sh
# Runs a plot script of upstream over files in upstream's formats, and leaves its pictures as those of the figure.
# usage: plot.sh OUT NAME SCRIPT [FILE...] [-- ARGUMENT...]
# NAME is the picture that the script writes, without its extension. The script finds copies of the files beside it.
set -eu
out=$1 name=$2 script=$3
shift 3
while [ $# -gt 0 ] && [ "$1" != -- ]; do
  cp "$1" .
  shift
done
[ $# -eq 0 ] || shift
python3 "$script" "$@"
for format in pdf png; do
  if [ -f "$name.$format" ]; then mv "$name.$format" "$out.$format"; fi
done
