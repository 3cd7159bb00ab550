"""Makes one export of a thin image a re-export from one of its dylibs, in place.

    python3 reexported_symbol.py FILE SYMBOL [ORDINAL [NAME]]

The first dylib is ordinal 1, which is the default; NAME is its name there, which is the same by default.
"""
import struct
import sys

from thin_image import LC_DYLD_EXPORTS_TRIE, LC_DYLD_INFO_ONLY, command

REEXPORT = 8


def leb(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if data[at - 1] < 0x80:
            return value, at


def find(trie, at, rest):
    """The offset of the node's terminal size."""
    if not rest:
        return at
    size, after = leb(trie, at)
    at = after + size + 1
    for _ in range(trie[at - 1]):
        end = trie.index(b"\0", at)
        child, after = leb(trie, end + 1)
        if rest.startswith(trie[at:end]):
            return find(trie, child, rest[end - at:])
        at = after
    raise KeyError(rest)


def main(path, symbol, ordinal="1", name=""):
    with open(path, "rb") as file:
        image = bytearray(file.read())
    place = command(image, LC_DYLD_EXPORTS_TRIE)
    place = command(image, LC_DYLD_INFO_ONLY) + 40 if place is None else place + 8
    start, size = struct.unpack_from("<II", image, place)
    at = start + find(bytes(image[start:start + size]), 0, symbol.encode())
    export = bytes([REEXPORT, int(ordinal)]) + name.encode() + b"\0"
    assert image[at] >= len(export), "no room for flags, ordinal and the name"
    image[at + 1:at + 1 + image[at]] = export.ljust(image[at], b"\0")
    with open(path, "wb") as file:
        file.write(image)


main(*sys.argv[1:])
