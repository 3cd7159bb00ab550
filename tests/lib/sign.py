"""Signs a thin image that has LC_CODE_SIGNATURE, in place, as codesign, ldid or an old linker would.

    python3 sign.py FILE [hashes=1,2] [flags=0x10000] [identifier=NAME] [identity] [slot=NUMBER:MAGIC:TEXT...]
                           [special=NUMBER:FILE...]

`hashes` are those of the CodeDirectories, the first in slot 0: 1 SHA-1, 2 SHA-256, 4 SHA-384. `slot` adds a
blob and its special hash, `special` that of a file, as bundles have; `identity` a CMS blob that is not empty.
"""
import hashlib
import struct
import sys

from thin_image import LC_CODE_SIGNATURE, LC_SEGMENT_64, command, commands

PAGE = 4096
KINDS = {1: (20, hashlib.sha1), 2: (32, hashlib.sha256), 3: (20, hashlib.sha256), 4: (48, hashlib.sha384)}


def directory(image, limit, kind, options, blobs):
    size, digest = KINDS[kind]
    blobs = {**blobs, **options["files"]}
    flags, identifier = options["flags"], options["identifier"]
    special = max([slot for slot in blobs if slot < 0x1000], default=0)
    hashes = b"".join(digest(blobs[slot]).digest()[:size] if slot in blobs else bytes(size)
                      for slot in range(special, 0, -1))
    pages = b"".join(digest(image[at:min(at + PAGE, limit)]).digest()[:size] for at in range(0, limit, PAGE))
    name = identifier.encode() + b"\0"
    offset = 88 + len(name) + len(hashes)
    return struct.pack(">9I4BIIIIQQQQ", 0xFADE0C02, offset + len(pages), 0x20400, flags, offset, 88, special,
                       (limit + PAGE - 1) // PAGE, limit, size, kind, 0, 12, 0, 0, 0, 0, 0, 0, 0,
                       1) + name + hashes + pages


def signature(image, limit, options):
    blobs = dict(options["slots"])
    kinds = options["hashes"]
    all_blobs = []
    for i, kind in enumerate(kinds):
        slot = 0 if i == 0 else 0x1000 + i - 1
        all_blobs.append((slot, directory(image, limit, kind, options, blobs)))
    all_blobs += sorted(blobs.items())
    if options["identity"]:
        all_blobs.append((0x10000, struct.pack(">II", 0xFADE0B01, 24) + b"somebody".ljust(16, b"\0")))
    at = 12 + 8 * len(all_blobs)
    index = b""
    for slot, blob in all_blobs:
        index += struct.pack(">II", slot, at)
        at += len(blob)
    return struct.pack(">III", 0xFADE0CC0, at, len(all_blobs)) + index + b"".join(blob for _, blob in all_blobs)


def parse(arguments):
    options = {"hashes": [2], "flags": 2, "identifier": "somebody", "identity": False, "slots": [],
               "files": {}}
    for argument in arguments:
        name, _, value = argument.partition("=")
        if name == "hashes":
            options["hashes"] = [int(number) for number in value.split(",")]
        elif name == "flags":
            options["flags"] = int(value, 0)
        elif name == "slot":
            slot, magic, text = value.split(":", 2)
            options["slots"].append((int(slot), struct.pack(">II", int(magic, 0), 8 + len(text)) + text.encode()))
        elif name == "special":
            slot, path = value.split(":", 1)
            with open(path, "rb") as file:
                options["files"][int(slot)] = file.read()
        else:
            options[name] = value or True
    return options


def main(path, *arguments):
    options = parse(arguments)
    with open(path, "rb") as file:
        image = bytearray(file.read())
    at = command(image, LC_CODE_SIGNATURE)
    limit, = struct.unpack_from("<I", image, at + 8)
    segment = next(offset for number, offset in commands(image)
                   if number == LC_SEGMENT_64 and image[offset + 8:offset + 18] == b"__LINKEDIT")
    start, = struct.unpack_from("<Q", image, segment + 40)
    size = len(signature(image, limit, options)) + 15 & ~15
    struct.pack_into("<I", image, at + 12, size)
    struct.pack_into("<Q", image, segment + 48, limit + size - start)
    struct.pack_into("<Q", image, segment + 32, limit + size - start + 0x3FFF & ~0x3FFF)
    del image[limit:]
    image += signature(image, limit, options).ljust(size, b"\0")
    with open(path, "wb") as file:
        file.write(image)


main(*sys.argv[1:])
