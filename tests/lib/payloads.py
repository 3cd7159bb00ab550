"""Puts bytes that no table reaches into Mach-O files, at every place there is, and holds vafit to it:
each is kept, or refused with offset and size; and a file that lost them is never called the same.

    payloads.py VAFIT NAME FILE...      prints a line of TAP for each file
"""
import os
import re
import struct
import subprocess
import sys
import tempfile

LEVELS = ["lossless", "locals", "symbols"]
PAYLOADS = {
    "binary": bytes(range(1, 256)) * 3,
    "an archive": b"PK\3\4PAYLOAD" + bytes([200, 0, 0, 7]) * 40 + b"END",
    "text": b"a line of text, printable, that is no name of a symbol",
    "one byte": b"\x9d",
}
# Load commands that place one part by offset and size at bytes 8 and 12.
DATA_COMMANDS = (0x1D, 0x1E, 0x26, 0x29, 0x80000033, 0x80000034)


class Slice:
    """One thin image that can be poked."""

    def __init__(self, data):
        self.b = bytearray(data)
        self.commands = []
        at = 32
        for _ in range(self.u32(16)):
            number, size = struct.unpack_from("<II", self.b, at)
            self.commands.append((number, at, size))
            at += size
        self.end_of_commands = at

    def u32(self, at):
        return struct.unpack_from("<I", self.b, at)[0]

    def put32(self, at, value):
        struct.pack_into("<I", self.b, at, value)

    def find(self, *numbers):
        for number, at, _ in self.commands:
            if number in numbers:
                return at
        return None

    def linkedit(self):
        for number, at, _ in self.commands:
            if number == 0x19 and self.b[at + 8 : at + 18] == b"__LINKEDIT":
                return at
        return None

    def fields(self):
        """(name, where the offset is, where the size or count is, bytes an entry)"""
        for number, at, _ in self.commands:
            if number in DATA_COMMANDS:
                yield number, at + 8, at + 12, 1
            elif number == 2:
                yield "symbols", at + 8, at + 12, 16
                yield "strings", at + 16, at + 20, 1
            elif number == 0xB:
                yield "indirect", at + 56, at + 60, 4
                yield "external relocations", at + 64, at + 68, 8
                yield "local relocations", at + 72, at + 76, 8
            elif number in (0x22, 0x80000022):
                for i in range(5):
                    yield "dyld info %d" % i, at + 8 + 8 * i, at + 12 + 8 * i, 1

    def parts(self):
        found = []
        for name, offset_at, size_at, entry in self.fields():
            offset, size = self.u32(offset_at), self.u32(size_at) * entry
            if size:
                found.append((offset, offset + size, name, size_at, entry))
        return sorted(found)

    def insert(self, at, data):
        """Bytes between the parts, whose load commands follow."""
        segment = self.linkedit()
        for _, offset_at, size_at, _ in list(self.fields()):
            if self.u32(size_at) and self.u32(offset_at) >= at:
                self.put32(offset_at, self.u32(offset_at) + len(data))
        self.b[at:at] = data
        self.grow(segment, len(data))

    def grow(self, segment, size):
        offset, had = struct.unpack_from("<QQ", self.b, segment + 40)
        struct.pack_into("<Q", self.b, segment + 48, had + size)
        struct.pack_into("<Q", self.b, segment + 32, (had + size + 0x3FFF) & ~0x3FFF)

    def stretch(self, size_at, entry, size):
        self.put32(size_at, self.u32(size_at) + (size + entry - 1) // entry)


def aligned(payload, to=16):
    return payload + b"\1" * (-len(payload) % to)


def variants_of_slice(data):
    """(where, the new bytes, the payload) of a thin image."""
    parts = Slice(data).parts()
    for kind, payload in PAYLOADS.items():
        payload = aligned(payload)
        for begin, end, name, size_at, entry in parts:
            image = Slice(data)
            image.insert(begin, payload)
            yield "%s before part %s" % (kind, name), bytes(image.b), payload
            if name in ("strings", 0x80000033, 0x1D, "dyld info 4"):
                image = Slice(data)
                image.insert(end, payload)
                image.stretch(size_at, entry, len(payload))
                yield "%s, part %s stretched over it" % (kind, name), bytes(image.b), payload
        image = Slice(data)
        image.insert(len(image.b), payload)
        yield "%s after the last part" % kind, bytes(image.b), payload
        yield "%s after __LINKEDIT" % kind, data + payload, payload
        image = Slice(data)
        room = image.b[image.end_of_commands :]
        if len(payload) + 16 < len(room) and not any(room[: len(payload) + 16]):
            at = image.end_of_commands + 8
            image.b[at : at + len(payload)] = payload
            yield "%s after the load commands" % kind, bytes(image.b), payload
        yield from within_strings(data, kind, payload)


def within_strings(data, kind, payload):
    """Between two names of the string pool; the names after it follow."""
    image = Slice(data)
    at = image.find(2)
    symbols, count, strings, size = struct.unpack_from("<4I", image.b, at + 8)
    ends = [i for i in range(1, size - 1) if image.b[strings + i - 1] == 0 and image.b[strings + i]]
    for place in {ends[0], ends[len(ends) // 2], ends[-1]} if ends else ():
        image = Slice(data)
        image.insert(strings + place, payload + b"\0" * 16)
        added = len(payload) + 16
        # The pool begins before the place, so that only its size changes.
        image.put32(at + 16, strings)
        image.put32(at + 20, size + added)
        for i in range(count):
            name_at = image.u32(at + 8) + 16 * i
            if image.u32(name_at) >= place:
                image.put32(name_at, image.u32(name_at) + added)
        yield "%s in the string pool at 0x%x" % (kind, place), bytes(image.b), payload


def variants_of_universal(data):
    count = struct.unpack_from(">I", data, 4)[0]
    slices = sorted(struct.unpack_from(">5I", data, 8 + 20 * i)[2:4] for i in range(count))
    gaps = [(8 + 20 * count, slices[0][0], "after the universal header")]
    gaps += [(a + n, b, "between slices") for (a, n), (b, _) in zip(slices, slices[1:])]
    for kind, payload in PAYLOADS.items():
        yield "%s after the last slice" % kind, data + payload, payload
        for start, end, where in gaps:
            if end - start > len(payload):
                at = start + (end - start - len(payload)) // 2
                yield "%s %s" % (kind, where), data[:at] + payload + data[at + len(payload) :], payload


def run(*command):
    ran = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
    return ran.returncode, ran.stdout.decode(errors="replace")


def judge(vafit, base, changed, payload):
    """What is wrong, or None; and whether it was kept."""
    kept = False
    open("variant", "wb").write(changed)
    for level in LEVELS:
        if os.path.exists("out"):
            os.unlink("out")
        status, said = run(vafit, "shrink", "variant", "-o", "out", "--level", level, "--unstripped", "none")
        if status == 0:
            kept = True
            if payload not in open("out", "rb").read():
                return "lost at %s, exit 0" % level, kept
            if run(vafit, "verify", "out", "--against", "variant", "--level", level, "-q")[0] not in (0, 1):
                return "what %s made cannot be verified" % level, kept
        elif status != 3:
            return "exit %d at %s: %s" % (status, level, said), kept
        elif os.path.exists("out"):
            return "refused at %s, and something is written" % level, kept
        elif not re.search(r"\b\d+ bytes at 0x[0-9a-f]+ that no table reaches", said) and "code signature" not in said:
            return "refused at %s without offset and size: %s" % (level, said), kept
    status, said = run(vafit, "verify", base, "--against", "variant", "--level", "symbols", "-q")
    if status == 0:
        return "verify calls the file without it the same", kept
    return None, kept


def main():
    vafit, name = os.path.abspath(sys.argv[1]), sys.argv[2]
    total = 0
    for path in [os.path.abspath(path) for path in sys.argv[3:]]:
        data = open(path, "rb").read()
        is_universal = data[:4] == b"\xca\xfe\xba\xbe"
        wrong, count, kept = [], 0, 0
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            for where, changed, payload in (variants_of_universal if is_universal else variants_of_slice)(data):
                fault, was_kept = judge(vafit, path, changed, payload)
                count += 1
                kept += was_kept
                if fault:
                    wrong.append("%s: %s" % (where, fault))
            os.chdir("/")
        total += count
        print("%s - %s: %s: %d payloads, %d of them kept, none lost" % ("not ok" if wrong or not count else "ok", name, os.path.basename(path), count, kept))
        for line in wrong[:20]:
            print("#   " + line.replace("\n", " "))
    print("# %d variants" % total)


main()
