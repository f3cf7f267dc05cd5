"""Counts the lines of Dafny sources in the way of the paper's figure 8, for the reader dafny-line-count.

    dafny-lines.py DAFNY SLOCCOUNT JOBS LIST...

Each LIST names one file a line, relative to the working directory. Dafny prints each file twice, as it understands it
and without ghost code, and sloccount counts what it printed as C#. Lines without ghost code are code, the others are
proof; a file of the trusted base is trusted in full."""
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import tempfile

# Verus's version of the system trusts what these have: specifications, the protocol's definitions, and the assumption
# on messages.
TRUSTED = ("Protocol", "Unsendable")


def is_trusted(path):
    return path.endswith(".s.dfy") or any(word in path for word in TRUSTED)


def printed(dafny, path, mode):
    run = subprocess.run(
        [dafny, "/rprint:-", "/noAutoReq", "/noVerify", "/env:0", "/printMode:" + mode, path],
        capture_output=True,
        text=True,
    )
    if run.returncode != 0:
        sys.exit(f"Dafny cannot print {path} ({mode}, exit code {run.returncode}):\n{run.stdout}{run.stderr}")
    # What it says at the end of a verification is no part of the program. Its last words when it did not verify do
    # count: they do in the paper.
    # A prime in a name opens a character for sloccount, which swallows the end of the line: an empty line after each
    # keeps it from losing the next.
    return "".join(
        line + "\n\n" for line in run.stdout.splitlines() if not line.startswith("Dafny program verifier finished")
    )


def main(dafny, sloccount, jobs, *lists):
    paths = [os.path.normpath(line.strip()) for name in lists for line in open(name, encoding="utf-8") if line.strip()]
    wanted = [
        (path, mode) for path in paths for mode in (["NoIncludes"] if is_trusted(path) else ["NoIncludes", "NoGhost"])
    ]
    with tempfile.TemporaryDirectory() as work:
        programs, data = os.path.join(work, "programs"), os.path.join(work, "data")
        os.mkdir(programs)
        os.mkdir(data)
        with concurrent.futures.ThreadPoolExecutor(int(jobs)) as pool:
            texts = pool.map(lambda want: printed(dafny, *want), wanted)
            for number, text in enumerate(texts):
                with open(os.path.join(programs, f"{number}.cs"), "w", encoding="utf-8") as file:
                    file.write(text)
        # Two files may be printed alike, and both count.
        report = subprocess.run(
            [sloccount, "--duplicates", "--details", "--datadir", data, programs],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    lines = {
        int(number): int(count) for count, number in re.findall(r"^(\d+)\s+cs\s.*/(\d+)\.cs$", report, re.MULTILINE)
    }
    if len(lines) != len(wanted):
        sys.exit(f"sloccount counted {len(lines)} of {len(wanted)} programs:\n{report}")
    count = {want: lines[number] for number, want in enumerate(wanted)}
    code = sum(count[path, "NoGhost"] for path in paths if not is_trusted(path))
    trusted = sum(count[path, "NoIncludes"] for path in paths if is_trusted(path))
    proof = sum(count[path, "NoIncludes"] for path in paths if not is_trusted(path)) - code
    print(json.dumps({"dafny-baseline": {"linecount": {"trusted": trusted, "proof": proof, "exec": code}}}, indent=1))


main(*sys.argv[1:])
