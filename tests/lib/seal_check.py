"""Says whether seals of bundles fit what is there, inside out, as `codesign --verify --deep --strict` asks.

    python3 seal_check.py BUNDLE...

One line for each thing that is wrong; exit status 1 then. It shares nothing with vafit: plistlib and hashlib read
what Apple's sources say of signatures (xnu: osfmk/kern/cs_blobs.h) and seals (Security: resources.cpp).
"""
import hashlib
import os
import plistlib
import re
import struct
import sys

HASHES = {1: ("sha1", 20), 2: ("sha256", 32), 3: ("sha256", 20), 4: ("sha384", 48)}


def slices(path):
    with open(path, "rb") as file:
        data = file.read()
    magic, = struct.unpack_from(">I", data)
    if magic != 0xCAFEBABE:
        return [data]
    count, = struct.unpack_from(">I", data, 4)
    ranges = [struct.unpack_from(">II", data, 8 + 20 * i + 8) for i in range(count)]
    return [data[start:start + size] for start, size in ranges]


def directories(image):
    """The CodeDirectories of a slice, as bytes, that of the first slot first; whether somebody signed."""
    count, = struct.unpack_from("<I", image, 16)
    at = 32
    for _ in range(count):
        command, size = struct.unpack_from("<II", image, at)
        if command == 0x1D:
            start, = struct.unpack_from("<I", image, at + 8)
            break
        at += size
    else:
        return [], False
    _, _, blobs = struct.unpack_from(">III", image, start)
    found, identity = [], False
    for i in range(blobs):
        slot, offset = struct.unpack_from(">II", image, start + 12 + 8 * i)
        magic, length = struct.unpack_from(">II", image, start + offset)
        if magic == 0xFADE0C02:
            found.append(image[start + offset:start + offset + length])
        identity |= slot == 0x10000 and length > 8
    return found, identity


def cdhashes(path):
    """Of each slice the cdhashes of its CodeDirectories."""
    return [[hashlib.new(HASHES[one[37]][0], one).digest()[:20] for one in directories(image)[0]]
            for image in slices(path)]


def signature_problems(path, specials):
    for image in slices(path):
        found, _ = directories(image)
        if not found:
            yield "%s: not signed" % path
        for one in found:
            start, special, pages, limit = struct.unpack_from(">I4xIII", one, 16)
            name, size = HASHES[one[37]]
            for slot, data in specials.items():
                wanted = hashlib.new(name, data).digest()[:size]
                if slot > special or one[start - slot * size:start - (slot - 1) * size] != wanted:
                    yield "%s: special slot -%d of its %s CodeDirectory does not fit" % (path, slot, name)
            page = 1 << one[39]
            for i in range(pages):
                wanted = hashlib.new(name, image[i * page:min((i + 1) * page, limit)]).digest()[:size]
                if one[start + i * size:start + (i + 1) * size] != wanted:
                    yield "%s: page %d does not have its hash" % (path, i)


def parts(bundle):
    """Where the seal is, the executable, and Info.plist."""
    contents = os.path.join(bundle, "Contents")
    root = contents if os.path.isdir(contents) else os.path.join(bundle, "Versions", "Current")
    info = os.path.join(root, "Info.plist" if root == contents else "Resources/Info.plist")
    with open(info, "rb") as file:
        raw = file.read()
    name = plistlib.loads(raw)["CFBundleExecutable"]
    return root, os.path.join(root, "MacOS" if root == contents else "", name), raw


def nested_problems(path, entry):
    executable = parts(path)[1] if os.path.isdir(path) else path
    hashes = cdhashes(executable)
    if entry["cdhash"] not in [one for slice in hashes for one in slice]:
        yield "%s: its cdhash in the seal around it does not fit" % path
    allowed = re.findall('cdhash H"([0-9a-f]{40})"', entry["requirement"])
    for slice in hashes:
        if not any(one.hex() in allowed for one in slice):
            yield "%s: a slice does not satisfy its requirement" % path
    yield from problems(path) if os.path.isdir(path) else signature_problems(path, {})


def entry_problems(path, entry):
    if "symlink" in entry:
        if not os.path.islink(path) or os.readlink(path) != entry["symlink"]:
            yield "%s: no link to %s" % (path, entry["symlink"])
    elif not os.path.exists(path):
        yield "%s: missing" % path
    elif "requirement" in entry:
        yield from nested_problems(path, entry)
    else:
        with open(path, "rb") as file:
            data = file.read()
        for name, kind in (("hash", "sha1"), ("hash2", "sha256")):
            if name in entry and entry[name] != hashlib.new(kind, data).digest():
                yield "%s: its %s does not fit" % (path, name)


def problems(bundle):
    root, executable, info = parts(bundle)
    path = os.path.join(root, "_CodeSignature", "CodeResources")
    if not os.path.exists(path):
        yield "%s: no seal" % bundle
        return
    with open(path, "rb") as file:
        raw = file.read()
    seal = plistlib.loads(raw)
    for list_name in ("files", "files2"):
        for name, entry in seal[list_name].items():
            entry = {"hash": entry} if isinstance(entry, bytes) else entry
            yield from entry_problems(os.path.join(root, name), entry)
    yield from signature_problems(executable, {1: info, 3: raw})
    for folder, folders, names in os.walk(root):
        relative = os.path.relpath(folder, root)
        folders[:] = [name for name in folders
                      if os.path.normpath(os.path.join(relative, name)) not in seal["files2"]]
        for name in names:
            path = os.path.normpath(os.path.join(relative, name))
            if path not in seal["files2"] and os.path.join(folder, name) != executable and path not in (
                    "Info.plist", "PkgInfo", "_CodeSignature/CodeResources"):
                yield "%s: added" % os.path.join(folder, name)


if __name__ == "__main__":
    found = [problem for bundle in sys.argv[1:] for problem in problems(bundle)]
    print("\n".join(found) if found else "sealed")
    sys.exit(1 if found else 0)
