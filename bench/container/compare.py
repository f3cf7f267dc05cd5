#!/usr/bin/env python3
"""Lets the runner measure the same static programs outside and inside of a container, alternately and in random order.

usage: compare.py RUNNER FOLDER ROUNDS    (called by run.sh; DOCKER_HOST names the engine)
"""
import json, os, random, statistics, subprocess, sys, uuid

RUNNER, FOLDER, ROUNDS = sys.argv[1], sys.argv[2], int(sys.argv[3])
PROGRAMS = {"true": ["true"], "sleep 0.1": ["sleep", "0.1"], "a second of work": ["second"]}


def measure(arguments, inside):
    identity = uuid.uuid4().hex
    attempt = os.path.join(FOLDER, identity)
    os.mkdir(attempt)
    job, result = os.path.join(attempt, "job.json"), os.path.join(attempt, "result.json")
    command = {
        "arguments": [os.path.join(FOLDER, "bin", arguments[0]), *arguments[1:]],
        "workingDirectory": attempt,
        "environment": {},
        "standardOutput": attempt + "/out",
        "standardError": attempt + "/err",
    }
    with open(job, "w") as file:
        json.dump({"format": 1, "id": identity, "command": command}, file)
    run = [RUNNER, "run", job, result]
    if inside:
        # The container gets the same settings that the executor passes to the engine.
        run = [
            "docker",
            "run",
            "--rm",
            "--interactive",
            "--network=none",
            f"--user={os.geteuid()}:{os.getegid()}",
            "--log-driver=none",
            "--security-opt=label=disable",
            "--workdir=/",
            f"--mount=type=bind,source={attempt},target={attempt}",
            f"--mount=type=bind,source={FOLDER}/bin,target={FOLDER}/bin,readonly",
            f"--mount=type=bind,source={RUNNER},target={RUNNER},readonly",
            *os.environ.get("DOCKER_RUN_OPTIONS", "").split(),
            f"--entrypoint={RUNNER}",
            "verus-artifact-bench:1",
            *run[1:],
        ]
    subprocess.run(run, check=True, stdin=subprocess.DEVNULL)
    with open(result) as file:
        return json.load(file)["measurement"]["wallSeconds"]


times = {(name, inside): [] for name in PROGRAMS for inside in (False, True)}
for _ in range(ROUNDS):
    for name, inside in random.sample(sorted(times), len(times)):
        times[name, inside].append(measure(PROGRAMS[name], inside))
worst = 0
print(f"{'':<18} {'outside':>12} {'inside':>12} {'difference':>12}   median of {ROUNDS}, ms (quartiles)")
for name in PROGRAMS:
    outside, inside = times[name, False], times[name, True]
    difference = (statistics.median(inside) - statistics.median(outside)) * 1000
    worst = max(worst, abs(difference))
    quartiles = [
        " to ".join(f"{q * 1000:.2f}" for q in statistics.quantiles(part, n=4)[::2]) for part in (outside, inside)
    ]
    print(
        f"{name:<18} {statistics.median(outside) * 1000:>12.3f} {statistics.median(inside) * 1000:>12.3f} "
        f"{difference:>+12.3f}   "
        f"({quartiles[0]}; {quartiles[1]})"
    )
sys.exit(worst >= 2)
