"""Makes of a thin image with LC_DYLD_INFO one as linkers made them for Mac OS X 10.5, in place: bound by
its symbols. The load command and its parts are gone; the pointers that the bind opcodes name get an
external relocation each, in the place of the opcodes.

    python3 bound_by_symbols.py FILE [ADDRESS=SYMBOL...]

Each ADDRESS, unslid and hexadecimal, gets a relocation by that symbol. Prints nothing.
"""
import struct
import sys

from thin_image import LC_DYLD_INFO_ONLY, commands

LC_SYMTAB, LC_DYSYMTAB, LC_RPATH = 0x2, 0xB, 0x8000001C


def main(path, *relocations):
    with open(path, "rb") as file:
        image = bytearray(file.read())
    at = {number: offset for number, offset in commands(image)}
    info, symtab, dysymtab = at[LC_DYLD_INFO_ONLY], at[LC_SYMTAB], at[LC_DYSYMTAB]
    places = struct.unpack_from("<10I", image, info + 8)
    for offset, size in zip(places[::2], places[1::2]):
        image[offset:offset + size] = bytes(size)
    symbols, count, strings = struct.unpack_from("<3I", image, symtab + 8)
    names = {}
    for i in range(count):
        index, = struct.unpack_from("<I", image, symbols + 16 * i)
        names[bytes(image[strings + index:image.index(0, strings + index)]).decode()] = i
    table = b""
    for relocation in relocations:
        address, name = relocation.split("=")
        table += struct.pack("<II", int(address, 16), names[name] | 3 << 25 | 1 << 27)
    start = min(offset for offset in places[::2] if offset != 0)
    start = (start + 7) & ~7
    room = max(offset + size for offset, size in zip(places[::2], places[1::2])) - start
    if len(table) > room:
        sys.exit(f"{len(table)} bytes of relocations for {room} bytes of opcodes")
    image[start:start + len(table)] = table
    struct.pack_into("<II", image, dysymtab + 64, start, len(table) // 8)
    # A command that is as long, since no command may be without a meaning.
    struct.pack_into("<III36s", image, info, LC_RPATH, 48, 12, b"/usr/lib")
    with open(path, "wb") as file:
        file.write(image)


main(*sys.argv[1:])
