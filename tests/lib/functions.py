"""functions.py ROOT: names what is too long to be read in one sitting: functions of more than 40 lines
or 6 parameters, below the folders tool, tests and bench. Relies on how clang-format lays code out."""
import pathlib
import re
import sys

MOST_LINES, MOST_PARAMETERS = 40, 6


def functions(lines):
    """(line, name, parameters, lines of the body) of each function."""
    i = 0
    while i < len(lines):
        if not re.match(r"[a-z_].*\(", lines[i]) or lines[i].startswith("typedef"):
            i += 1
            continue
        start, head = i, lines[i]
        while not re.search(r"[{;]$", head) and i + 1 < len(lines):
            i += 1
            head += " " + lines[i].strip()
        if not head.endswith(") {"):
            i += 1
            continue
        end = lines.index("}", i)
        name = re.search(r"(\w+)\(", head)[1]
        parameters = head[head.index("(") + 1 : head.rindex(")")]
        parameters = re.sub(r"\([^()]*\)", "", re.sub(r"\([^()]*\)", "", parameters))
        yield start + 1, name, parameters.count(",") + 1, end - i - 1
        i = end + 1


def main(root):
    for folder in "tool", "tests", "bench":
        for path in sorted(pathlib.Path(root, folder).rglob("*.c")):
            for line, name, parameters, size in functions(path.read_text().split("\n")):
                if size > MOST_LINES or parameters > MOST_PARAMETERS:
                    print(f"{path}:{line}: {name}: {size} lines, {parameters} parameters")


main(sys.argv[1])
