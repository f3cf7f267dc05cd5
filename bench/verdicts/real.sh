#!/usr/bin/env bash
# Measures one program under 32 names in interleaved rounds through the whole line, and counts how often verdicts find
# it different from itself. Usage: real.sh [FOLDER [ROUNDS]]. Run 'dotnet build build.proj -t:BuildSdkTools' before.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
folder=${1:-$(mktemp -d)}
mkdir -p "$folder" && cd "$folder"
# Some milliseconds of computing.
echo 'i=0; while [ $i -lt 3000 ]; do i=$((i + 1)); done' > loop.sh
cat > same.proj <<P
<Project DefaultTargets="Build"><Import Project="$root/src/Verus.Artifact.Sdk/Sdk/Sdk.props" />
<PropertyGroup><ArtifactToolsDir>$root/artifacts/sdk/tools/</ArtifactToolsDir></PropertyGroup>
<ItemGroup><Experiment Include="Same" Matrix="name=1..32" Command="sh {project}/loop.sh {name}" Samples="${2:-60}" />
<Dataset Include="Same" Experiments="Same" />
<Figure Include="Same" Kind="LineChart" Datasets="Same" X="name" Title="One program under 32 names" /></ItemGroup>
<Import Project="$root/src/Verus.Artifact.Sdk/Sdk/Sdk.targets" /></Project>
P
export MSBUILDDISABLENODEREUSE=1
dotnet build same.proj -nologo -tl:off -v:m
cd "$root" && dotnet run -c Release bench/verdicts/verdicts.cs "real=$folder/evaluation/data"
