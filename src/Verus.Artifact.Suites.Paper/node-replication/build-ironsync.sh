#!/bin/sh
# Builds IronSync's programs, one for each number of replicas. IronSync's Linear Dafny needs .NET 5, which is unpacked
# beside it together with the OpenSSL 1.1 that this .NET needs, and the z3 that its own script fetches.
#   build-ironsync.sh URL SHA256 URL SHA256    in the folder ironsync-osdi2023: the archive of the .NET SDK, and the
#                                              Debian package of OpenSSL; an empty hash is not compared
set -eu
fetch() {
  wget -q -O "$1" "$2"
  [ -z "$3" ] || echo "$3  $1" | sha256sum -c -
}
rm -rf .dotnet .openssl .dafny dotnet.tar.gz openssl.deb
fetch dotnet.tar.gz "$1" "$2"
mkdir .dotnet
tar -xzf dotnet.tar.gz -C .dotnet
PATH=$PWD/.dotnet:$PATH
export PATH
fetch openssl.deb "$3" "$4"
dpkg-deb -x openssl.deb .openssl
LD_LIBRARY_PATH=$PWD/.openssl/usr/lib/x86_64-linux-gnu
export LD_LIBRARY_PATH
bash tools/artifact-setup-dafny.sh
cd concurrency/node-replication
exec ./compile-bench.sh
