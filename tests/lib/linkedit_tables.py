"""Writes a dylib whose symbol table, indirect table and string pool lie where a public case had them.

    linkedit_tables.py OUT SYMOFF NSYMS INDIRECTSYMOFF NINDIRECTSYMS STROFF STRSIZE

__LINKEDIT begins at the page of SYMOFF and ends with the string pool. Symbols have addresses of __text, and names of
their numbers. What lies between is a hole in the file.
"""
import struct
import sys


PAGE = 0x4000
out, symoff, nsyms, indirectoff, nindirect, stroff, strsize = sys.argv[1], *map(int, sys.argv[2:])
start = symoff // PAGE * PAGE
end = stroff + strsize


def segment(name, address, size, offset, file_size, protection, sections=b"", count=0):
    return struct.pack("<II16sQQQQiiII", 0x19, 72 + len(sections), name, address, size, offset, file_size, protection,
                       protection, count, 0) + sections


def padded(number, fields, text):
    body = struct.pack("<" + "I" * len(fields), *fields) + text + b"\0"
    body += bytes(-(len(body) + 8) % 8)
    return struct.pack("<II", number, len(body) + 8) + body


text = struct.pack("<16s16sQQIIIIIIII", b"__text", b"__TEXT", PAGE - 64, 64, PAGE - 64, 2, 0, 0, 0x80000400, 0, 0, 0)
commands = [
    segment(b"__TEXT", 0, start, 0, start, 5, text, 1),
    segment(b"__LINKEDIT", start, (end - start + PAGE - 1) // PAGE * PAGE, start, end - start, 1),
    padded(0xD, (24, 1, 0x10000, 0x10000), b"@rpath/libcase.dylib"),
    struct.pack("<IIIIII", 2, 24, symoff, nsyms, stroff, strsize),
    struct.pack("<II18I", 0xB, 80, 0, 0, 0, nsyms, nsyms, 0, 0, 0, 0, 0, 0, 0, indirectoff, nindirect, 0, 0, 0, 0),
    struct.pack("<II16s", 0x1B, 24, bytes(range(16))),
    struct.pack("<IIIIII", 0x32, 24, 1, 0xD0000, 0xD0000, 0),
    padded(0xC, (24, 2, 0x10000, 0x10000), b"/usr/lib/libSystem.B.dylib"),
]
body = b"".join(commands)
names, symbols = bytearray(b"\0"), b""
for i in range(nsyms):
    symbols += struct.pack("<IBBHQ", len(names), 0xF, 1, 0, PAGE - 64 + i % 16 * 4)
    names += b"_%d\0" % i
assert len(names) <= strsize and symoff + 16 * nsyms <= (indirectoff or stroff)
with open(out, "wb") as file:
    file.write(struct.pack("<IIIIIIII", 0xFEEDFACF, 0x0100000C, 0, 6, len(commands), len(body), 0x100085, 0) + body)
    file.seek(PAGE - 64)
    file.write(bytes.fromhex("c0035fd6") * 16)
    file.seek(symoff)
    file.write(symbols)
    if nindirect:
        file.seek(indirectoff)
        file.write(struct.pack("<I", 0) * nindirect)
    file.seek(stroff)
    file.write(names)
    file.truncate(end)
