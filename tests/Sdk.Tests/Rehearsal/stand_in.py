"""Stands in for every program that upstream's scripts start. It holds the call against the table of upstream's
commands, and fails with what differs; else it prints and leaves what the table says.

    stand_in.py NAME PATH ARGUMENT...    NAME is the program, PATH that of the file that was started
"""
import os
import re
import shutil
import socket
import sys
import urllib.request
import zipfile

HOME = os.path.dirname(os.path.abspath(__file__))
TABLE = os.path.join(HOME, "upstream-commands.txt")
RUN = os.path.join(HOME, "run")
ORIGIN = ".origin"
EXIT = 97

VERSIONS = {
    "verus": "Verus\n  Version: 0.2024.08.19.097ac7e\n  Profile: release",
    "verus-milli": "Verus\n  Version: 0.2024.08.16.50d07b5\n  Profile: release",
    "dafny": "4.3.0",
    "dafny-ironkv": "Dafny 3.4.0.30405",
    "why3": "Why3 platform, version 1.6.0",
    "cvc4": "This is CVC4 version 1.8",
    "prusti-rustc": "Prusti version: 0.2.2, commit a5c29c9 2023-10-27 14:21:27 UTC, built on 2023-10-27 14:32:23 UTC",
    "fstar.exe": "F* 2024.01.13~dev\nplatform=Linux_x86_64",
    "Singular": "Singular for x86_64-Linux version 4.2.1",
}

# The programs of each package that a package manager can install.
PACKAGES = {
    "build-essential": ["cc", "g++", "make"],
    "singular": ["Singular"],
    "ghostscript": ["gs"],
    "default-jre": ["java"],
}
# Programs that upstream's scripts do not start, or that are the same wherever they run.
HELPERS = {"curl", "wget", "unzip", "patch", "git", "dpkg-query", "rustup", "java", "cc", "opam-exec", "z3", "alt-ergo"}


class Row:
    """A record of the table: its names, and the values of each key in order."""

    def __init__(self, names):
        self.names, self.values = names, {}

    def all(self, key):
        return self.values.get(key, [])

    def one(self, key, default=""):
        return (self.all(key) or [default])[0]


def read_table():
    rows = []
    with open(TABLE, encoding="utf-8") as file:
        for line in file.read().splitlines():
            if line.startswith("["):
                rows.append(Row(line[1:-1].split()))
            elif line and not line.startswith("#"):
                key, _, value = line.partition(" ")
                rows[-1].values.setdefault(key, []).append(value.strip())
    return rows


def pattern(text):
    """A regular expression for a text of the table: (a|b) is a choice, and ... anything."""
    made = re.sub(r"\\\(([^()]*)\\\)", lambda m: "(?:" + re.sub(r"\\([\[\]|-])", r"\1", m[1]) + ")", re.escape(text))
    return re.compile(made.replace(r"\.\.\.", ".*") + r"\Z")


def named(path):
    """A path as the table names it: by the checkout, the folder of the sample, or the generated program."""
    path = os.path.normpath(path)
    folder = path
    while folder != "/":
        mark = os.path.join(folder, ORIGIN)
        if os.path.isfile(mark):
            with open(mark, encoding="utf-8") as file:
                return "{" + file.read().strip() + "}" + path[len(folder):]
        folder = os.path.dirname(folder)
    if "/experiments/generated/" in path:
        return "{generated}/" + os.path.basename(path)
    work = os.environ.get("HOME", "/nowhere")
    return "{work}" + path[len(work):] if (path + "/").startswith(work + "/") else path


def named_argument(argument):
    """The argument with the paths in it named."""
    start = re.match(r"((?:[^/]*=)?)(/[^/].*)\Z", argument)
    if start:
        return start[1] + named(start[2])
    if "/" in argument and not argument.startswith((".", "-", "/")) and os.path.exists(argument):
        return named(os.path.join(os.getcwd(), argument))
    return argument


def expand(text, opam):
    """A path of the table on this machine."""
    text = text.replace("{opam}", opam).replace("{work}", os.environ.get("HOME", "/nowhere"))
    return re.sub(r"\{([a-z0-9-]+)\}", lambda m: checkout(m[1]), text)


def checkout(name):
    folder = os.getcwd()
    while folder != "/":
        mark = os.path.join(folder, ORIGIN)
        if os.path.isfile(mark) and open(mark, encoding="utf-8").read().strip() == name:
            return folder
        folder = os.path.dirname(folder)
    return "{" + name + "}"


def problems_of(row, program_file, arguments):
    """What differs from a row whose arguments fit."""
    upstream = row.one("upstream")
    user, wanted = "root" if os.getuid() == 0 else f"number {os.getuid()}", row.one("user", "root")
    if user != wanted:
        yield f"the user is {user}, and upstream's is {wanted} ({upstream})"
    folder = named(os.getcwd())
    if not pattern(row.one("in")).match(folder):
        yield f"the folder is {folder}, and upstream's is {row.one('in')} ({upstream})"
    for need in row.all("with"):
        if " names " in need:
            variable, line = need.split(" names ")
            file = os.environ.get(variable)
            if file is None:
                yield f"{variable} is not set ({upstream})"
            elif not os.path.isfile(file) or line not in open(file, encoding="utf-8").read().splitlines():
                yield f"the file of {variable} has no line '{line}' ({upstream})"
        else:
            variable, value = need.split("=", 1)
            found = os.environ.get(variable)
            if found is None:
                yield f"{variable} is not set, and upstream's is {value} ({upstream})"
            elif not (pattern(value).match(named_argument(found)) or pattern(value).match(flat(found))):
                yield f"{variable} is {named_argument(found)}, and upstream's is {value} ({upstream})"
    for need in row.all("needs"):
        yield from lacking(need, program_file, arguments, upstream)


def flat(path):
    """{NAME/...}: a path in one pair of braces, for a choice between checkouts."""
    return re.sub(r"^\{([^}]*)\}(.*?)(\.so)?$", r"{\1\2}\3", named_argument(path))


def lacking(need, program_file, arguments, upstream):
    kind, _, what = need.partition(" ")
    if kind == "path" and shutil.which(what) is None:
        yield f"{what} is not in PATH, {os.environ.get('PATH')} ({upstream})"
    elif kind == "beside" and not os.path.exists(os.path.join(os.path.dirname(os.path.realpath(program_file)), what)):
        yield f"{what} is not beside {program_file} ({upstream})"
    elif kind == "writable" and not os.access(arguments[-1], os.W_OK):
        yield f"{arguments[-1]} cannot be changed ({upstream})"
    elif kind == "file" and not os.path.exists(expand(what, "")):
        yield f"{what} is not there ({upstream})"
    elif kind == "empty" and (not os.path.isdir(what) or os.listdir(what)):
        yield f"{what} is not an empty folder ({upstream})"
    elif kind == "text" and what not in open(arguments[-1], encoding="utf-8").read():
        yield f"the program {arguments[-1]} has no '{what}' ({upstream})"


def difference(call, rows, program):
    """The first word in which a call differs from the row that is nearest to it."""
    best = (-1, f"{program} is not called by upstream's scripts: {' '.join(call)}")
    for row in rows:
        for run in row.all("run"):
            words = run.split(" ")
            if words[0] != program:
                continue
            alike = 0
            while alike < min(len(words), len(call)) and pattern(words[alike]).match(call[alike]):
                alike += 1
            at = lambda list: f"'{list[alike]}'" if alike < len(list) else "no more"
            said = (f"{program}: argument {alike} is {at(call)}, and upstream's is {at(words)} "
                    f"({row.one('upstream')}): {' '.join(call)}")
            best = max(best, (alike, said), key=lambda one: one[0])
    return best[1]


def fits(run, call):
    """Whether a call is that of the table; a lone ... in it stands for any number of words."""
    words = run.split(" ")
    if "..." in words[1:-1]:
        at = words.index("...")
        tail = words[at + 1:]
        return len(call) >= len(words) - 1 and all(pattern(w).match(c) for w, c in zip(words[:at], call)) and all(
            pattern(w).match(c) for w, c in zip(tail, call[len(call) - len(tail):]))
    return len(words) == len(call) and all(pattern(w).match(c) for w, c in zip(words, call))


def fail(text):
    sys.stdout.flush()
    sys.exit(print(f"rehearsal: {text}", file=sys.stderr) or EXIT)


def program_at(path, name):
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'#!/bin/sh\nexec {RUN} {name} "$0" "$@"\n')
    os.chmod(path, 0o755)


def leave(row, opam):
    for made in " ".join(row.all("makes")).split():
        name, _, path = made.rpartition("=")
        path = expand(path, opam)
        if name:
            program_at(path, name)
        else:
            os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write("; made in the rehearsal\n" * 1000)


def install(packages):
    for package in packages:
        for name in PACKAGES.get(package, [package]):
            if name not in ("python3", "python2", "git-core", "sudo") and not name.startswith("-"):
                program_at("/usr/bin/" + name, name)


def help_out(name, arguments):
    """Programs without a row."""
    if name in ("curl", "wget"):
        output = arguments[arguments.index("-o" if name == "curl" else "-O") + 1]
        url = next(a for a in arguments if "://" in a)
        with urllib.request.urlopen(url, timeout=20) as found, open(output, "wb") as file:
            file.write(found.read())
    elif name == "unzip":
        zipfile.ZipFile(arguments[-1]).extractall()
    elif name == "patch":
        shutil.copy(arguments[-2], arguments[arguments.index("-o") + 1])
    elif name == "opam-exec":
        os.environ["PATH"] = f"{opam_root()}/{os.environ['OPAMSWITCH']}/bin:{os.environ['PATH']}"
        os.execvp(arguments[0], arguments)


def opam_root():
    return os.environ.get("OPAMROOT", "/nowhere")


def special(name, arguments):
    """What a program does beside printing."""
    if name == "opam" and arguments[0] == "init":
        os.makedirs(opam_root(), exist_ok=True)
        with open(os.path.join(opam_root(), ORIGIN), "w", encoding="utf-8") as file:
            file.write("opam")
    elif name == "apt-get" and "install" in arguments:
        install(arguments[arguments.index("install") + 1:])
    elif name == "rustup-init":
        with open("/root/.cargo/env", "w", encoding="utf-8") as file:
            file.write('export PATH="/root/.cargo/bin:$PATH"\n')
        os.chmod("/root", 0o700)
    elif name == "why3" and arguments[0] == "config":
        with open(os.environ.get("WHY3CONFIG") or os.path.expanduser("~/.why3.conf"), "w", encoding="utf-8") as file:
            file.write("[main]\nmagic = 14\nrunning_provers_max = 2\n")
    elif name == "verus" and "--emit=dep-info" in arguments:
        crate = arguments[-1]
        stem = os.path.splitext(os.path.basename(crate))[0]
        with open(stem + ".d", "w", encoding="utf-8") as file:
            file.write(f"{stem}.d: {crate}\n")
    elif name == "sloccount":
        folder = arguments[-1]
        for number, file in enumerate(sorted(os.listdir(folder), key=lambda one: int(one.split(".")[0]))):
            lines = [line for line in open(os.path.join(folder, file), encoding="utf-8") if line.strip()]
            print(f"{len(lines)}\tcs\ttop_dir\t{folder}/{file}")
    elif name == "redis-server":
        with socket.create_server(("127.0.0.1", int(arguments[1]))) as server:
            while True:
                server.accept()[0].close()


def version_of(name, program_file):
    origin = named(os.path.realpath(program_file))
    revision = re.match(r"\{([^}]*)\}", origin)
    for key in ([revision[1]] if revision and name in ("verus", "dafny") else []) + [name]:
        if key in VERSIONS:
            return VERSIONS[key]
    return f"{name} 1.0"


def main(name, program_file, *arguments):
    if len(arguments) == 1 and arguments[0] in ("--version", "/version", "-version", "-v"):
        print(version_of(name, program_file))
        return 0
    if name == "opam" and arguments[:2] == ("exec", "--"):
        name, arguments = "opam-exec", arguments[2:]
    if name in HELPERS:
        help_out(name, list(arguments))
        return 0
    table = read_table()
    call = [name, *map(named_argument, arguments)]
    rows = [row for row in table if any(fits(run, call) for run in row.all("run"))]
    if not rows:
        fail(difference(call, table, name))
    tried = [list(problems_of(row, program_file, arguments)) for row in rows]
    if all(tried):
        # A row with another folder stands for another call.
        nearest = min(tried, key=lambda said: (any("the folder is" in one for one in said), len(said)))
        fail(f"{name}: " + "; ".join(nearest) + f": {' '.join(call)}")
    row = rows[tried.index([])]
    leave(row, opam_root())
    prints = row.one("prints")
    if prints:
        with open(os.path.join(HOME, "outputs", prints), encoding="utf-8", errors="surrogateescape") as file:
            sys.stdout.buffer.write(file.read().encode("utf-8", "surrogateescape"))
    sys.stdout.flush()
    special(name, list(arguments))
    return int(row.one("exit", "0"))


sys.exit(main(*sys.argv[1:]))
