"""Adds a load command to a thin image without a signature, in place, in the room after the others.

    python3 add_command.py FILE NUMBER SIZE [FIELD...]

The fields are words of 64 bits after cmd and cmdsize; the rest is zeros.
"""
import struct
import sys


def main(path, number, size, *fields):
    with open(path, "r+b") as file:
        count, sizeofcmds = struct.unpack("<II", file.read(24)[16:])
        body = b"".join(struct.pack("<Q", int(field, 0)) for field in fields)
        command = struct.pack("<II", int(number, 0), int(size, 0)) + body
        file.seek(32 + sizeofcmds)
        assert not any(file.read(int(size, 0))), "no room"
        file.seek(32 + sizeofcmds)
        file.write(command.ljust(int(size, 0), b"\0"))
        file.seek(16)
        file.write(struct.pack("<II", count + 1, sizeofcmds + int(size, 0)))


main(*sys.argv[1:])
