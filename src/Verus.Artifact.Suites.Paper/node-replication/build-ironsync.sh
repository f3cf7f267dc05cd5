#!/bin/sh
# Builds IronSync's programs, one for each number of replicas. IronSync's Linear Dafny needs .NET 5, which is unpacked
# beside it, and the z3 that its own script fetches.
#   build-ironsync.sh URL SHA256    in the folder ironsync-osdi2023; the archive of the .NET SDK
set -eu
url=$1 sha256=$2
rm -rf .dotnet .dafny dotnet.tar.gz
wget -q -O dotnet.tar.gz "$url"
[ -z "$sha256" ] || echo "$sha256  dotnet.tar.gz" | sha256sum -c -
mkdir .dotnet
tar -xzf dotnet.tar.gz -C .dotnet
PATH=$PWD/.dotnet:$PATH
export PATH
bash tools/artifact-setup-dafny.sh
cd concurrency/node-replication
exec ./compile-bench.sh
