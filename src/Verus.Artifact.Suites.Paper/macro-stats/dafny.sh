#!/bin/sh
# Verifies files with IronFleet's Dafny in one call. Each line of the list is a path relative to the working directory.
# Some of the authors' lists have Windows line endings.
#   dafny.sh DAFNY ARITHMETIC CORES LIST
set -eu
dafny=$1 arithmetic=$2 cores=$3 list=$4
# File names in the list contain no spaces.
# shellcheck disable=SC2046
exec "$dafny" "/compile:0" "/arith:$arithmetic" /noCheating:1 /trace "/vcsCores:$cores" $(tr -d '\r' < "$list")
