#!/bin/sh
# Verifies files with IronFleet's Dafny in one call. The list names one file a line, relative to the working directory;
# the authors' lists have line ends
# of Windows in part.
#   dafny.sh DAFNY ARITHMETIC CORES LIST
set -eu
dafny=$1 arithmetic=$2 cores=$3 list=$4
# Names of files of the list have no spaces.
# shellcheck disable=SC2046
exec "$dafny" "/compile:0" "/arith:$arithmetic" /noCheating:1 /trace "/vcsCores:$cores" $(tr -d '\r' < "$list")
