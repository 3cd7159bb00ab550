"""closure.py EXECUTABLE: the images that an arm64 or x86_64 program loads, in dyld's order, and their address
space, by a reader of its own that shares nothing with vafit. Prints a line an image, "PATH BYTES", and a last
one, "sum BYTES". Names begin with @rpath or a system folder; LC_RPATHs with @loader_path."""
import os
import struct
import sys

SYSTEM = ("/usr/lib/", "/System/")
LOADS = {0xC, 0x80000018, 0x8000001F, 0x80000023}
PAGES = {0x0100000C: 0x4000, 0x01000007: 0x1000}


def read(path):
    """(names of dylibs, LC_RPATHs, bytes of address space) of a thin image."""
    data = open(path, "rb").read()
    magic, cpu, _, _, count, _, _, _ = struct.unpack_from("<8I", data)
    assert magic == 0xFEEDFACF, path
    names, rpaths, low, high, at = [], [], None, 0, 32
    for _ in range(count):
        command, size = struct.unpack_from("<2I", data, at)
        if command == 0x19:
            name = data[at + 8 : at + 24].rstrip(b"\0")
            address, bytes_ = struct.unpack_from("<2Q", data, at + 24)
            if name != b"__PAGEZERO":
                low = address if low is None else min(low, address)
                high = max(high, address + bytes_)
        elif command in LOADS or command == 0x8000001C:
            (start,) = struct.unpack_from("<I", data, at + 8)
            text = data[at + start : at + size].split(b"\0")[0].decode()
            (rpaths if command == 0x8000001C else names).append(text)
        at += size
    page = PAGES[cpu]
    return names, rpaths, (high - low + page - 1) // page * page


def find(name, chain):
    """The file that `name` leads to, by the LC_RPATHs of the chain of loaders, the innermost first."""
    assert name.startswith("@rpath/"), name
    for loader, rpaths in reversed(chain):
        for rpath in rpaths:
            folder = rpath.replace("@loader_path", os.path.dirname(loader))
            path = os.path.normpath(os.path.join(folder, name[7:]))
            if os.path.exists(path):
                return os.path.realpath(path)
    raise SystemExit(f"{name} is not found")


def walk(path, order, images, chain):
    """Children first, then depth first: JustInTimeLoader::loadDependents."""
    names, rpaths, _ = images[path]
    chain = chain + [(path, rpaths)]
    targets = []
    for name in names:
        if name.startswith(SYSTEM):
            continue
        target = find(name, chain)
        targets.append(target)
        if target not in images:
            images[target] = read(target)
            order.append(target)
    for target in targets:
        if target not in walk.done:
            walk.done.add(target)
            walk(target, order, images, chain)


def main(executable):
    executable = os.path.realpath(executable)
    images = {executable: read(executable)}
    order = [executable]
    walk.done = {executable}
    sys.setrecursionlimit(100000)
    walk(executable, order, images, [])
    for path in order:
        print(path, images[path][2])
    print("sum", sum(images[path][2] for path in order))


main(sys.argv[1])
