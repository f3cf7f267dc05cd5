#!/usr/bin/env bash
# Measures a call that has nothing to do, with 1,000 cells and 10,000 samples. For comparison, the script measures a
# trivial MSBuild project and, if it is installed, Snakemake with 1,000 up-to-date steps. The script first takes the
# samples of 'true', which needs a few minutes. The command 'dotnet build build.proj -t:BuildSdkTools' must be run
# before this script.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=${1:-$(mktemp -d)}
mkdir -p "$folder" && cd "$folder"
cat > noop.proj <<P
<Project DefaultTargets="Build"><Import Project="$root/src/Verus.Artifact.Sdk/Sdk/Sdk.props" />
<PropertyGroup><ArtifactToolsDir>$root/artifacts/sdk/tools/</ArtifactToolsDir></PropertyGroup>
<ItemGroup><Experiment Include="Many" Matrix="a=1..100; b=1..10" Command="true {a} {b}" Samples="10" />
<Dataset Include="Many" Experiments="Many" />
<Figure Include="Many" Kind="LineChart" Datasets="Many" X="a" Series="b" Title="Many" /></ItemGroup>
<Import Project="$root/src/Verus.Artifact.Sdk/Sdk/Sdk.targets" /></Project>
P
echo '<Project><Target Name="Build"><Message Importance="high" Text="hello" /></Target></Project>' > trivial.proj
export MSBUILDDISABLENODEREUSE=1
dotnet build noop.proj -nologo -tl:off -v:q > first.log
median() { sort -n | awk '{v[NR]=$1} END {print v[int((NR+1)/2)]}'; }
time_of() {
  for _ in 1 2 3 4 5 6 7; do /usr/bin/env bash -c "TIMEFORMAT=%R; time $* > /dev/null 2>&1" 2>&1; done | median
}
echo "trivial project: $(time_of dotnet build trivial.proj -nologo -tl:off) s"
echo "1,000 cells, 10,000 samples, nothing to do: $(time_of dotnet build noop.proj -nologo -tl:off) s"
if command -v snakemake > /dev/null; then
  mkdir -p snake && cd snake
  cat > Snakefile <<'RULES'
rule all:
    input: expand("out/{a}.txt", a=range(1000))
rule one:
    output: "out/{a}.txt"
    shell: "true > {output}"
RULES
  [ -d out ] ||
    { mkdir out && for i in $(seq 0 999); do : > "out/$i.txt"; done && snakemake --cores 2 --touch > /dev/null 2>&1; }
  echo "Snakemake, 1,000 steps, nothing to do: $(time_of snakemake --cores 2) s"
fi
