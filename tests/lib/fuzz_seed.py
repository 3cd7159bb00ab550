"""Makes an input of the fuzz targets of fixups (tests/fuzz/fixups.h) of a thin image.

    python3 fuzz_seed.py IMAGE KIND OUT

KIND is 0 for LC_DYLD_CHAINED_FIXUPS where the image has it; otherwise 0 to 3 for the rebase, bind, weak
bind and lazy bind opcodes of LC_DYLD_INFO. Without that part nothing is written.
"""
import struct
import sys

from thin_image import LC_DYLD_CHAINED_FIXUPS, LC_DYLD_INFO_ONLY, LC_SEGMENT_64, LOADS, commands


def main(path, kind, out):
    with open(path, "rb") as file:
        data = file.read()
    dylibs, part, segments, end = 0, b"", [], 0
    for number, offset in commands(data):
        if number in LOADS:
            dylibs += 1
        elif number == LC_SEGMENT_64:
            address, size, place, length = struct.unpack_from("<QQQQ", data, offset + 24)
            if data[offset + 8:offset + 18] == b"__LINKEDIT":
                place = length = 0
            segments.append(struct.pack("<IIII", address >> 12, (size + 4095) >> 12, place, length))
            end = max(end, place + length)
        elif number in (LC_DYLD_CHAINED_FIXUPS, LC_DYLD_INFO_ONLY):
            place, length = struct.unpack_from("<II", data, offset + 8 + 8 * kind)
            part = data[place:place + length]
    if not part:
        return
    with open(out, "wb") as file:
        file.write(struct.pack("<BBHB", kind, dylibs, len(part), len(segments)))
        file.write(b"".join(segments) + part + data[:end])


main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
