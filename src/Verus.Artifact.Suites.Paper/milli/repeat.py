"""Writes the program of figure 6b: the marked part of a verifier's input in the artifact, and then the output of the
artifact's generator for N pushes.

    repeat.py INPUT GENERATOR N

INPUT is - if the program is a separate module. """
import importlib.util
import sys

BEGIN, END, HIDDEN = "!!MAIN!!PRE_BEGIN!!", "!!MAIN!!PRE_END!!", "// !!SCRIPT!!TRUSTED!! "


def marked_part(text):
    inside, found = False, []
    for line in text.splitlines():
        if END in line:
            return "\n".join(found) + "\n"
        if inside:
            found.append(line.replace(HIDDEN, "", 1))
        if BEGIN in line:
            inside = True
    sys.exit(f"the input has no part between {BEGIN} and {END}")


def main():
    source, generator, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    sys.dont_write_bytecode = True
    spec = importlib.util.spec_from_file_location("generator", generator)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    prelude = ""
    if source != "-":
        with open(source, encoding="utf-8") as file:
            prelude = marked_part(file.read())
    sys.stdout.write(prelude + module.main_code(count))


main()
