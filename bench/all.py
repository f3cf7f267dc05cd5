#!/usr/bin/env python3
"""Measures what the SDK costs beside other programs, in one run; see README.md."""
import argparse
import csv
import datetime
import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OUT = os.path.join(ROOT, "artifacts", "bench", "all")
PAGE = os.path.join(ROOT, "docs", "performance.md")
BEGIN, END = "<!-- measured by bench/all.py: begin -->", "<!-- measured by bench/all.py: end -->"
SDK = "Verus.Artifact.Sdk"
NOT_MEASURED = [
    ("10,000 short samples on a Slurm cluster", "not measured: needs a cluster"),
    ("10,000 short samples on a machine over SSH", "not measured: needs a second machine"),
]


def run(command, folder, **options):
    """Runs a command and returns its wall time in seconds."""
    begin = time.perf_counter()
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    seconds = time.perf_counter() - begin
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed in {folder}:\n{done.stdout[-2000:]}")
    return seconds


def write(folder, name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def project(items, extra=""):
    """A project on the SDK as this repository builds it."""
    sdk = os.path.join(ROOT, "src", SDK, "Sdk")
    return f"""<Project DefaultTargets="Build"><Import Project="{sdk}/Sdk.props" />
<PropertyGroup><ArtifactToolsDir>{ROOT}/artifacts/sdk/tools/</ArtifactToolsDir></PropertyGroup>
<ItemGroup>{items}</ItemGroup>
<Import Project="{sdk}/Sdk.targets" />
{extra}<Target Name="Empty" /></Project>
"""


def dotnet(name, *arguments):
    return ["dotnet", "build", name, "-nologo", "-tl:off", "-v:q", *arguments]


class Times:
    """The times of programs on tasks; each task is measured in turns."""

    def __init__(self, repetitions):
        self.repetitions, self.rows = repetitions, []

    def take(self, task, size, ways, repetitions=None, before=None):
        """Measures each way (tool, function that returns seconds) of a task once in each round, in random order."""
        for repetition in range(repetitions or self.repetitions):
            for tool, way in random.sample(ways, len(ways)):
                if before:
                    before()
                self.rows.append((task, size, tool, repetition + 1, way()))
                print(f"{task}, {size}, {tool}: {self.rows[-1][-1]:.3f} s", flush=True)

    def summary(self):
        """Rows (task, size, tool, count, median, least, most, ratio to the SDK's first way)."""
        groups = {}
        for task, size, tool, _, seconds in self.rows:
            groups.setdefault((task, size), {}).setdefault(tool, []).append(seconds)
        for (task, size), tools in groups.items():
            own = statistics.median(next(times for tool, times in tools.items() if tool.startswith(SDK)))
            for tool, times in sorted(tools.items(), key=lambda pair: not pair[0].startswith(SDK)):
                middle = statistics.median(times)
                yield task, size, tool, len(times), middle, min(times), max(times), own / middle


def available(*names):
    return [name for name in names if shutil.which(name)]


def many(work, cells):
    """A project with samples of all cells, and the same steps for Make, ninja and Snakemake, up to date."""
    folder = os.path.join(work, f"many-{cells}")
    write(folder, "input.txt", "input")
    write(folder, "bench.proj", project(
        f'<Experiment Include="Many" Matrix="a=1..{cells // 100}; b=1..10; c=1..10" MostCells="{cells}" '
        'Command="true {a} {b} {c}" Inputs="input.txt" Samples="1" />'
        '<Dataset Include="Many" Experiments="Many" Where="b=1; c=1" KeyColumns="a" />'
        '<Figure Include="Many" Kind="LineChart" Datasets="Many" X="a" Title="Many" />'))
    write(folder, "empty.proj", '<Project><Target Name="Build" /></Project>')
    # Each program has files of its own, since each judges by times or records that the others would change.
    write(folder, "Makefile", "all: " + " ".join(f"make/{i}.txt" for i in range(cells)) + "\n" + "".join(
        f"make/{i}.txt: input.txt\n\ttrue > $@\n" for i in range(cells)))
    write(folder, "build.ninja", "rule one\n  command = true > $out\n" + "".join(
        f"build ninja/{i}.txt: one input.txt\n" for i in range(cells)))
    write(folder, "Snakefile", f'rule all:\n    input: expand("snake/{{a}}.txt", a=range({cells}))\n'
          'rule one:\n    input: "input.txt"\n    output: "snake/{a}.txt"\n    shell: "true > {output}"\n')
    for i in range(cells):
        write(folder, f"make/{i}.txt", "")
        if cells <= 1000:
            write(folder, f"snake/{i}.txt", "")
    return folder


def measure_many(times, work, sizes, planner):
    for cells in sizes:
        folder = many(work, cells)
        peers = []
        if cells <= 100_000:
            peers += [("GNU Make", lambda: run(["make", "-s", "-f", "Makefile"], folder))] * bool(available("make"))
            if available("ninja"):
                run(["ninja", "--quiet"], folder)
                peers.append(("ninja", lambda: run(["ninja", "--quiet"], folder)))
        if cells <= 1000 and available("snakemake"):
            run(["snakemake", "--cores", "2", "--touch", "--quiet"], folder)
            peers.append(("Snakemake", lambda: run(["snakemake", "--cores", "2", "--quiet"], folder)))
        planned = ["dotnet", planner, f"{cells}", "1", folder]
        plan = [line.split(",") for line in subprocess.run(planned, cwd=ROOT, check=True, stdout=subprocess.PIPE,
                                                         text=True).stdout.splitlines()[1:]]
        for what, _, _, seconds, cpu, peak in plan:
            times.rows.append((what, cells, SDK, 1, float(seconds)))
            print(f"{what}, {cells}: {seconds} s, {cpu} s of CPU time, {peak} MB", flush=True)
        if cells > 100_000:
            continue
        run(dotnet("bench.proj"), folder)
        times.take("a call with nothing to do", cells, [
            (SDK, lambda: run(dotnet("bench.proj"), folder)),
            ("an empty target of the same project", lambda: run(dotnet("bench.proj", "-t:Empty"), folder)),
            ("an empty MSBuild project", lambda: run(dotnet("empty.proj"), folder)), *peers])


def measure_samples(times, work, count):
    folder = os.path.join(work, "samples")
    write(folder, "bench.proj", project(
        f'<Experiment Include="True" Matrix="a=1..{count}" Command="true {{a}}" Samples="1" />'
        '<Dataset Include="True" Experiments="True" />'))
    ways = [(SDK, lambda: run(dotnet("bench.proj"), folder))]
    write(folder, "Snakefile", f'rule all:\n    input: expand("out/{{a}}.tsv", a=range({count // 10}))\n'
          'rule one:\n    output: "out/{a}.tsv"\n    benchmark: repeat("out/{a}.b", 10)\n'
          '    shell: "true > {output}"\n')
    if available("hyperfine"):
        ways.append(("hyperfine -N", lambda: run(["hyperfine", "-N", "--runs", f"{count}", "true"], folder)))
    if available("snakemake"):
        ways.append(("Snakemake, benchmark", lambda: run(["snakemake", "--cores", "1", "--quiet"], folder)))

    def before():
        for name in ("evaluation", "out", ".snakemake"):
            shutil.rmtree(os.path.join(folder, name), ignore_errors=True)

    times.take("samples of true, with the call", count, ways, min(3, times.repetitions), before)


def measure_figures(times, work):
    folder = os.path.join(work, "figure")
    items = ('<Experiment Include="F" Matrix="a=1..10; b=1..4" Command="true {a} {b}" Samples="3" />'
             '<Dataset Include="F" Experiments="F" /><Figure Include="F" Kind="LineChart" Datasets="F" X="a" '
             'Series="b" Title="TITLE" />')
    write(folder, "bench.proj", project(items))
    run(dotnet("bench.proj"), folder)
    titles = iter(range(1000))

    def again():
        write(folder, "bench.proj", project(items.replace("TITLE", f"title {next(titles)}")))
        return run(dotnet("bench.proj", "-p:Request=F"), folder)

    times.take("one figure after a change of its title", 1, [(SDK, again)])
    paper = os.path.join(work, "paper")

    def report():
        shutil.rmtree(paper, ignore_errors=True)
        return run(dotnet("build.proj", "-t:Report", "-p:OnMissing=Recorded", "-p:AllowNothingMeasured=true",
                          f"-p:ArtifactEvaluationDir={paper}"), ROOT)

    times.take("the paper's report from recorded numbers", 1, [(SDK, report)], min(3, times.repetitions))


def measure_sources(times, work):
    origin = os.path.join(work, "origin")
    os.makedirs(origin)
    generator = random.Random(1)
    for i in range(2000):
        write(origin, f"d{i % 40}/f{i}.txt", "".join(
            generator.choice("abcdefghij klmno\n") for _ in range(4000)))
    git = ["git", "-c", "user.name=bench", "-c", "user.email=bench@localhost"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "bench"]):
        run([*git, *command], origin)
    run(["git", "config", "uploadpack.allowAnySHA1InWant", "true"], origin)
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=origin, stdout=subprocess.PIPE, text=True,
                            check=True).stdout.strip()
    folder = os.path.join(work, "sources")
    write(folder, "bench.proj", project("".join(
        f'<ExternalRepo Include="r{i}" Url="file://{origin}" Commit="{commit}" Reason="bench" />' for i in (1, 2))))
    clone = os.path.join(work, "clone")

    def fetched(fresh):
        if fresh:
            shutil.rmtree(os.path.join(folder, "evaluation"), ignore_errors=True)
        return run(dotnet("bench.proj", "-t:CloneExternalRepos"), folder)

    def cloned():
        for i in (1, 2):
            shutil.rmtree(f"{clone}{i}", ignore_errors=True)
        return sum(run(["git", "clone", "-q", f"file://{origin}", f"{clone}{i}"], work) for i in (1, 2))

    times.take("two checkouts of one repository (2,000 files)", 2,
               [(SDK, lambda: fetched(True)), ("git clone", cloned)])
    times.take("the same checkouts again", 2, [(SDK, lambda: fetched(False)), (
        "git fetch", lambda: sum(run(["git", "fetch", "-q"], f"{clone}{i}") for i in (1, 2)))])

    def bundle(fresh):
        if fresh:
            shutil.rmtree(os.path.join(folder, "evaluation", "sources", ".packs"), ignore_errors=True)
        return run(dotnet("bench.proj", "-t:Bundle"), folder)

    times.take("a bundle (8 MB of text)", 1, [(SDK, lambda: bundle(True)), (
        "git bundle create", lambda: run(["git", "bundle", "create", "-q", "all.bundle", "HEAD"], f"{clone}1"))])
    times.take("the second bundle", 1, [(SDK, lambda: bundle(False))])


def measure_start(times, work, fresh_clone):
    """From nothing to the first sample, with the packed SDK and with a fresh clone."""
    folder = os.path.join(work, "first")
    feed = os.path.join(ROOT, "artifacts", "packages")
    packages = [name for name in (os.listdir(feed) if os.path.isdir(feed) else []) if name.startswith(SDK + ".")]
    if packages:
        version = sorted(packages)[-1][len(SDK) + 1:-len(".nupkg")]
        write(folder, "nuget.config", '<configuration><packageSources><clear />'
              f'<add key="bench" value="{feed}" /></packageSources></configuration>')
        write(folder, "first.proj", f'<Project Sdk="{SDK}/{version}"><ItemGroup>'
              '<Experiment Include="First" Command="true" Samples="1" /></ItemGroup></Project>')
        cache = os.path.join(work, "cache")

        def first():
            shutil.rmtree(os.path.join(folder, "evaluation"), ignore_errors=True)
            shutil.rmtree(cache, ignore_errors=True)
            return run(dotnet("first.proj"), folder, env={**os.environ, "NUGET_PACKAGES": cache})

        times.take("the first sample with the packed SDK", 1, [(SDK, first)], min(3, times.repetitions))
    if not fresh_clone:
        return
    clone = os.path.join(work, "fresh")

    def build():
        shutil.rmtree(clone, ignore_errors=True)
        return run(["git", "clone", "-q", ROOT, clone], work) + run(
            dotnet("build.proj", "-t:PackSdk"), clone)

    times.take("the SDK's packages in a fresh clone", 1, [(SDK, build)], 1)


def table(times):
    lines = ["| what | size | program | median | least to most | the SDK takes |",
             "| --- | --- | --- | --- | --- | --- |"]
    before = None
    for task, size, tool, count, middle, least, most, ratio in times.summary():
        name = "the SDK" if tool == SDK else tool
        same = (task, size) == before
        lines.append(f"| {'' if same else task} | {'' if same else f'{size:,}'} | {name} | {middle:.3g} s | "
                     + (f"{least:.3g} to {most:.3g} s" if count > 1 else "one time")
                     + f" | {'' if tool == SDK else f'{ratio:.{0 if ratio >= 10 else 1}f} times as long'} |")
        before = (task, size)
    return lines + [f"| {task} | | | {why} | | |" for task, why in NOT_MEASURED]


def publish(times, missing):
    """Writes the CSV files, the figure and the table of the page."""
    os.makedirs(OUT, exist_ok=True)
    with open(os.path.join(OUT, "times.csv"), "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("task", "size", "tool", "repetition", "seconds"), *times.rows])
    with open(os.path.join(OUT, "summary.csv"), "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("task", "size", "tool", "times", "median", "least", "most", "ratio"),
                                    *times.summary()])
    write(OUT, "figure.proj", project(
        '<RecordedData Include="Nothing" File="summary.csv" Value="median" Low="least" High="most" Unit="s" '
        f'KeyColumns="task;size;tool" Where="task=a call with nothing to do" Provenance="bench/all.py, '
        f'{datetime.date.today()}" /><Figure Include="Nothing" Kind="LineChart" Datasets="Nothing" X="size" '
        'Series="tool" XScale="Log" YScale="Log" Title="A call with nothing to do" />'))
    run(dotnet("figure.proj", "-p:OnMissing=Recorded", "-p:AllowNothingMeasured=true",
               "-p:Request=Nothing"), OUT)
    processor = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8")
                      if line.startswith("model name")), platform.machine())
    facts = (f"Measured on {datetime.date.today()} with {os.cpu_count()} processors ({processor}), Linux "
             f"{platform.release().split('-')[0]}, a load of {os.getloadavg()[2]:.1f} over the last 15 minutes"
             + (f"; not installed: {', '.join(missing)}" if missing else "") + ".")
    with open(PAGE, encoding="utf-8") as file:
        text = file.read()
    head, rest = text.split(BEGIN)
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write("\n".join([head + BEGIN, "", facts, "", *table(times), "", END + rest.split(END)[1]]))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out the largest sizes")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--clone", action="store_true", help="also build a fresh clone")
    options = parser.parse_args()
    os.environ["MSBUILDDISABLENODEREUSE"] = "1"
    times = Times(options.repetitions)
    run(["dotnet", "build", "planning.cs", "-c", "Release", "-v:q", "-nologo"], os.path.join(ROOT, "bench", "planning"))
    planner = os.path.join(ROOT, "artifacts", "bin", "release", "planning.dll")
    work = tempfile.mkdtemp(prefix="bench-")
    try:
        measure_samples(times, work, 100 if options.quick else 1000)
        measure_figures(times, work)
        measure_sources(times, work)
        measure_start(times, work, options.clone)
        measure_many(times, work, [100, 1000] + ([] if options.quick else [10_000, 100_000, 1_000_000]), planner)
        publish(times, [name for name in ("make", "ninja", "snakemake", "hyperfine") if not shutil.which(name)])
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
