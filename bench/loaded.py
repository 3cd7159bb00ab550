#!/usr/bin/env python3
"""What the files of a program's images make dyld do, read without vafit's help.

    bench/loaded.py IMAGE...

IMAGE are the thin 64-bit images of one program, the executable first, each once. Prints five numbers:

    images     how many
    linkedit   bytes of __LINKEDIT segments in the files
    names      entries of all import tables: dyld looks each up by name once
    calls      system calls that map the dylibs: for each open, fstat and close, mmap and munmap of the whole
               file, F_CHECK_LV, vm_allocate, and an mmap for each segment with contents; for a signature twice
               F_ADDFILESIGS_RETURN, twice pread, and munmap and mmap once more (dyld: JustInTimeLoader.cpp,
               makeJustInTimeLoaderDisk; Loader.cpp, mapSegments). The kernel maps the executable.
    pages      pages in which at least one pointer is set, by the starts of chained fixups: memory that is written
"""
import mmap
import struct
import sys

LC_SEGMENT_64, LC_CODE_SIGNATURE, LC_DYLD_CHAINED_FIXUPS, LC_DYLD_INFO_ONLY = 0x19, 0x1D, 0x80000034, 0x80000022
MH_MAGIC_64, MH_EXECUTE, NO_PAGE = 0xFEEDFACF, 2, 0xFFFF


def commands(data):
    at = 32
    for _ in range(struct.unpack_from('<I', data, 16)[0]):
        number, size = struct.unpack_from('<II', data, at)
        yield number, at
        at += size


def chains(data, at):
    """Imports, and pages with pointers."""
    starts, imports = struct.unpack_from('<4xI8xI', data, at)
    starts += at
    pages = 0
    for i in range(struct.unpack_from('<I', data, starts)[0]):
        segment = struct.unpack_from('<I', data, starts + 4 + 4 * i)[0]
        if segment == 0:
            continue
        count = struct.unpack_from('<H', data, starts + segment + 20)[0]
        for start in struct.unpack_from(f'<{count}H', data, starts + segment + 22):
            pages += start != NO_PAGE
    return imports, pages


def image(path):
    linkedit = names = pages = contents = signed = 0
    with open(path, 'rb') as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    magic, kind = struct.unpack_from('<I8xI', data, 0)
    assert magic == MH_MAGIC_64, f'{path}: is no thin 64-bit image'
    for number, at in commands(data):
        if number == LC_SEGMENT_64:
            name, size = struct.unpack_from('<16s16xQ', data, at + 8)[0], struct.unpack_from('<Q', data, at + 48)[0]
            contents += size != 0
            linkedit += size if name.rstrip(b'\0') == b'__LINKEDIT' else 0
        elif number == LC_CODE_SIGNATURE:
            signed = 1
        elif number == LC_DYLD_CHAINED_FIXUPS:
            names, pages = chains(data, struct.unpack_from('<I', data, at + 8)[0])
        assert number != LC_DYLD_INFO_ONLY, f'{path}: has opcodes, which are not counted'
    calls = 0 if kind == MH_EXECUTE else 7 + contents + 6 * signed
    return 1, linkedit, names, calls, pages


if len(sys.argv) < 2:
    sys.exit(__doc__)
print(*(sum(column) for column in zip(*map(image, sys.argv[1:]))))
