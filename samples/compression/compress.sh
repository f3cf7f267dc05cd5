#!/bin/sh
# Compresses FILE, and prints its size before and after.
# usage: compress.sh PROGRAM LEVEL FILE
set -eu
"$1" "-$2" --stdout "$3" > packed
echo "input $(wc -c < "$3")"
echo "packed $(wc -c < packed)"
