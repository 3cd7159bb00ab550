"""Takes the __LINKEDIT of a thin Mach-O file apart in another way than vafit: byte by byte, in memory.

Prints one JSON object with the members of a report's "parts". Used to check vafit's own."""
import json
import struct
import sys

data = open(sys.argv[1], "rb").read()
ncmds = struct.unpack_from("<I", data, 16)[0]
sizes = dict.fromkeys(("fixups", "exports", "signature"), 0)
nsyms = strsize = symoff = stroff = linkedit = 0
at = 32
for _ in range(ncmds):
    cmd, size = struct.unpack_from("<II", data, at)
    if cmd == 0x19 and data[at + 8:at + 24].rstrip(b"\0") == b"__LINKEDIT":
        linkedit = struct.unpack_from("<Q", data, at + 32)[0]
    elif cmd == 0x2:
        symoff, nsyms, stroff, strsize = struct.unpack_from("<IIII", data, at + 8)
    elif cmd in (0x80000034, 0x80000033, 0x1D):
        use = {0x80000034: "fixups", 0x80000033: "exports", 0x1D: "signature"}[cmd]
        sizes[use] += struct.unpack_from("<I", data, at + 12)[0]
    elif cmd in (0x22, 0x80000022):
        fields = struct.unpack_from("<10I", data, at + 8)
        sizes["fixups"] += fields[1] + fields[3] + fields[5] + fields[7]
        sizes["exports"] += fields[9]
    at += size

owner = bytearray(strsize)  # 0 nobody, 1 stab, 2 local, 3 external
counts = [0, 0, 0, 0]
pool = data[stroff:stroff + strsize]
for i in range(nsyms):
    strx, kind = struct.unpack_from("<IB", data, symoff + 16 * i)
    use = 1 if kind & 0xE0 else 3 if kind & 1 else 2
    counts[use] += 1
    end = pool.find(b"\0", strx)
    end = strsize if end < 0 else end + 1
    for j in range(strx, end):
        owner[j] = max(owner[j], use)
bytes_of = [owner.count(use) for use in range(4)]
parts = {
    "fixups": sizes["fixups"],
    "exports": sizes["exports"],
    "symbols": 16 * counts[3],
    "strings": bytes_of[3],
    "debug_map": 16 * counts[1] + bytes_of[1],
    "local_symbols": 16 * counts[2] + bytes_of[2],
    "signature": sizes["signature"],
}
parts["other"] = linkedit - sum(parts.values())
print(json.dumps(parts))
