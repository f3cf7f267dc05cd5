#!/usr/bin/env python3
"""Compares the bias and spread of the runner with those of `hyperfine -N` and a bare C program, on the same
commands, in one run.

Every observation is a fresh process of the tool that runs the command twice, to warm up and to measure; in the row of
many jobs, one process of the runner makes all observations, as it does on the host. The order is
random in blocks (seeded): each block has every tool and command once, so that a drift of the machine
affects all of them equally.
"""
import argparse
import csv
import datetime
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
OUT = os.path.join(ROOT, "artifacts", "bench", "runner")
RUNNER = os.path.join(ROOT, "artifacts", "publish", "runner", "artifact-runner")


def build():
    os.makedirs(OUT, exist_ok=True)
    if not os.path.exists(RUNNER):
        subprocess.run(
            ["dotnet", "publish", os.path.join(ROOT, "src", "Runner"), "-c", "Release", "-v:q", "-nologo"], check=True
        )
    for name, options in (("second", ["-O1"]), ("reference", ["-O2", "-static"])):
        subprocess.run(["gcc", *options, "-o", os.path.join(OUT, name), os.path.join(HERE, name + ".c")], check=True)


REAL_TIME = []


def run(command, **options):
    return subprocess.run([*REAL_TIME, *command], check=True, **options)


def steps_of_a_second():
    """Returns the number of steps that `second` makes in about one second on this machine."""
    trial = 200_000_000
    seconds = min(
        float(
            subprocess.run(
                [os.path.join(OUT, "second"), str(trial)], capture_output=True, check=True, text=True
            ).stdout.split()[0]
        )
        for _ in range(3)
    )
    return round(trial / seconds / 10e6) * 10_000_000


def by_reference(command):
    wall, user, system = map(
        float, run([os.path.join(OUT, "reference"), *command], capture_output=True, text=True).stdout.split()
    )
    return wall, user + system


def by_hyperfine(command):
    file = os.path.join(OUT, "hyperfine.json")
    run(
        [
            "hyperfine",
            "-N",
            "--warmup",
            "1",
            "--runs",
            "1",
            "--style",
            "none",
            "--export-json",
            file,
            " ".join(command),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with open(file, encoding="utf-8") as stream:
        result = json.load(stream)["results"][0]
    return result["times"][0], result["user"] + result["system"]


def job_of(command):
    return json.dumps(
        {
            "id": uuid.uuid4().hex,
            "warmUps": 1,
            "command": {
                "arguments": command,
                "workingDirectory": "/",
                "environment": {"PATH": "/usr/bin:/bin"},
                "standardOutput": "/dev/null",
                "standardError": "/dev/null",
            },
        }
    )


def by_runner(command):
    job, file = os.path.join(OUT, "job.json"), os.path.join(OUT, "result.json")
    with open(job, "w", encoding="utf-8") as stream:
        stream.write(job_of(command))
    run([RUNNER, "run", job, file], stdin=subprocess.DEVNULL)
    with open(file, encoding="utf-8") as stream:
        return times_of(json.load(stream), command)


SERVING = []


def by_stream(command):
    if not SERVING:
        SERVING.append(
            subprocess.Popen([*REAL_TIME, RUNNER, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        )
    SERVING[0].stdin.write(job_of(command) + "\n")
    SERVING[0].stdin.flush()
    return times_of(json.loads(SERVING[0].stdout.readline()), command)


def times_of(result, command):
    if result["outcome"] != "Exited" or result["exitCode"] != 0:
        sys.exit(f"the runner could not run {command}: {result}")
    return (
        result["measurement"]["wallSeconds"],
        result["measurement"]["userSeconds"] + result["measurement"]["systemSeconds"],
    )


TOOLS = {
    "reference": by_reference,
    "runner": by_runner,
    "runner, many jobs": by_stream,
    "hyperfine -N": by_hyperfine,
}


def interval(values, others, seed, rounds=4000):
    """Returns the 95% bootstrap interval of the difference of medians."""
    draw = random.Random(seed)
    differences = sorted(
        statistics.median(draw.choices(values, k=len(values))) - statistics.median(draw.choices(others, k=len(others)))
        for _ in range(rounds)
    )
    return differences[int(0.025 * rounds)], differences[int(0.975 * rounds)]


def quartiles(values):
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return high - low


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--runs",
        default="300,100,30",
        help="observations of true, of sleep 0.1 and of the program of a second, for each tool",
    )
    parser.add_argument(
        "--real-time",
        action="store_true",
        help="give every tool real-time priority (chrt, needs root), so that other programs on the machine do "
        "not take its CPU",
    )
    arguments = parser.parse_args()
    if arguments.real_time:
        REAL_TIME.extend(["chrt", "-f", "10"])
    build()
    counts = [int(count) for count in arguments.runs.split(",")]
    commands = dict(
        zip(
            ("true", "sleep 0.1", "one second"),
            (["/usr/bin/true"], ["/usr/bin/sleep", "0.1"], [os.path.join(OUT, "second"), str(steps_of_a_second())]),
        )
    )
    if arguments.real_time:
        # The kernel takes 5% of every second from real-time programs, at moments that depend on what ran before.
        del commands["one second"]
    draw = random.Random(arguments.seed)
    loads = os.getloadavg()
    observations = {(command, tool): [] for command in commands for tool in TOOLS}
    with open(os.path.join(OUT, "observations.csv"), "w", newline="", encoding="utf-8") as stream:
        table = csv.writer(stream)
        table.writerow(["command", "tool", "wall_seconds", "cpu_seconds", "load"])
        for block in range(max(counts)):
            # Short series are spread over the whole run, so that they see the same drift.
            due = [
                command
                for command, count in zip(commands, counts)
                if block * count // max(counts) != (block + 1) * count // max(counts)
            ]
            order = [(command, tool) for command in due for tool in TOOLS]
            draw.shuffle(order)
            for command, tool in order:
                wall, cpu = TOOLS[tool](commands[command])
                observations[command, tool].append((wall, cpu))
                table.writerow([command, tool, f"{wall:.9f}", f"{cpu:.6f}", os.getloadavg()[0]])
    version = subprocess.run(["hyperfine", "--version"], capture_output=True, check=True, text=True).stdout.strip()
    print(
        f"{datetime.date.today()}, {os.cpu_count()} logical CPUs, Linux {platform.release()}, {version}, "
        f"seed {arguments.seed}, "
        f"load {loads[0]:.1f} before and {os.getloadavg()[0]:.1f} after"
        f"{', real-time priority' if arguments.real_time else ''}\n"
    )
    print(
        "| command | tool | n | median wall (ms) | bias to the reference (ms) | "
        "95% interval (ms) | interquartile range (ms) | least (ms) | median CPU (ms) |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for command in (command for command in commands if observations[command, "reference"]):
        base = [wall for wall, _ in observations[command, "reference"]]
        for tool in TOOLS:
            walls = [wall for wall, _ in observations[command, tool]]
            cpu = statistics.median(cpu for _, cpu in observations[command, tool])
            bias, limits = "-", "-"
            if tool != "reference":
                bias = f"{1000 * (statistics.median(walls) - statistics.median(base)):+.3f}"
                limits = "{:+.3f} to {:+.3f}".format(*(1000 * limit for limit in interval(walls, base, arguments.seed)))
            print(
                f"| `{command}` | {tool} | {len(walls)} | {1000 * statistics.median(walls):.3f} | {bias} | {limits} "
                f"| {1000 * quartiles(walls):.3f} | {1000 * min(walls):.3f} | {1000 * cpu:.3f} |"
            )


if __name__ == "__main__":
    main()
