#!/usr/bin/env bash
# Makes the picture of the README: a new artifact from the packed template, evaluated with the packed SDK, and its
# report as Chromium shows it. Takes half a minute after 'dotnet build build.proj -t:PackSdk'.
#
#   eng/picture.sh [FILE]     writes FILE, or docs/report.png
set -euo pipefail
cd "$(dirname "$0")/.."
picture=$(realpath -m "${1:-docs/report.png}")
feed=$PWD/artifacts/packages
for chromium in chromium chromium-browser google-chrome ''; do
  command -v "$chromium" >/dev/null && break
done
[ -n "$chromium" ] || { echo "picture: install Debian's package chromium" >&2; exit 1; }
packed=$(find "$feed" -name 'Verus.Artifact.Templates.*.nupkg' -print -quit)
[ -n "$packed" ] || { echo "picture: run 'dotnet build build.proj -t:PackSdk' first" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# A home and a folder of packages of its own, so that no other copy of the packages is taken.
export DOTNET_CLI_HOME=$work/home NUGET_PACKAGES=$work/packages DOTNET_NOLOGO=1
dotnet new install "$packed" >/dev/null
dotnet new verus-artifact --name my-artifact --output "$work/my-artifact" --feed "$feed" >/dev/null
dotnet build "$work/my-artifact" -nologo -tl:off -v:q -p:Samples=10
# Chromium's sandbox does not start as root; the page is the one that was just written.
"$chromium" --headless --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$work/profile" \
  --window-size=960,1100 --screenshot="$work/report.png" "file://$work/my-artifact/evaluation/report/index.html" \
  >"$work/chromium.log" 2>&1 || { cat "$work/chromium.log" >&2; exit 1; }
mv "$work/report.png" "$picture"
