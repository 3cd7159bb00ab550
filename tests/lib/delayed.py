"""Makes the load of one dylib by a thin image a delayed one, in place: a dylib_use_command with flags.

    python3 delayed.py FILE NAME [FLAGS]
"""
import struct
import sys

from thin_image import LOADS, commands

MARKER, DELAYED = 0x1A741800, 8


def main(path, name, flags=DELAYED):
    with open(path, "rb") as file:
        image = bytearray(file.read())
    for number, at in commands(image):
        if number not in LOADS:
            continue
        size, start = struct.unpack_from("<II", image, at + 4)
        if image[at + start:at + size].rstrip(b"\0") == name.encode():
            struct.pack_into("<II", image, at + 8, 28, MARKER)
            struct.pack_into("<I", image, at + 24, int(flags))
            image[at + 28:at + size] = name.encode().ljust(size - 28, b"\0")
            assert size >= 28 + len(name) + 1
    with open(path, "wb") as file:
        file.write(image)


main(*sys.argv[1:])
