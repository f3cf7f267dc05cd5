#!/bin/sh
# Runs scons with the root of Verus's checkout, which the build needs, and which has source/target-verus/release/verus.
#   verus-scons.sh VERUS ARGUMENT...
set -eu
root=$(dirname "$(readlink -f "$1")")/../../..
shift
exec scons --verus-path="$root" "$@"
