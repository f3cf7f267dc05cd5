#!/bin/sh
# Compresses FILE, decompresses the result, and compares it with FILE.
# usage: roundtrip.sh PROGRAM LEVEL FILE
set -eu
"$1" "-$2" --stdout "$3" > packed
"$1" --decompress --stdout < packed > unpacked
cmp unpacked "$3"
echo same
