"""A second reading of what the level exports of fix keeps: asked_exports.py ORIGINAL FIXED, one program
alone. What it reads comes from llvm-objdump, llvm-nm and llvm-otool. Prints "N of M exports are left", or
each export that is there or gone against the rules."""
import re
import subprocess
import sys


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def exports(path):
    found = {}
    for line in output("llvm-objdump-19", "--macho", "--exports-trie", path).split("\n"):
        match = re.match(r"(0x\w+|\[re-export\])\s+(\S+)(.*)", line)
        if match:
            found[match[2]] = match[1] + match[3]
    return found


def imports(path):
    found = set(output("llvm-nm-19", "-u", "-j", path).split())
    for options in (["--chained-fixups"], ["--bind", "--weak-bind", "--lazy-bind"]):
        found.update(re.findall(r"_[^\s()]*", output("llvm-objdump-19", "--macho", *options, path)))
    return found


def strings(path):
    with open(path, "rb") as file:
        data = file.read()
    found = set()
    for section in output("llvm-otool-19", "-l", path).split("\nSection\n")[1:]:
        words = dict(re.findall(r"^ *(size|offset|flags) (\w+)$", section, re.M))
        if int(words["flags"], 16) & 0xFF == 2:
            start = int(words["offset"])
            found.update(data[start:start + int(words["size"], 16)].split(b"\0"))
    return found


def main():
    old, new = exports(sys.argv[1]), exports(sys.argv[2])
    wanted, named = imports(sys.argv[1]), strings(sys.argv[1])
    wrong = 0
    for name, value in old.items():
        stays = "weak_def" in value or "re-export" in value or name in wanted \
            or name[:5] in ("__Znw", "__Zna", "__Zdl", "__Zda") or name == "__mh_execute_header" \
            or name[1:].encode() in named or name.encode() in named
        if new.get(name) != (value if stays else None):
            print(f"{name} {value}: {'stays' if stays else 'goes'}, is {new.get(name)}")
            wrong += 1
    print(f"{len(new)} of {len(old)} exports are left")
    return 1 if wrong or not set(new) <= set(old) else 0


if __name__ == "__main__":
    sys.exit(main())
