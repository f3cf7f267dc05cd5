#!/bin/sh
# Runs IronSync's program with one replica for each socket that the threads occupy. Like upstream's script, this script
# counts the CPUs of a socket twice: first the cores, and then their second threads. IronSync has a program for each
# number of replicas, app-1replicas to app-4replicas, in one folder.
#   ironsync.sh .../app-1replicas BENCH THREADS READS SECONDS POLICY RUN_ID
set -eu
one=$1
shift
threads=$2
sockets=$(sed -n 's/^physical id[^:]*: *//p' /proc/cpuinfo | sort -u | wc -l)
each=$(grep -c '^physical id[^:]*: *0$' /proc/cpuinfo)
replicas=$(((2 * threads + each - 1) / each))
[ "$replicas" -le "$sockets" ] || replicas=$sockets
exec "${one%1replicas}${replicas}replicas" "$@"
