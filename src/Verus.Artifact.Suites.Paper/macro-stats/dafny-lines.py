"""Counts the lines of Dafny sources as the paper's figure 8 does, for the reader dafny-line-count.

    dafny-lines.py DAFNY SLOCCOUNT JOBS LIST...

Each line of a LIST is the path of a file, relative to the working directory. Dafny prints each file twice, with and
without its ghost code, and sloccount counts what it printed as C#. The lines of the second print are code, and the
others are proof. All lines of a file of the trusted base are trusted."""
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import tempfile

# The trusted files, whose content Verus's version of the system trusts as well: specifications, the protocol's
# definitions, and the assumption about messages.
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
    # The message that Dafny prints at the end of a verification is not part of the program. The message without a
    # verification is counted, as in the paper. sloccount takes a prime in a name for the beginning of a character
    # literal, which includes the end of the line. An empty line after each name with a prime keeps sloccount from
    # losing the next line.
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
        # Two files may be printed identically, and both are counted.
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
