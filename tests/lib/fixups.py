"""Prints the fixups of a thin image as llvm-objdump-19 reads them, in the words of tests/dump_macho, sorted.

What llvm-objdump leaves out is read here: the targets of rebase opcodes, which stand in the file. Of
chained fixups it tells no ordinals of pointers, only short names of dylibs, so that a name stands for
a dylib that goes by it; its list of imports has the ordinals themselves. Of lazy binds it does not
tell which are weak.

    python3 fixups.py FILE
"""
import re
import struct
import subprocess
import sys

from thin_image import LC_SEGMENT_64, LOADS, commands

SPECIAL = {"this-image": 0, "main-executable": -1, "flat-namespace": -2, "weak": -3}
OPCODE_TABLES = {"Rebase": "rebase", "Bind": "bind", "Lazy": "lazy", "Weak": "weak"}


def objdump(path, *options):
    command = ["llvm-objdump-19", "--macho", *options, path]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


def dylibs(data):
    """The leaf names of what the image loads, in the order of the ordinals."""
    return [
        data[offset + struct.unpack_from("<I", data, offset + 8)[0]:].split(b"\0")[0].decode().split("/")[-1]
        for number, offset in commands(data)
        if number in LOADS
    ]


def segments(data):
    """(address, size in the file, file offset) of each segment."""
    for number, offset in commands(data):
        if number == LC_SEGMENT_64:
            address, _, place, length = struct.unpack_from("<QQQQ", data, offset + 24)
            yield address, length, place


def stored(data, address):
    """The pointer that the file has for an address."""
    for start, length, place in segments(data):
        if start <= address < start + length:
            return struct.unpack_from("<Q", data, place + address - start)[0]
    sys.exit("0x%x is in no segment" % address)


def plain(number):
    """A hexadecimal number without leading zeros, in lower case."""
    return "0x%x" % int(number, 16)


def ordinal(name, names):
    """llvm-objdump says libSystem of libSystem.B.dylib: the shortest leaf name that goes on with a dot."""
    if name in SPECIAL:
        return SPECIAL[name]
    meant = [leaf for leaf in names if (leaf + ".").startswith(name + ".")]
    return names.index(min(meant, key=len)) + 1


def signed(text):
    number = int(text, 16)
    return number - (1 << 64) if number >> 63 else number


def weak(words):
    return " weak" if "(weak" in words or "(weak_import)" in words else ""


def chained(path, names):
    for line in objdump(path, "--dyld-info"):
        words = line.split()
        if len(words) > 4 and words[4] == "rebase":
            yield "rebase %s %s" % (plain(words[2]), plain(words[5]))
        elif len(words) > 4 and words[4] == "bind":
            yield "bind %s %d %s %d%s" % (
                plain(words[2]), ordinal(words[6], names), words[7], signed(words[5]), weak(words))


def imports(path):
    found = {}
    for line in objdump(path, "--chained-fixups"):
        match = re.match(r" +(lib_ordinal|weak_import|name_offset|addend) += (-?\d+)(?: \((.*)\))?$", line)
        if line.startswith("dyld chained import"):
            if found:
                yield found
            found = {"addend": (0, None)}
        elif match and found:
            found[match[1]] = int(match[2]), match[3]
    if found:
        yield found


def import_lines(path):
    for found in imports(path):
        yield "import %d %s %d%s" % (found["lib_ordinal"][0], found["name_offset"][1], found["addend"][0],
                                     " weak" if found["weak_import"][0] else "")


def opcode_line(kind, words, data, names):
    if kind == "rebase":
        return "rebase %s 0x%x" % (plain(words[2]), stored(data, int(words[2], 16)))
    if kind == "bind":
        return "bind %s %d %s %s%s" % (plain(words[2]), ordinal(words[5], names), words[6], words[4], weak(words))
    if kind == "lazy":
        return "lazy %s %d %s 0%s" % (plain(words[2]), ordinal(words[3], names), words[4], weak(words))
    return "weak %s %s %s" % (plain(words[2]), words[5], words[4])


def opcodes(path, data, names):
    kind = None
    for line in objdump(path, "--rebase", "--bind", "--lazy-bind", "--weak-bind"):
        words = line.split()
        if line.endswith(" table:"):
            kind = OPCODE_TABLES[words[0]]
        elif words and words[0] == "strong":
            yield "strong " + words[-1]
        elif len(words) > 3 and words[2].startswith("0x"):
            yield opcode_line(kind, words, data, names)


def main(path):
    with open(path, "rb") as file:
        data = file.read()
    names = dylibs(data)
    lines = list(chained(path, names)) + list(import_lines(path)) + list(opcodes(path, data, names))
    print("\n".join(sorted(lines)))


main(sys.argv[1])
