#!/bin/sh
# Writes a configuration of Why3 for a sample: the provers of this machine, and the number of them that may run at a
# time, which Why3 reads only from its configuration.
#   why3-config.sh WHY3 PROVERS FILE
set -eu
why3=$1 provers=$2 file=$3
rm -f "$file"
WHY3CONFIG=$file "$why3" config detect
grep -q '^\[main\]' "$file" || printf '[main]\n' >> "$file"
sed -i -e '/^running_provers_max *=/d' -e "s/^\[main\]\$/&\nrunning_provers_max = $provers/" "$file"
grep -q "^running_provers_max = $provers\$" "$file"
