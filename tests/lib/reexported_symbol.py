"""Makes one export of a thin image a re-export from its first dylib, in place, under the same name.

    python3 reexported_symbol.py FILE SYMBOL
"""
import struct
import sys

from thin_image import LC_DYLD_EXPORTS_TRIE, command

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


def main(path, symbol):
    with open(path, "rb") as file:
        image = bytearray(file.read())
    start, size = struct.unpack_from("<II", image, command(image, LC_DYLD_EXPORTS_TRIE) + 8)
    at = start + find(bytes(image[start:start + size]), 0, symbol.encode())
    assert image[at] >= 3, "no room for flags, ordinal and an empty name"
    image[at + 1:at + 1 + image[at]] = bytes([REEXPORT, 1]).ljust(image[at], b"\0")
    with open(path, "wb") as file:
        file.write(image)


main(*sys.argv[1:])
