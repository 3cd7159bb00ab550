"""Prints what Mach-O images are made of, over all of them, one "NAME NUMBER" a line: the parts of __LINKEDIT
and the kinds of symbols in percent, the lengths of names, and the bytes of names that are in a pool already.

Reads thin 64-bit images by itself, so that what make_macho writes is not judged by code of its own."""
import struct
import sys
from collections import Counter

parts, kinds, linkedit, repeated = Counter(), Counter(), 0, 0
functions, undefined = [], []
STABS = {0x20: "N_GSYM", 0x24: "N_FUN", 0x26: "N_STSYM", 0x2E: "N_BNSYM", 0x4E: "N_ENSYM", 0x64: "N_SO", 0x66: "N_OSO"}
BLOBS = {0x80000034: "fixups", 0x80000033: "exports", 0x1D: "signature", 0x26: "other", 0x29: "other"}


def kind_of(kind):
    if kind & 0xE0:
        return STABS[kind]
    if kind & 1:
        return "exported" if kind & 0xE else "undefined"
    return "private-external" if kind & 0x10 else "local"


def read(data):
    global linkedit, repeated
    at, table = 32, None
    for _ in range(struct.unpack_from("<I", data, 16)[0]):
        cmd, size = struct.unpack_from("<II", data, at)
        if cmd == 0x19 and data[at + 8:at + 24].rstrip(b"\0") == b"__LINKEDIT":
            linkedit += struct.unpack_from("<Q", data, at + 48)[0]
        elif cmd == 0x2:
            table = struct.unpack_from("<IIII", data, at + 8)
        elif cmd in BLOBS:
            parts[BLOBS[cmd]] += struct.unpack_from("<I", data, at + 12)[0]
        at += size
    symbols, count, strings, room = table
    owners, pool, starts = bytearray(room), data[strings:strings + room], {}
    for i in range(count):
        offset, kind = struct.unpack_from("<IB", data, symbols + 16 * i)
        end = pool.index(b"\0", offset)
        name, of = pool[offset:end], kind_of(kind)
        use = 1 if kind & 0xE0 else 3 if kind & 1 else 2
        kinds[of] += 1
        parts[use] += 16
        old = owners[offset:end + 1]
        owners[offset:end + 1] = bytes([use]) * len(old) if max(old) <= use else bytes(max(o, use) for o in old)
        repeated += len(name) + 1 if name and starts.setdefault(name, offset) != offset else 0
        if of == "N_FUN" and name:
            functions.append(len(name))
        elif of == "undefined":
            undefined.append(len(name))
    for use in (1, 2, 3):
        parts[use] += owners.count(use)


for path in sys.argv[1:]:
    with open(path, "rb") as file:
        read(file.read())
functions.sort()
for name, key in (("debug-map", 1), ("locals", 2), ("symbols", 3), ("exports", "exports"), ("fixups", "fixups"),
                  ("signature", "signature")):
    print(name, "%.2f" % (100 * parts[key] / linkedit))
for name in sorted(set(STABS.values()) - {"N_SO", "N_OSO"}) + ["private-external", "local"]:
    print(name, "%.2f" % (100 * kinds[name] / kinds.total()))
print("N_SO+N_OSO", "%.2f" % (100 * (kinds["N_SO"] + kinds["N_OSO"]) / kinds.total()))
print("function-median", functions[len(functions) // 2])
print("function-95", functions[len(functions) * 95 // 100])
print("function-longest", functions[-1])
print("undefined-mean", "%.1f" % (sum(undefined) / len(undefined)))
print("repeated", repeated)
