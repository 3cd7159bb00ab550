"""Gives a thin image without a signature an exports trie that wastes space, in place.

The trie has a node a character, every number in it five bytes, and bytes between the nodes that no edge
leads to. It goes to the end of __LINKEDIT, which grows by it. The exports are the same.

    python3 wasteful_trie.py FILE
"""
import struct
import sys

from thin_image import (LC_CODE_SIGNATURE, LC_DYLD_EXPORTS_TRIE, LC_DYLD_INFO_ONLY, LC_SEGMENT_64,
                        command, commands)


def read_number(trie, at):
    number = shift = 0
    while True:
        byte = trie[at]
        at += 1
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return number, at


def read_exports(trie, node, name, exports):
    """Adds to `exports` what is in an export, by its name."""
    size, at = read_number(trie, node)
    if size != 0:
        exports[name] = bytes(trie[at:at + size])
    at += size
    children, at = trie[at], at + 1
    for _ in range(children):
        end = trie.index(0, at)
        child, next_at = read_number(trie, end + 1)
        read_exports(trie, child, name + bytes(trie[at:end]), exports)
        at = next_at


def padded(number):
    return bytes([number >> shift & 0x7F | 0x80 for shift in (0, 7, 14, 21)] + [number >> 28])


def padded_export(export):
    """Flags and an address, in longer numbers."""
    flags, at = read_number(export, 0)
    address, at = read_number(export, at)
    if at != len(export):
        sys.exit("an export with more than an address")
    return padded(flags) + padded(address)


def add_node(trie, exports, prefix):
    """Adds the node to which `prefix` leads and all below it; gives its place."""
    below = sorted({name[len(prefix)] for name in exports if name.startswith(prefix) and name != prefix})
    export = padded_export(exports[prefix]) if prefix in exports else b""
    node = len(trie)
    trie += padded(len(export)) + export + bytes([len(below)])
    places = []
    for character in below:
        trie += bytes([character, 0])
        places.append(len(trie))
        trie += padded(0)
    for character, place in zip(below, places):
        trie += b"\0\0"
        child = add_node(trie, exports, prefix + bytes([character]))
        trie[place:place + 5] = padded(child)
    return node


def trie_place(data):
    """Where the load command keeps the trie's offset and size."""
    offset = command(data, LC_DYLD_EXPORTS_TRIE)
    return offset + 8 if offset is not None else command(data, LC_DYLD_INFO_ONLY) + 40


def append_to_linkedit(data, added):
    for number, offset in commands(data):
        if number == LC_SEGMENT_64 and data[offset + 8:offset + 19] == b"__LINKEDIT\0":
            file_offset = struct.unpack_from("<Q", data, offset + 40)[0]
            data += bytes(-len(data) % 8) + added
            size = len(data) - file_offset
            struct.pack_into("<Q", data, offset + 32, size)
            struct.pack_into("<Q", data, offset + 48, size)


def main(path):
    with open(path, "rb") as file:
        data = bytearray(file.read())
    if command(data, LC_CODE_SIGNATURE) is not None:
        sys.exit("the image is signed")
    place = trie_place(data)
    offset, size = struct.unpack_from("<II", data, place)
    exports = {}
    read_exports(data[offset:offset + size], 0, b"", exports)
    trie = bytearray()
    add_node(trie, exports, b"")
    data[offset:offset + size] = bytes(size)  # else nobody's bytes, which a rewriting keeps
    append_to_linkedit(data, trie)
    struct.pack_into("<II", data, place, len(data) - len(trie), len(trie))
    with open(path, "wb") as file:
        file.write(data)


if __name__ == "__main__":
    main(sys.argv[1])
