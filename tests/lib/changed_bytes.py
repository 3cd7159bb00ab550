"""Changes some bytes of a thin image, in place: of its load commands, its __LINKEDIT or anywhere.

    python3 changed_bytes.py FILE SEED
"""
import random
import struct
import sys

from thin_image import LC_SEGMENT_64, commands


def areas(image):
    yield 32, 32 + struct.unpack_from("<I", image, 20)[0]
    for number, at in commands(image):
        if number == LC_SEGMENT_64 and image[at + 8:at + 18] == b"__LINKEDIT":
            start, size = struct.unpack_from("<QQ", image, at + 40)
            yield start, start + size
    yield 32, len(image)


def main(path, seed):
    rng = random.Random(seed)
    with open(path, "rb") as file:
        image = bytearray(file.read())
    places = list(areas(image))
    for _ in range(rng.choice((1, 1, 2, 4))):
        at = rng.randrange(*rng.choice(places))
        image[at] = rng.choice((0, 0x7F, 0x80, 0xFF, image[at] ^ 1 << rng.randrange(8), rng.randrange(256)))
    with open(path, "wb") as file:
        file.write(image)


main(sys.argv[1], sys.argv[2])
