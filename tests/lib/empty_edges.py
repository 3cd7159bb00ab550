"""Gives a thin image without a signature the exports trie that ld64 up to Xcode 13 would have written, in
place: where a name begins an earlier one, an edge without characters leads to its export.

    python3 empty_edges.py FILE

Prints how many such edges there are.
"""
import struct
import sys

from wasteful_trie import append_to_linkedit, read_exports, trie_place


def number(value):
    text = b""
    while True:
        byte = value & 0x7F
        value >>= 7
        text += bytes([byte | (0x80 if value else 0)])
        if not value:
            return text


class Node:
    """ld64's mach_o::trie::Node: an edge is split for a name, and the rest of the name added below."""

    def __init__(self):
        self.edges, self.export, self.offset = [], b"", 0

    def add(self, rest, export):
        for i, (text, node) in enumerate(self.edges):
            if rest.startswith(text):
                return node.add(rest[len(text):], export)
            for size in range(len(text) - 1, 0, -1):
                if text[:size] == rest[:size]:
                    between = Node()
                    between.edges.append((text[size:], node))
                    self.edges[i] = (text[:size], between)
                    return between.add(rest[size:], export)
        leaf = Node()
        leaf.export = export
        self.edges.append((rest, leaf))

    def all(self):
        return [self] + [node for _, child in self.edges for node in child.all()]

    def bytes(self):
        text = number(len(self.export)) + self.export + bytes([len(self.edges)])
        return text + b"".join(label + b"\0" + number(child.offset) for label, child in self.edges)


def main(path):
    with open(path, "rb") as file:
        image = bytearray(file.read())
    place = trie_place(image)
    start, size = struct.unpack_from("<II", image, place)
    exports, root = {}, Node()
    read_exports(image[start:start + size], 0, b"", exports)
    # Longer names first, so that the shorter ones end inside edges.
    for name in sorted(exports, key=lambda name: (-len(name), name)):
        root.add(name, exports[name])
    for _ in range(5):
        offset = 0
        for node in root.all():
            node.offset, offset = offset, offset + len(node.bytes())
    trie = b"".join(node.bytes() for node in root.all())
    image[start:start + size] = bytes(size)
    append_to_linkedit(image, bytearray(trie))
    struct.pack_into("<II", image, place, len(image) - len(trie), len(trie))
    with open(path, "wb") as file:
        file.write(image)
    print(sum(text == b"" for node in root.all() for text, _ in node.edges))


main(*sys.argv[1:])
