#!/usr/bin/env bash
# Compares CloneExternalRepos with plain 'git clone' and 'git checkout' of the same pins: seconds and bytes on disk.
# The arguments name pins to leave out, such as those whose host this machine cannot reach. Mirrors that git's
# configuration declares by url.<base>.insteadOf are used.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
dotnet build build.proj -t:List -v:q -nologo >/dev/null

python3 - "$work" "$PWD" "$@" <<'EOF'
import re, sys
work, here, left_out = sys.argv[1], sys.argv[2], sys.argv[3:]
ledger = open('src/Verus.Artifact.Suites.Paper/pins.props').read()
pins = re.findall(r'Include="([^"]+)"\s+Url="([^"]+)"\s+Commit="([^"]+)"', ledger)
pins = [pin for pin in pins if pin[0] not in left_out]
with open(f'{work}/list', 'w') as file:
    file.writelines(' '.join(pin) + '\n' for pin in pins)
items = ''.join(f'<ExternalRepo Include="{name}" Url="{url}" Commit="{commit}" Reason="bench" />'
                for name, url, commit in pins)
sdk = f'{here}/src/Verus.Artifact.Sdk/Sdk'
with open(f'{work}/bench.proj', 'w') as file:
    file.write(f'<Project><Import Project="{sdk}/Sdk.props" />')
    file.write(f'<PropertyGroup><ArtifactToolsDir>{here}/artifacts/sdk/tools/</ArtifactToolsDir></PropertyGroup>'
               f'<ItemGroup>{items}</ItemGroup><Import Project="{sdk}/Sdk.targets" /></Project>')
EOF

took() {
  local start
  start=$(date +%s.%N)
  "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
  seconds=$(echo "$(date +%s.%N) - $start" | bc)
}
plain() {
  mkdir "$work/plain"
  while read -r name url commit; do
    git clone --quiet "$url" "$work/plain/$name" &&
      git -C "$work/plain/$name" -c advice.detachedHead=false checkout --quiet "$commit" &&
      git -C "$work/plain/$name" submodule --quiet update --init --recursive || return 1
  done <"$work/list"
}
ours() { dotnet build "$work/bench.proj" -t:CloneExternalRepos -p:ArtifactEvaluationDir="$work/ours" -nologo; }

echo "$(wc -l <"$work/list") pins; $(git --version); $(nproc) cores"
took plain; echo "plain:  $seconds s, $(du -sb "$work/plain" | cut -f1) bytes"
took ours; echo "ours:   $seconds s, $(du -sb "$work/ours/sources" | cut -f1) bytes"
took ours; echo "again:  $seconds s"
for name in $(cut -d' ' -f1 "$work/list"); do
  [ "$(git -C "$work/plain/$name" rev-parse HEAD)" = "$(git -C "$work/ours/sources/$name" rev-parse HEAD)" ]
  diff -r --no-dereference --exclude=.git "$work/plain/$name" "$work/ours/sources/$name"
done
echo "both trees are the same"
