#!/usr/bin/env python3
"""Injects faults: kills, stops, starves and damages builds, and compares what they leave with an independent record of
executions.

    bench/faults/campaign.py [--seed N] [--scale X] [--only NAME,...] [--folder DIR] [--table FILE]

Every measured command appends a line to a file outside of the evaluation when it begins and when it ends (one write,
O_APPEND). After each kind of fault, a build without faults completes the evaluation. Then each of these
counts must be 0:

    lost       samples that are no longer in the journal, and samples that a cell lacks
    doubled    samples that are in the journal twice or were executed twice, or that nobody asked for
    processes  processes of samples that are still running
    groups     control groups of samples that still exist
    folders    folders of attempts and pending records that still exist
    uncoded    builds that failed without a code, with the code of another cause, or with a stack trace

The script prints its seed; the same seed produces the same faults at the same delays. It needs Linux, and root for
mounts and control groups. It skips the faults that this machine does not allow, and says so. """
import argparse, collections, glob, hashlib, json, os, random, re, shutil, signal, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
REPOSITORY = os.path.dirname(os.path.dirname(HERE))
TOOLS = os.path.join(REPOSITORY, "artifacts/sdk/tools/")
SDK = os.path.join(REPOSITORY, "src/Verus.Artifact.Sdk/Sdk")
MARK = "FAULTS_CAMPAIGN"
LIMIT = 180  # seconds that a build may take before it counts as hanging
KINDS = ("tries", "lost", "doubled", "processes", "groups", "folders", "uncoded", "hanging", "again")


class Project:
    """An evaluation in a separate folder."""

    def __init__(self, root, name, cells=6, samples=4, command=None, evaluation=None, properties="", silent=False):
        self.folder = os.path.join(root, name)
        os.makedirs(self.folder)
        self.record = os.path.join(self.folder, "record")
        self.evaluation = evaluation or os.path.join(self.folder, "evaluation")
        self.cells, self.samples, self.seen, self.failed = cells, samples, set(), {}
        self.mark = f"{os.getpid()}-{name}-{random.random()}"
        open(os.path.join(self.folder, "Directory.Build.props"), "w").write("<Project />")
        script = os.path.join(self.folder, "run.sh")
        body = (command or "sleep 0.0$1").replace("{folder}", self.folder)
        open(script, "w").write(
            f"""#!/bin/sh
echo "begin $VERUS_ARTIFACT_SAMPLE $1" >> '{self.record}'
{body}
echo "end $VERUS_ARTIFACT_SAMPLE $1" >> '{self.record}'
{'exit 0' if silent else 'echo "value=$1"'}
"""
        )
        patterns = "" if silent else 'MetricPatterns="value=value=([0-9]+)"'
        os.chmod(script, 0o755)
        open(os.path.join(self.folder, "a.proj"), "w").write(
            f"""<Project DefaultTargets="Build"><Import Project="{SDK}/Sdk.props" />
<PropertyGroup><ArtifactToolsDir>{TOOLS}</ArtifactToolsDir>
<ArtifactEvaluationDir>{self.evaluation}</ArtifactEvaluationDir>{properties}</PropertyGroup>
<ItemGroup><Experiment Include="Fault" Matrix="n=1..{cells}" Command="{{project}}/run.sh {{n}}" Samples="{samples}"
  {patterns} Timeout="60" /></ItemGroup>
<Import Project="{SDK}/Sdk.targets" /></Project>
"""
        )

    def start(self, *arguments, prefix=(), reuse=False, shell=None):
        environment = dict(
            os.environ, DOTNET_NOLOGO="1", DOTNET_CLI_TELEMETRY_OPTOUT="1", TMPDIR=self.folder, **{MARK: self.mark}
        )
        if not reuse:
            environment.update(MSBUILDDISABLENODEREUSE="1", DOTNET_CLI_USE_MSBUILD_SERVER="0")
        else:
            environment.update(DOTNET_CLI_USE_MSBUILD_SERVER="1")
        output = tempfile.TemporaryFile()
        command = [
            *prefix,
            "dotnet",
            "build",
            os.path.join(self.folder, "a.proj"),
            "-nologo",
            "-tl:off",
            "-v:n",
            "-clp:NoSummary",
            *arguments,
        ]
        process = subprocess.Popen(
            command,
            cwd=self.folder,
            env=environment,
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        process.text = output
        return process

    def build(self, *arguments, **how):
        process = self.start(*arguments, **how)
        try:
            process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            self.kill_all()
            process.wait()
            return None, said(process)
        return process.returncode, said(process)

    def processes(self):
        """Returns the processes of this project's builds, by their kind."""
        found = collections.defaultdict(list)
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                if MARK.encode() + b"=" + self.mark.encode() in open(f"/proc/{pid}/environ", "rb").read():
                    found["build"].append(int(pid))
                    for child in children(int(pid)):
                        if b"artifact-runner" in open(f"/proc/{child}/cmdline", "rb").read():
                            found["runner"].append(child)
            except (OSError, ValueError):
                pass
        return found

    def kill_all(self):
        for pid in sum(self.processes().values(), []):
            kill(pid, signal.SIGKILL)

    def journal(self):
        """Returns the samples in the journal by their id, without lines that have a wrong checksum. It does not use the
        SDK's code, so that it does not share an error with it."""
        samples, path = collections.Counter(), os.path.join(self.evaluation, "experiments/journal.jsonl")
        cells = collections.Counter()
        for line in open(path, "rb").read().split(b"\n") if os.path.exists(path) else []:
            match = re.fullmatch(rb'\{"format":2,"check":"([0-9a-f]{16})",(.*)', line, re.S)
            if match and hashlib.sha256(b"2:" + match[2]).hexdigest()[:16].encode() == match[1]:
                sample = json.loads(b"{" + match[2]).get("sample")
                if sample:
                    samples[sample["id"]] += 1
                    if samples[sample["id"]] == 1 and sample["outcome"] == "Ok":
                        cells[sample["cell"]] += 1
                    elif sample["outcome"] != "Ok":
                        self.failed[sample["id"]] = f"{sample['outcome']}: {sample.get('why')}"
        return samples, cells

    def look(self):
        """Checks between faults that no sample has disappeared from the journal."""
        now = set(self.journal()[0])
        lost, self.seen = len(self.seen - now), self.seen | now
        return lost

    def size_of_record(self):
        return os.path.getsize(self.record) if os.path.exists(self.record) else 0

    def check(self, result, foreign=0):
        """Checks everything after the last build, which had no fault."""
        result["lost"] += self.look()
        samples, cells = self.journal()
        begun, ended = collections.Counter(), collections.Counter()
        for line in open(self.record, errors="replace").read().splitlines() if os.path.exists(self.record) else []:
            words = line.split()
            if len(words) == 3:
                (begun if words[0] == "begin" else ended)[words[1]] += 1
        result["lost"] += sum(max(0, self.samples - cells[f"Fault[n={n}]"]) for n in range(1, self.cells + 1))
        result["doubled"] += (
            sum(count > 1 for count in samples.values())
            + sum(begun[one] > 1 or ended[one] > 1 for one in samples)
            + sum(max(0, count - self.samples) for count in cells.values())
        )
        # The number of samples in the journal must not exceed the number of executions, since a sample that was never
        # executed would be invented.
        result["doubled"] += sum(begun[one] == 0 for one in samples)
        result["again"] += sum(one not in samples for one in ended)
        result["processes"] += len(marked(set(begun)))
        result["groups"] += sum(
            any(one in path for one in begun)
            for path in glob.glob("/sys/fs/cgroup/**/verus-artifact-*", recursive=True)
        )
        result["folders"] += sum(
            len(os.listdir(path))
            for path in (os.path.join(self.evaluation, "experiments", name) for name in ("attempts", "pending"))
            if os.path.isdir(path)
        )


def said(process):
    process.text.seek(0)
    return process.text.read().decode(errors="replace")


def children(pid):
    try:
        return [
            int(child)
            for task in os.listdir(f"/proc/{pid}/task")
            for child in open(f"/proc/{pid}/task/{task}/children").read().split()
        ]
    except OSError:
        return []


def kill(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def marked(ids):
    """Returns the running processes of samples."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            for entry in open(f"/proc/{pid}/environ", "rb").read().split(b"\0"):
                if (
                    entry.startswith(b"VERUS_ARTIFACT_SAMPLE=")
                    and entry[22:].decode() in ids
                    and open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[0] != "Z"
                ):
                    found.append(int(pid))
        except (OSError, ValueError):
            pass
    return found


def judge(result, status, text, codes, notes):
    """Checks a build with a fault: it must succeed, or fail with a code that names the cause."""
    if status is None:
        result["hanging"] += 1
        notes.append(text[-2000:])
    elif status != 0 and not killed(status):
        found = set(re.findall(r"error (VART\d{4})", text))
        if (
            not found
            or codes
            and not found <= set(codes)
            or re.search(r"^\s+at (Verus|System|Microsoft)\.", text, re.M)
        ):
            result["uncoded"] += 1
            notes.append(f"exit {status}, {sorted(found)}: {text[-3000:]}")


def killed(status):
    return status < 0 or status in (128 + 9, 128 + 15, 128 + 2, 128 + 1)


def finish(project, result, notes, *arguments):
    for _ in range(3):
        status, text = project.build(*arguments)
        if status == 0:
            break
    if status != 0:
        result["uncoded"] += 1
        notes.append(f"the build without faults failed: {text[-3000:]}")
    before = dict(result)
    project.check(result)
    if any(result[kind] != before[kind] for kind in KINDS if kind not in ("tries", "again")):
        notes.append(
            f"{({kind: result[kind] - before[kind] for kind in KINDS})} failed samples: "
            f"{project.failed}; the last build said: {text[-1500:]}"
        )


def kills(who):
    def run(root, count, draw, result, notes):
        done = 0
        while done < count:
            # Samples without output leave nothing but a line of the journal, and take another way than the others.
            project = Project(root, f"{who}-{done}", cells=9, samples=20, silent=draw.random() < 0.5)
            status = 1
            while done < count and status != 0:
                build = project.start(reuse=who == "server")
                began = time.monotonic()
                pause = draw.uniform(0.1, 4.0)
                # Half of the builds are killed while they take samples, wherever the machine is at that time.
                if draw.random() < 0.5:
                    before = project.size_of_record()
                    while build.poll() is None and project.size_of_record() == before:
                        time.sleep(0.01)
                    pause = draw.uniform(0, 0.5)
                while build.poll() is None and time.monotonic() - began < LIMIT:
                    time.sleep(pause)
                    if build.poll() is not None:
                        break
                    found = project.processes()
                    if who == "group":
                        try:
                            os.killpg(build.pid, signal.SIGKILL)
                        except ProcessLookupError:
                            pass
                    targets = {
                        "build": found["build"],
                        "runner": found["runner"],
                        "both": found["build"] + found["runner"],
                        "group": found["build"],
                        "server": found["build"],
                    }[who]
                    if who == "server" and targets:
                        targets = [draw.choice(targets)]
                    for pid in targets:
                        kill(pid, signal.SIGKILL)
                    done += bool(targets)
                    pause = draw.uniform(0.02, 0.6) if who == "runner" else draw.uniform(0.1, 4.0)
                    if done >= count:
                        break
                try:
                    status = build.wait(LIMIT)
                except subprocess.TimeoutExpired:
                    status = None
                    project.kill_all()
                judge(
                    result,
                    status,
                    said(build),
                    ("VART4144", "VART4145", "VART4146") if who == "runner" else None,
                    notes,
                )
                result["lost"] += project.look()
            result["tries"] = done
            finish(project, result, notes)
            project.kill_all()
            shutil.rmtree(project.folder, ignore_errors=True)

    return run


def signals(root, count, draw, result, notes):
    for number in range(count):
        if number % 10 == 0:
            project = Project(root, f"signals-{number}", cells=9, samples=5)
        build = project.start()
        time.sleep(draw.uniform(0.1, 4.0))
        for pid in project.processes()["build"]:
            kill(pid, draw.choice([signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT]))
        try:
            build.wait(60)
        except subprocess.TimeoutExpired:
            result["hanging"] += 1
            project.kill_all()
        result["tries"] += 1
        result["lost"] += project.look()
        if number % 10 == 9 or number == count - 1:
            finish(project, result, notes)
            shutil.rmtree(project.folder, ignore_errors=True)


def stops(root, count, draw, result, notes):
    """Sends SIGSTOP and SIGCONT to the runner or to the whole build. The time of a stopped sample must not count."""
    for number in range(count):
        project = Project(root, f"stops-{number}", cells=4, samples=3, command="sleep 0.1")
        build = project.start()
        while build.poll() is None:
            time.sleep(draw.uniform(0.05, 1.0))
            found = project.processes()
            targets = draw.choice([found["runner"], found["build"]])
            for pid in targets:
                kill(pid, signal.SIGSTOP)
            time.sleep(draw.uniform(0.1, 1.0))
            for pid in targets:
                kill(pid, signal.SIGCONT)
            result["tries"] += bool(targets)
        judge(result, build.returncode, said(build), ("VART4145", "VART4146"), notes)
        finish(project, result, notes)
        shutil.rmtree(project.folder, ignore_errors=True)


def together(builds):
    def run(root, count, draw, result, notes):
        for number in range(count):
            project = Project(root, f"together{builds}-{number}", cells=6, samples=3)
            started = []
            for _ in range(builds):
                started.append(project.start())
                time.sleep(draw.uniform(0, 0.5))
            if draw.random() < 0.5:
                time.sleep(draw.uniform(0.5, 3))
                kill(started[0].pid, signal.SIGKILL)
            for build in started:
                try:
                    build.wait(LIMIT)
                except subprocess.TimeoutExpired:
                    pass
                judge(result, build.returncode, said(build), None, notes)
            project.kill_all()
            result["tries"] += 1
            finish(project, result, notes)
            shutil.rmtree(project.folder, ignore_errors=True)

    return run


class Disk:
    """Mounts a small file system for an evaluation."""

    def __init__(self, root, name, options):
        self.path = os.path.join(root, "disk-" + name)
        os.makedirs(self.path)
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", self.path], check=True)

    def remount(self, options):
        subprocess.run(["mount", "-o", "remount," + options, self.path], check=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", self.path])


FULL = ("VART0010", "VART4120", "VART4143")


def full(root, count, draw, result, notes):
    for number in range(count):
        with Disk(root, f"full-{number}", "size=8m") as disk:
            project = Project(
                root,
                f"full-{number}",
                evaluation=os.path.join(disk.path, "e"),
                cells=3,
                samples=3,
                command="head -c 20000 /dev/zero | tr '\\0' x; echo",
            )
            if draw.random() < 0.5:
                project.build("-p:Samples=1")
            free = draw.choice(
                [0, 4096 * draw.randint(0, 20), 4096 * draw.randint(0, 100), 4096 * draw.randint(0, 200)]
            )
            room = os.statvfs(disk.path)
            with open(os.path.join(disk.path, "filler"), "wb") as filler:
                filler.write(b"x" * max(0, room.f_bavail * room.f_bsize - free))
            status, text = project.build()
            judge(result, status, text, FULL, notes)
            result["lost"] += project.look()
            os.remove(os.path.join(disk.path, "filler"))
            result["tries"] += 1
            finish(project, result, notes)
        shutil.rmtree(project.folder, ignore_errors=True)


def greedy(root, count, draw, result, notes):
    """Measures commands that fill the disk."""
    for number in range(count):
        with Disk(root, f"greedy-{number}", f"size={draw.randint(1, 6)}m") as disk:
            project = Project(
                root,
                f"greedy-{number}",
                evaluation=os.path.join(disk.path, "e"),
                cells=2,
                samples=2,
                command="head -c 50000000 /dev/zero > big || exit 3",
            )
            status, text = project.build()
            judge(result, status, text, FULL, notes)
            samples, _ = project.journal()
            result["doubled"] += len(samples)  # a shortage of the machine was taken for a result
            open(os.path.join(project.folder, "run.sh"), "r+").close()
            disk.remount("size=200m")
            result["tries"] += 1
            finish(project, result, notes)
        shutil.rmtree(project.folder, ignore_errors=True)


def inodes(root, count, draw, result, notes):
    for number in range(count):
        with Disk(root, f"inodes-{number}", f"size=8m,nr_inodes={draw.randint(4, 60)}") as disk:
            project = Project(root, f"inodes-{number}", evaluation=os.path.join(disk.path, "e"), cells=3, samples=3)
            status, text = project.build()
            judge(result, status, text, ("VART0010", "VART0040", "VART4120", "VART4143"), notes)
            result["lost"] += project.look()
            disk.remount("size=8m,nr_inodes=10000")
            result["tries"] += 1
            finish(project, result, notes)
        shutil.rmtree(project.folder, ignore_errors=True)


def readonly(root, count, draw, result, notes):
    for number in range(count):
        with Disk(root, f"readonly-{number}", "size=8m") as disk:
            project = Project(root, f"readonly-{number}", evaluation=os.path.join(disk.path, "e"), cells=2, samples=2)
            status, text = project.build()
            judge(result, status, text, (), notes)
            disk.remount("ro")
            status, text = project.build()
            if status != 0:
                result["uncoded"] += 1
                notes.append(f"nothing to do, on a read-only disk: {text[-2000:]}")
            status, text = project.build("-p:Samples=3")
            judge(result, status, text, ("VART0042",), notes)
            if status == 0:
                result["uncoded"] += 1
            disk.remount("rw")
            result["tries"] += 1
            finish(project, result, notes)
        shutil.rmtree(project.folder, ignore_errors=True)


def handles(root, count, draw, result, notes):
    """Allows few open files. With fewer than about 140, dotnet itself crashes or hangs before it reads the project, so
    only builds that reached the SDK are counted."""
    for number in range(count):
        project = Project(root, f"handles-{number}", cells=3, samples=2)
        status, text = project.build(prefix=["prlimit", f"--nofile={draw.randint(140, 260)}"])
        if status == 0 or "VART" in text:
            judge(result, status, text, ("VART0043", "VART0047", "VART4120"), notes)
            result["tries"] += 1
        finish(project, result, notes)
        shutil.rmtree(project.folder, ignore_errors=True)


def processes(root, count, draw, result, notes):
    """Allows few processes, by a control group, because the limits of users do not apply to root."""
    group = f"/sys/fs/cgroup/pids/faults-{os.getpid()}"
    os.makedirs(group)
    try:
        for number in range(count):
            project = Project(
                root,
                f"processes-{number}",
                cells=3,
                samples=2,
                command="(sleep 0.01 & sleep 0.01 & sleep 0.01; wait) || exit 3",
            )
            open(os.path.join(group, "pids.max"), "w").write(str(draw.randint(30, 90)))
            status, text = project.build(prefix=["sh", "-c", f'echo $$ > {group}/cgroup.procs && exec "$@"', "sh"])
            if status == 0 or "VART" in text:
                judge(result, status, text, ("VART0047", "VART4120", "VART4143", "VART4145"), notes)
                result["tries"] += 1
            samples, cells = project.journal()
            result["doubled"] += len(samples) - sum(cells.values())  # a shortage of the machine was taken for a result
            finish(project, result, notes)
            shutil.rmtree(project.folder, ignore_errors=True)
    finally:
        os.rmdir(group)


def damage(root, count, draw, result, notes):
    project = Project(root, "damage", cells=4, samples=3)
    project.build()
    path = os.path.join(project.evaluation, "experiments/journal.jsonl")
    for number in range(count):
        whole = open(path, "rb").read()
        if number % 2:
            damaged = whole[: draw.randrange(len(whole))]
        else:
            damaged = bytearray(whole)
            for _ in range(draw.randint(1, 5)):
                damaged[draw.randrange(len(damaged))] = draw.randrange(256)
        open(path, "wb").write(damaged)
        project.seen = set()
        status, text = project.build()
        judge(result, status, text, (), notes)
        result["tries"] += 1
        samples, cells = project.journal()
        result["lost"] += sum(max(0, 3 - cells[f"Fault[n={n}]"]) for n in range(1, 5))
        result["doubled"] += sum(max(0, count - 3) for count in cells.values())
    project.seen = set()
    finish(project, result, notes)
    shutil.rmtree(project.folder, ignore_errors=True)


NASTY = {
    "forks and leaves children": "for i in 1 2 3 4 5; do sleep 300 & done",
    "daemonises": "setsid sh -c 'sleep 300 & sleep 300' </dev/null >/dev/null 2>&1 &",
    "ignores signals": "trap '' TERM INT HUP; setsid sh -c 'trap \"\" TERM; sleep 300' &",
    "deletes its folder": "rm -rf ../work",
    "replaces its folder by a link": 'd=$PWD; cd /; rm -rf "$d"; ln -s /etc "$d"',
    "deletes the folder of its output": "rm -rf ../output",
    "replaces the folder of its output by a link": "rm -rf ../output; ln -s /etc ../output",
    "deletes all folders of its sample": 'd=$PWD; cd /; rm -rf "$(dirname "$d")"',
    "takes rights away": "mkdir -p a/b; touch a/b/c; chmod 0 a/b; chmod 0500 a",
    "leaves a deep tree": "i=0; while [ $i -lt 40 ]; do d=$(printf 'x%.0s' $(seq 200)); "
    "mkdir $d; cd $d; i=$((i+1)); done",
    "leaves names that are no text": "mkdir \"$(printf 'a\\377')\"; touch \"$(printf 'a\\377/b\\376')\"",
    "leaves FIFOs and sockets": "mkfifo f; ln -s f g; ln -s g g2; ln -s nowhere h",
    "writes a gigabyte": "head -c 1000000000 /dev/zero > big",
    "closes its streams": "(exec >&- 2>&-; sleep 0.01)",
    "ends its runner": "[ -e '{folder}/once' ] || { touch '{folder}/once'; kill -9 $PPID; sleep 100; }",
}


def nasty(root, count, draw, result, notes):
    names = list(NASTY) * count
    for number, name in enumerate(names):
        project = Project(root, f"nasty-{number}", cells=1, samples=2, command=NASTY[name])
        status, text = project.build()
        result["tries"] += 1
        judge(result, status, text, (), notes)
        if status != 0:
            notes.append(f"a command that {name}")
        finish(project, result, notes)
        shutil.rmtree(project.folder, ignore_errors=True)
        subprocess.run(["chmod", "-R", "u+rwx", project.folder], stderr=subprocess.DEVNULL)
        shutil.rmtree(project.folder, ignore_errors=True)


def clock(root, count, draw, result, notes):
    """Makes the wall clock jump between builds and run wrong in them. Times must be those of the monotonic clock."""
    if not shutil.which("faketime"):
        notes.append("skipped: faketime is not installed")
        return
    for number in range(count):
        project = Project(root, f"clock-{number}", cells=2, samples=4)
        for samples in range(1, 4):
            offset = draw.choice(["-2y", "-1d", "-1h", "+1h", "+1d", "+2y"])
            status, text = project.build(f"-p:Samples={samples}", prefix=["faketime", "-f", offset])
            judge(result, status, text, (), notes)
            result["lost"] += project.look()
            result["tries"] += 1
        finish(project, result, notes)
        shutil.rmtree(project.folder, ignore_errors=True)


# name: what it does, tries in the whole campaign, tries in the short one
CAMPAIGN = {
    "kill-build": (kills("build"), 300, 4, "SIGKILL of the build"),
    "kill-runner": (kills("runner"), 300, 10, "SIGKILL of the runner"),
    "kill-both": (kills("both"), 150, 2, "SIGKILL of both at once"),
    "kill-group": (kills("group"), 150, 2, "SIGKILL of the whole process group"),
    "kill-server": (kills("server"), 100, 0, "SIGKILL of a process of a build with node reuse and build server"),
    "signals": (signals, 100, 2, "SIGINT, SIGTERM, SIGHUP or SIGQUIT to the build"),
    "stops": (stops, 20, 1, "SIGSTOP and SIGCONT to runner or build"),
    "two": (together(2), 20, 1, "two builds at once, one of them killed in half of the cases"),
    "four": (together(4), 10, 0, "four builds at once, one of them killed in half of the cases"),
    "full": (full, 60, 2, "disk full at a random level"),
    "greedy": (greedy, 20, 1, "a command fills the disk"),
    "inodes": (inodes, 40, 1, "no inodes"),
    "readonly": (readonly, 10, 1, "read-only file system"),
    "handles": (handles, 30, 0, "few file handles"),
    "processes": (processes, 30, 0, "few processes"),
    "damage": (damage, 60, 2, "journal cut or damaged at random"),
    "nasty": (
        nasty,
        2,
        0,
        "commands that fork, daemonise, ignore signals, delete or replace their folder, write a gigabyte",
    ),
    "clock": (clock, 10, 0, "clock two years to an hour off, in both directions"),
}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 31))
    arguments.add_argument("--scale", type=float, default=1.0, help="share of the whole campaign's tries")
    arguments.add_argument("--short", action="store_true", help="a few tries of each quick kind")
    arguments.add_argument("--only", default="", help="names, separated by commas")
    arguments.add_argument("--folder", default=None)
    arguments.add_argument("--table", default=None, help="a file to which rows of the table are appended")
    given = arguments.parse_args()
    print(f"seed {given.seed}", flush=True)
    root = tempfile.mkdtemp(prefix="faults-", dir=given.folder)
    bad = 0
    for name, (run, whole, short, title) in CAMPAIGN.items():
        if given.only and name not in given.only.split(","):
            continue
        count = short if given.short else max(1, round(whole * given.scale))
        if count == 0:
            continue
        result, notes, began = dict.fromkeys(KINDS, 0), [], time.monotonic()
        try:
            run(root, count, random.Random(f"{given.seed} {name}"), result, notes)
        except (OSError, subprocess.CalledProcessError) as problem:
            notes.append(f"skipped: {problem}")
        wrong = sum(result[kind] for kind in KINDS if kind not in ("tries", "again"))
        bad += wrong
        row = f"| {title} | " + " | ".join(str(result[kind]) for kind in KINDS) + " |"
        print(f"{row} {time.monotonic() - began:.0f} s", flush=True)
        for note in notes[:5] if wrong else [note for note in notes if note.startswith("skipped")]:
            print("    " + note.replace("\n", "\n    "), flush=True)
        if given.table:
            open(given.table, "a").write(row + "\n")
    subprocess.run(["rm", "-rf", root])
    print(f"faults: {bad} failures", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
