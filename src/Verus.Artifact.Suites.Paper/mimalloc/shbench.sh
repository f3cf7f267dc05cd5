#!/bin/sh
# Fetches the sources of a benchmark of shbench and patches them as mimalloc-bench does. The sources are a download that
# may no longer exist: a benchmark without sources is left out of mimalloc-bench's build, and its rows of the figure are
# not available.
#   shbench.sh NAME FILE URL SHA256    in the folder mimalloc-bench/bench/shbench; NAME is sh6bench or sh8bench, FILE
# the source in the archive
set -eu
name=$1 file=$2 url=$3 sha256=$4
rm -f "$name-new.c" "$name.zip"
if wget --timeout=20 --tries=2 -O "$name.zip" "$url"; then
  # If the content differs from the pinned content, the script stops; the benchmark is not merely left out.
  [ -z "$sha256" ] || echo "$sha256  $name.zip" | sha256sum -c -
  if unzip -o "$name.zip" && sed -i 's/\r$//' "$name.patch" "$file" &&
    patch -p1 -o "$name-new.c" "$file" "$name.patch"; then
    exit 0
  fi
fi
echo "$name is left out: its sources cannot be had from $url"
rm -f "$name-new.c"
sed -i "/$name/d" ../CMakeLists.txt
