"""Adds a segment before __LINKEDIT of a thin image without a signature, in place, as Go's linker does for
debug information and postject for a payload. The load commands need room.

    python3 add_segment.py FILE NAME SIZE mapped|unmapped

The segment holds the word PAYLOAD again and again, and one section. An unmapped one has vmsize and initprot
0, and its section lies after it.
"""
import struct
import sys

from thin_image import commands

# Where load commands hold file offsets into __LINKEDIT.
OFFSETS = {0x2: (8, 16), 0xB: (32, 40, 48, 56, 64, 72), 0x22: (8, 16, 24, 32, 40), 0x26: (8,), 0x29: (8,),
           0x33: (8,), 0x34: (8,)}


def main(path, name, size, kind):
    size = int(size, 0)
    with open(path, "rb") as file:
        image = bytearray(file.read())
    count, sizeofcmds = struct.unpack_from("<II", image, 16)
    link = next(at for number, at in commands(image) if number == 0x19 and image[at + 8:at + 18] == b"__LINKEDIT")
    address, _, offset = struct.unpack_from("<QQQ", image, link + 24)
    mapped = kind == "mapped"
    for number, at in list(commands(image)):
        for field in OFFSETS.get(number & 0x7FFFFFFF, ()):
            place, = struct.unpack_from("<I", image, at + field)
            if place >= offset:
                struct.pack_into("<I", image, at + field, place + size)
    struct.pack_into("<Q", image, link + 24, address + (size if mapped else 0))
    struct.pack_into("<Q", image, link + 40, offset + size)
    image[offset:offset] = (b"PAYLOAD " * size)[:size]
    protection = 1 if mapped else 0
    command = struct.pack("<II16sQQQQiiII", 0x19, 152, name.encode(), address, size if mapped else 0, offset, size,
                          protection, protection, 1, 0)
    command += struct.pack("<16s16sQQ8I", b"__payload", name.encode(), address, size, offset, 0, 0, 0, 0, 0, 0, 0)
    end = 32 + sizeofcmds
    if any(image[end:end + len(command)]):
        sys.exit("no room for another load command")
    image[link:end + len(command)] = command + image[link:end]
    struct.pack_into("<II", image, 16, count + 1, sizeofcmds + len(command))
    with open(path, "wb") as file:
        file.write(image)


main(*sys.argv[1:])
