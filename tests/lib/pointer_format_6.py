"""Rewrites the chained fixups of a thin image from pointer format 2 to 6, in place.

ld64.lld writes DYLD_CHAINED_PTR_64, in which a target is an unslid address; Apple's linker writes
DYLD_CHAINED_PTR_64_OFFSET, in which it counts from the start of the image. All else is the same. An
ad-hoc signature gets the hashes of the changed pages.

    python3 pointer_format_6.py FILE
"""
import hashlib
import struct
import sys

from thin_image import LC_CODE_SIGNATURE, LC_DYLD_CHAINED_FIXUPS, LC_SEGMENT_64, command, commands

TARGET = (1 << 36) - 1
CODE_DIRECTORY = 0xFADE0C02


def linkedit_part(data, wanted):
    """The file offset of what a linkedit_data_command places; None without."""
    offset = command(data, wanted)
    return None if offset is None else struct.unpack_from("<I", data, offset + 8)[0]


def segments(data):
    """(address, file offset) of each segment, __PAGEZERO included."""
    return [
        (struct.unpack_from("<Q", data, offset + 24)[0], struct.unpack_from("<Q", data, offset + 40)[0])
        for number, offset in commands(data)
        if number == LC_SEGMENT_64
    ]


def rewrite_chain(data, offset, base):
    while True:
        pointer = struct.unpack_from("<Q", data, offset)[0]
        if not pointer >> 63:
            target = (pointer & TARGET) - base
            struct.pack_into("<Q", data, offset, pointer & ~TARGET | target)
        step = (pointer >> 51 & 0xFFF) * 4
        if step == 0:
            return
        offset += step


def rewrite_segment(data, starts, file_offset, base):
    _, page_size, pointer_format, _, _, pages = struct.unpack_from("<IHHQIH", data, starts)
    if pointer_format != 2:
        sys.exit("pointer format %d is not 2" % pointer_format)
    struct.pack_into("<H", data, starts + 6, 6)
    for page in range(pages):
        start = struct.unpack_from("<H", data, starts + 22 + 2 * page)[0]
        if start != 0xFFFF:
            rewrite_chain(data, file_offset + page * page_size + start, base)


def rewrite(data):
    part = linkedit_part(data, LC_DYLD_CHAINED_FIXUPS)
    if part is None:
        sys.exit("there are no chained fixups")
    all_segments = segments(data)
    base = all_segments[1 if is_executable(data) else 0][0]  # __TEXT, after __PAGEZERO
    starts = part + struct.unpack_from("<I", data, part + 4)[0]
    for index in range(struct.unpack_from("<I", data, starts)[0]):
        offset = struct.unpack_from("<I", data, starts + 4 + 4 * index)[0]
        if offset != 0:
            rewrite_segment(data, starts + offset, all_segments[index][1], base)


def is_executable(data):
    return struct.unpack_from("<I", data, 12)[0] == 2


def hash_pages(data):
    """Renews the hashes of the CodeDirectory, if there is one."""
    signature = linkedit_part(data, LC_CODE_SIGNATURE)
    if signature is None:
        return
    for i in range(struct.unpack_from(">I", data, signature + 8)[0]):
        blob = signature + struct.unpack_from(">I", data, signature + 16 + 8 * i)[0]
        if struct.unpack_from(">I", data, blob)[0] != CODE_DIRECTORY:
            continue
        hashes, _, _, pages, limit = struct.unpack_from(">IIIII", data, blob + 16)
        page_size = 1 << data[blob + 39]
        for page in range(pages):
            content = data[page * page_size:min((page + 1) * page_size, limit)]
            at = blob + hashes + 32 * page
            data[at:at + 32] = hashlib.sha256(content).digest()


def main(path):
    with open(path, "rb") as file:
        data = bytearray(file.read())
    rewrite(data)
    hash_pages(data)
    with open(path, "wb") as file:
        file.write(data)


main(sys.argv[1])
