#!/bin/sh
# Runs scons with the folder of Dafny.dll, which the build needs: that of the executable, or a folder of the store of a
# .NET tool.
#   dafny-scons.sh DAFNY ARGUMENT...
set -eu
folder=$(dirname "$(readlink -f "$1")")
shift
for library in "$folder"/Dafny.dll "$folder"/.store/dafny/*/dafny/*/tools/*/any/Dafny.dll; do
  if [ -e "$library" ]; then
    exec scons --dafny-path="$(dirname "$library")" "$@"
  fi
done
echo "there is no Dafny.dll below $folder" >&2
exit 1
