"""Makes IronKV's servers, which load Verus's library under its name on Linux, load it on Windows.

    windows.py patch    before the build: the servers ask for lib.dll
    windows.py copy     after it: lib.dll stands beside them
"""
import pathlib
import shutil
import sys


def patch():
    for source in pathlib.Path("ironsht/csharp").rglob("*.cs"):
        source.write_bytes(source.read_bytes().replace(b"../liblib.so", b"lib.dll"))


def copy():
    shutil.copy("lib.dll", "ironsht/bin")


{"patch": patch, "copy": copy}[sys.argv[1]]()
