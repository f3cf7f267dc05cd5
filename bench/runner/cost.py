#!/usr/bin/env python3
"""Measures what a sample costs above the program's own time: in a whole build, in the runner alone, and with
`hyperfine -N`, each with a thousand runs of `true`.

    bench/runner/cost.py [--samples 1000] [--blocks 5] [--seed 1]

In each block, every tool has one turn, in random order (seeded), so that a drift of the machine affects all of them
alike. The cost of a sample is the time from the start of one run to the start of the next one, less the time that the
tool reports for the run. For the build, the times of the starts are in its journal. The other tools do not report
them, so that their time is that of all runs together, less that of a turn of a tenth of the runs, which removes the
tool's own start.
"""
import argparse, datetime, json, os, random, shutil, statistics, subprocess, sys, tempfile, time, uuid

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SDK = os.path.join(ROOT, "src/Verus.Artifact.Sdk/Sdk")
TOOLS = os.path.join(ROOT, "artifacts/sdk/tools/")
RUNNER = os.path.join(TOOLS, "linux-x64/artifact-runner")


def build(folder, cells, samples, command):
    """Returns the cost of each sample of a build in its steady state, in milliseconds."""
    project = tempfile.mkdtemp(dir=folder)
    open(os.path.join(project, "Directory.Build.props"), "w").write("<Project />")
    open(os.path.join(project, "a.proj"), "w").write(
        f"""<Project DefaultTargets="Build"><Import Project="{SDK}/Sdk.props" />
<PropertyGroup><ArtifactToolsDir>{TOOLS}</ArtifactToolsDir></PropertyGroup>
<ItemGroup><Experiment Include="Cost" Matrix="n=1..{cells}" Command="{command} {{n}}" Samples="{samples}" /></ItemGroup>
<Import Project="{SDK}/Sdk.targets" /></Project>
"""
    )
    subprocess.run(
        ["dotnet", "build", os.path.join(project, "a.proj"), "-nologo", "-v:q", "-tl:off"],
        check=True,
        stdout=subprocess.DEVNULL,
        env=dict(os.environ, TMPDIR=project, DOTNET_CLI_TELEMETRY_OPTOUT="1"),
    )
    runs = []
    for line in open(os.path.join(project, "evaluation/experiments/journal.jsonl")):
        result = json.loads(line).get("sample", {}).get("result")
        if result:
            started = datetime.datetime.fromisoformat(result["startedUtc"][:26]).timestamp()
            runs.append((started, result["measurement"]["wallSeconds"]))
    shutil.rmtree(project)
    runs = runs[len(runs) // 10 :]
    return [(after[0] - now[0] - now[1]) * 1e3 for now, after in zip(runs, runs[1:])]


def job(folder):
    """Returns the line of a job, as the engine writes it."""
    command = dict(
        arguments=["true"],
        workingDirectory=folder,
        environment=dict(PATH=os.environ["PATH"]),
        standardOutput=os.path.join(folder, "out"),
        standardError=os.path.join(folder, "err"),
    )
    return (json.dumps(dict(format=2, id=uuid.uuid4().hex, command=command)) + "\n").encode()


def serve(folder, samples):
    """Returns the cost of a job in a runner that takes them all, in milliseconds."""
    runner = subprocess.Popen([RUNNER, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    costs = []
    for _ in range(samples):
        began = time.perf_counter()
        runner.stdin.write(job(folder))
        runner.stdin.flush()
        result = json.loads(runner.stdout.readline())
        costs.append((time.perf_counter() - began - result["measurement"]["wallSeconds"]) * 1e3)
    runner.stdin.close()
    runner.wait()
    return costs[samples // 10 :]


def once(folder, samples):
    """Returns the cost of a job in a runner of its own, in milliseconds."""
    costs = []
    for _ in range(samples // 10):
        began = time.perf_counter()
        runner = subprocess.Popen([RUNNER, "run"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        runner.stdin.write(job(folder))
        runner.stdin.flush()
        result = json.loads(runner.stdout.readline())
        runner.wait()
        costs.append((time.perf_counter() - began - result["measurement"]["wallSeconds"]) * 1e3)
    return costs


def hyperfine(folder, samples):
    """Returns the mean cost of a run of hyperfine, in milliseconds."""

    def turn(runs):
        file = os.path.join(folder, "hyperfine.json")
        began = time.perf_counter()
        command = ["hyperfine", "-N", "--warmup", "5", "--runs", str(runs), "--style", "none", "--export-json", file]
        subprocess.run([*command, "true"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        elapsed = time.perf_counter() - began
        return elapsed - sum(json.load(open(file))["results"][0]["times"])

    few = max(10, samples // 10)
    return [(turn(samples) - turn(few)) / (samples - few) * 1e3]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--samples", type=int, default=1000)
    arguments.add_argument("--blocks", type=int, default=5)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    folder = tempfile.mkdtemp(prefix="cost-")
    n = given.samples
    tools = {
        f"build, 1 cell, {n} samples": lambda: build(folder, 1, n, "true"),
        f"build, {n} cells, 1 sample": lambda: build(folder, n, 1, "true"),
        f"build, 1 cell, {n} samples with output": lambda: build(folder, 1, n, "echo"),
        "runner, many jobs": lambda: serve(folder, n),
        "runner, one job": lambda: once(folder, n),
        "hyperfine -N": lambda: hyperfine(folder, n),
    }
    if not shutil.which("hyperfine"):
        print("hyperfine is not installed, and left out", file=sys.stderr)
        del tools["hyperfine -N"]
    draw, costs, loads = random.Random(given.seed), {name: [] for name in tools}, [os.getloadavg()[0]]
    for _ in range(given.blocks):
        for name in draw.sample(list(tools), len(tools)):
            costs[name].append(tools[name]())
    loads.append(os.getloadavg()[0])
    shutil.rmtree(folder)
    print(
        f"{datetime.date.today()}, {os.cpu_count()} logical CPUs, seed {given.seed}, {given.blocks} blocks, "
        f"load {loads[0]:.1f} before and {loads[1]:.1f} after\n"
    )
    print("| tool | median cost of a sample (ms) | medians of the blocks (ms) | mean (ms) |\n| --- | --- | --- | --- |")
    for name, blocks in costs.items():
        medians = [statistics.median(block) for block in blocks]
        every = [cost for block in blocks for cost in block]
        print(
            f"| {name} | {statistics.median(every):.2f} | {min(medians):.2f} to {max(medians):.2f} "
            f"| {statistics.mean(every):.2f} |"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
