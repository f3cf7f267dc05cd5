#!/usr/bin/env bash
# Compares times inside and outside of a container. As root, the script starts a container engine in a temporary folder;
# otherwise it uses the engine that is running. usage: run.sh [ROUNDS]    The exit code is 1 if a median differs by 2 ms
# or more.
set -euo pipefail
cd "$(dirname "$0")/../.."
runner=$PWD/artifacts/publish/runner/artifact-runner
[ -x "$runner" ] || { echo "build first: dotnet build build.proj -t:PackSdk"; exit 2; }
folder=$(mktemp -d)
engine=
finish() {
  if [ -n "$engine" ]; then
    kill "$engine" && wait "$engine" || true
    awk -v folder="$folder/" 'index($2, folder) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r -n 1 umount
  else
    docker image rm --force verus-artifact-bench:1 >/dev/null
  fi
  rm -rf "$folder"
}
trap finish EXIT
if [ "$(id -u)" = 0 ] && command -v dockerd >/dev/null; then
  export DOCKER_HOST=unix://$folder/docker.sock
  dockerd --data-root "$folder/data" --exec-root "$folder/exec" --pidfile "$folder/pid" -H "$DOCKER_HOST" \
    --bridge=none --iptables=false --ip-forward=false --ip-masq=false 2>"$folder/log" &
  engine=$!
  until docker version >/dev/null 2>&1; do kill -0 "$engine" && sleep 0.2; done
fi
mkdir "$folder/bin"
for name in true sleep; do cp /bin/busybox "$folder/bin/$name"; done
gcc -O2 -static -o "$folder/bin/second" bench/runner/second.c
mkdir "$folder/root"
tar -c -C "$folder/root" . | docker import - verus-artifact-bench:1 >/dev/null
python3 bench/container/compare.py "$runner" "$folder" "${1:-40}"
