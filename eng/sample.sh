#!/usr/bin/env bash
# Evaluates samples/dafny-lists in a fresh clone: installs the packages that it needs if that is possible (on Debian, as
# root), builds and packs the SDK, and runs the sample as any other user of the package would. Arguments are passed to
# the build, such as -p:Samples=1.
set -euo pipefail
cd "$(dirname "$0")/.."
. eng/packages.sh
install_packages gcc binutils zlib1g-dev z3 fonts-dejavu-core
exec dotnet build build.proj -t:SampleDafnyLists -nologo "$@"
