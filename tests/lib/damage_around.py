"""Damages of a stub or of a client: writes each as OUT/NUMBER, and prints NUMBER, what it is, and what its finding says.

    damage_around.py stub|client FILE OUT
"""
import os
import struct
import sys

from thin_image import commands as load_commands

kind, path, out = sys.argv[1:]
image, cases = bytearray(open(path, "rb").read()), []
os.makedirs(out, exist_ok=True)
LOADS = {0xC: "LC_LOAD_DYLIB", 0x80000018: "weak", 0x8000001F: "re-export", 0x80000023: "upward"}


def u32(at):
    return struct.unpack_from("<I", image, at)[0]


commands = [(number, at, u32(at + 4)) for number, at in load_commands(image)]
end = 32 + u32(20)


def find(*numbers):
    return [(at, size) for number, at, size in commands if number in numbers]


def case(what, says, *changes):
    """Each change is an offset and bytes."""
    damaged = bytearray(image)
    for where, new in changes:
        assert damaged[where:where + len(new)] != new, what
        damaged[where:where + len(new)] = new
    cases.append((what, says))
    open(f"{out}/{len(cases)}", "wb").write(damaged)


def without(what, says, gone):
    """A load command is gone, and the ones behind it have moved up."""
    at, size = gone
    rest = bytes(image[at + size:end]) + bytes(size)
    case(what, says, (at, rest), (16, struct.pack("<II", u32(16) - 1, u32(20) - size)))


def number(what, says, at, value):
    case(what, says, (at, struct.pack("<I", value)))


def merged():
    return next((at, size) for at, size in find(*LOADS)
                if b"libconsolidated.dylib" in image[at + 24:at + size])


def stub():
    at, size = merged()
    without("the re-export is gone", "does not re-export", (at, size))
    for value, name in LOADS.items():
        if value != u32(at):
            number(f"the merged image is loaded by {name}", "does not re-export", at, value)
    case("another dylib is re-exported", "does not re-export", (at + 26, b"~"))
    (own, own_size), = find(0xD)
    case("it has another install name", "its LC_ID_DYLIB is not the dylib's", (own + 26, b"~"))
    number("it has another version", "its LC_ID_DYLIB is not the dylib's", own + 16, u32(own + 16) + 1)
    number("any version will do", "its LC_ID_DYLIB is not the dylib's", own + 20, u32(own + 20) + 1)
    for at, size in find(0x32):
        number("it is of another platform", "", at + 8, u32(at + 8) + 1)
        number("it needs a newer system", "its LC_BUILD_VERSION is not the dylib's", at + 12, u32(at + 12) + 0x10000)
        without("it is of no platform", "", (at, size))
    (uuid, size), = find(0x1B)
    case("it has the UUID of the dylib", "has the UUID of the dylib", (uuid + 23, bytes([image[uuid + 23] ^ 1])))
    for at, size in find(0x80000033):
        number("its exports trie lies elsewhere", "", at + 8, u32(at + 8) + 8)
        case("it exports something", "", (u32(at + 8), b"\x00\x01a\x00\x05"))
    number("it is a bundle", "", 12, 8)
    for at, size in find(0x1D):
        case("a page has another hash", "code signature page", (u32(at + 8) + u32(at + 12) - 40, b"damaged!"))
        case("a byte of the header's page is another", "code signature page", (end + 64, b"~"))


def imports():
    for at, size in find(0x80000034):
        fixups = u32(at + 8)
        yield from ((fixups + u32(fixups + 8) + 4 * i, fixups + u32(fixups + 12)) for i in range(u32(fixups + 16)))


def client():
    at, size = merged()
    case("it loads another dylib", "times, should", (at + 26, b"~"))
    without("it no longer loads the merged image", "times, should", (at, size))
    for value, name in LOADS.items():
        if value != u32(at):
            number(f"the merged image is loaded by {name}", "as it loaded its parts", at, value)
    for at, size in find(0x8000001C):
        case("an LC_RPATH is another", "LC_RPATH is not as it was", (at + 12, b"~"))
        without("an LC_RPATH is gone", " is not as it was", (at, size))
    for at, size in find(0x1B):
        case("the UUID is another", "LC_UUID is not as it was", (at + 9, bytes([image[at + 9] ^ 1])))
    for at, size in find(0x80000028):
        number("main begins 4 bytes on", "LC_MAIN is not as it was", at + 8, u32(at + 8) + 4)
    for at, size in find(0x19):
        if image[at + 8:at + 15] == b"__TEXT\0":
            number("__TEXT may be written to", "LC_SEGMENT_64 is not as it was", at + 60, 7)
            case("a byte of the code is another", "the byte at", (u32(at + 72 + 48), bytes([image[u32(at + 72 + 48)] ^ 1])))
    for i, (where, names) in enumerate(imports()):
        if i < 4 and 0 < u32(where) & 0xff < 0xf0:
            number("an import's ordinal is one more", "", where, u32(where) + 1)
            number("an import may be missing", "is bound otherwise than it was", where, u32(where) ^ 0x100)
            case("an import has another name", "", (names + (u32(where) >> 9) + 1, b"~"))
    for at, size in find(0x22, 0x80000022):
        binds, length = u32(at + 16), u32(at + 20)
        step = binds
        while step < binds + length and image[step] & 0xf0 != 0x10:
            step += 1
        case("the first ordinal is one more", "is bound otherwise than it was", (step, bytes([image[step] + 1])))
    for at, size in find(2):
        table = u32(at + 8)
        for i in range(u32(at + 12)):
            where = table + 16 * i
            if image[where + 4] & 0xfe == 0 and 0 < image[where + 7] < 0xf0:
                case("a symbol's ordinal is one more", "is not what it was", (where + 7, bytes([image[where + 7] + 1])))
                break
        case("the last symbol has another name", "the byte at", (u32(at + 16) + u32(table + 16 * (u32(at + 12) - 1)) + 1, b"~"))
    for at, size in find(0x1D):
        case("a page has another hash", "code signature", (u32(at + 8) + u32(at + 12) - 40, b"damaged!"))


{"stub": stub, "client": client}[kind]()
for count, (what, says) in enumerate(cases, 1):
    print(count, what, says, sep="|")
