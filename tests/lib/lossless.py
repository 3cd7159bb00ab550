"""What level lossless would free of a thin Mach-O file at least, worked out in another way than vafit.

Prints two numbers: the bytes, and those of them that are strings equal to another one."""
import struct
import sys

data = open(sys.argv[1], "rb").read()
DATA_COMMANDS = (0x1D, 0x1E, 0x26, 0x29, 0x2B, 0x2E, 0x80000033, 0x80000034)
file_size, pool, table, parts, signature, at = 0, b"", [], [], 0, 32
for _ in range(struct.unpack_from("<I", data, 16)[0]):
    command, size = struct.unpack_from("<II", data, at)
    if command == 0x19 and data[at + 8:at + 24].rstrip(b"\0") == b"__LINKEDIT":
        file_size = struct.unpack_from("<Q", data, at + 48)[0]
    elif command == 0x2:
        symoff, nsyms, stroff, strsize = struct.unpack_from("<IIII", data, at + 8)
        pool = data[stroff:stroff + strsize]
        table = [struct.unpack_from("<IBBHQ", data, symoff + 16 * i) for i in range(nsyms)]
        parts.append(16 * nsyms)
    elif command == 0xB:
        parts.append(4 * struct.unpack_from("<I", data, at + 60)[0])
    elif command in (0x22, 0x80000022):
        parts += struct.unpack_from("<10I", data, at + 8)[1::2]
    elif command in DATA_COMMANDS:
        part = struct.unpack_from("<I", data, at + 12)[0]
        if command == 0x1D:
            signature = 32 + (part + 15) // 16 * 16
        else:
            parts.append(part)
    at += size

ends = {}  # where a string ends -> where the first name in it begins
for name in {symbol[0] for symbol in table} - {0}:
    end = pool.index(b"\0", name)
    if end > name:
        ends[end] = min(name, ends.get(end, name))
strings = [pool[start:end + 1] for end, start in ends.items()]
distinct = sum(map(len, set(strings)))
parts.append(pool.index(b"\0") + 1 + distinct)
size = sum((part + 7) // 8 * 8 for part in parts) + signature
print(max(0, file_size - size), sum(map(len, strings)) - distinct)
