"""Damages of a merged image: writes each as OUT/NUMBER, and prints NUMBER, what it is, and what its finding says.

    damage_merged.py MERGED OUT
"""
import os
import struct
import sys

image = bytearray(open(sys.argv[1], "rb").read())
out, cases = sys.argv[2], []
os.makedirs(out, exist_ok=True)


def u32(at):
    return struct.unpack_from("<I", image, at)[0]


def u64(at):
    return struct.unpack_from("<Q", image, at)[0]


segments, sections, places = [], [], {}
at = 32
for _ in range(u32(16)):
    number, size = u32(at), u32(at + 4)
    if number == 0x19:
        name = image[at + 8:at + 24].rstrip(b"\0").decode()
        segments.append((name,) + struct.unpack_from("<QQQQ", image, at + 24) + (at,))
        for i in range(u32(at + 64)):
            s = at + 72 + 80 * i
            sections.append((image[s:s + 16].rstrip(b"\0").decode(), name, u64(s + 32), u64(s + 40), u32(s + 48), u32(s + 64) & 0xff))
    elif number & 0x7fffffff in (0x34, 0x33, 0x26, 0x1d):
        places[number & 0x7fffffff] = (u32(at + 8), u32(at + 12))
    elif number == 2:
        places[2] = struct.unpack_from("<IIII", image, at + 8)
    at += size


def case(what, says, *changes):
    """Each change is an offset and bytes."""
    damaged = bytearray(image)
    for where, bytes_ in changes:
        assert damaged[where:where + len(bytes_)] != bytes_, what
        damaged[where:where + len(bytes_)] = bytes_
    cases.append((what, says))
    open(f"{out}/{len(cases)}", "wb").write(damaged)


def u32_at(where, add):
    return where, struct.pack("<I", (u32(where) + add) & 0xffffffff)


def section(name, segment=None):
    return next(s for s in sections if s[0] == name and segment in (None, s[1]))


# A byte of the code or the data of each part, which no fixup is at.
for name, address, vmsize, offset, size, _ in segments:
    if name.startswith("__TEXT_"):
        case(f"the last byte of {name}", "the byte at", (offset + size - 1, bytes([image[offset + size - 1] ^ 1])))
        case(f"a byte of the old header in {name}", "the byte at", (offset + 5, bytes([image[offset + 5] ^ 1])))

# Pointers: all chains, by segment and page.
fixups, starts = places[0x34][0], places[0x34][0] + u32(places[0x34][0] + 4)
pointers = []
for i in range(u32(starts)):
    if u32(starts + 4 + 4 * i) == 0:
        continue
    info = starts + u32(starts + 4 + 4 * i)
    page_size = struct.unpack_from("<H", image, info + 4)[0]
    for page in range(struct.unpack_from("<H", image, info + 20)[0]):
        first = struct.unpack_from("<H", image, info + 22 + 2 * page)[0]
        while first != 0xffff:
            where = segments[i][3] + page * page_size + first
            pointers.append((where, segments[i][0]))
            step = (u64(where) >> 51 & 0xfff) * 4
            first = first + step if step else 0xffff
rebases = [w for w, s in pointers if not u64(w) >> 63 and s != "__DATA"]
binds = [w for w, s in pointers if u64(w) >> 63]
for where in rebases[:: max(1, len(rebases) // 6)][:6]:
    case("a rebase leads 4 bytes on", "", (where, struct.pack("<Q", u64(where) + 4)))
for where in binds[:: max(1, len(binds) // 5)][:5]:
    other = (u64(where) & 0xffffff) ^ 1
    case("a bind of another import", "the pointer at", (where, struct.pack("<Q", u64(where) & ~0xffffff | other)))
for where in rebases[1:3]:
    case("a rebase has become a bind", "", (where, struct.pack("<Q", u64(where) & 0x7ff8000000000000 | 1 << 63)))
imports, count = fixups + u32(fixups + 8), u32(fixups + 16)
for i in range(0, count, max(1, count // 4)):
    if 0 < u32(imports + 4 * i) & 0xff < 0xf0:
        case("an import's ordinal is one more", "", u32_at(imports + 4 * i, 1))
symbols = fixups + u32(fixups + 12)
for i in range(0, count, max(1, count // 3)):
    name = symbols + (u32(imports + 4 * i) >> 9)
    case("an import's name begins otherwise", "the pointer at", (name + 1, b"~"))
if count:
    case("an import may be missing", "the pointer at", u32_at(imports, 0x100))

# Initialisers.
if any(s[0] == "__init_offsets" for s in sections):
    _, _, _, size, offset, _ = section("__init_offsets", "__TEXT")
    case("two initialisers are swapped", "initialiser 0 is", (offset, image[offset + 4:offset + 8] + image[offset:offset + 4]))
    case("an initialiser begins 4 bytes on", "initialiser 0 is", u32_at(offset, 4))
    case("the last initialiser is the first", "initialiser", (offset + size - 4, bytes(image[offset:offset + 4])))

# Thread-local variables.
for name, segment, address, size, offset, kind in sections:
    if kind == 0x13:
        case("a thread-local variable's offset is 8 more", "the thread-local variable at", u32_at(offset + 16, 8))
    if kind == 0x11:
        case("initial contents have another byte", "the thread-local variable at", (offset, bytes([image[offset] ^ 1])))

# Symbols: a name, a value, a type.
symoff, symcount, stroff, _ = places[2]
defined = [symoff + 16 * i for i in range(symcount) if image[symoff + 16 * i + 4] & 0xe0 == 0 and image[symoff + 16 * i + 4] & 0x0e == 0x0e]
for where in defined[:: max(1, len(defined) // 3)][:3]:
    case("a symbol begins 4 bytes on", ", is not in the merged image", u32_at(where + 8, 4))
case("a symbol has another name", ", is not in the merged image", (stroff + u32(defined[-1]) + 1, b"~"))

# Exports: the last byte of the first trie node with an address; a letter of an edge.
trie, trie_size = places[0x33]
letters = [trie + i for i in range(trie_size) if image[trie + i:trie + i + 1].isalpha() and image[trie + i - 1:trie + i].isalpha()]
case("an export has another name", "", (letters[len(letters) // 2], b"~"))

# Unwind information: encodings, functions, LSDAs.
if any(s[0] == "__unwind_info" and s[1] == "__TEXT" for s in sections):
    _, _, _, size, unwind, _ = section("__unwind_info", "__TEXT")
    index, pages = unwind + u32(unwind + 20), u32(unwind + 24)
    lsdas, ends = unwind + u32(index + 8), unwind + u32(index + 12 * (pages - 1) + 8)
    if ends > lsdas:
        case("an LSDA begins 4 bytes on", "is unwound otherwise than it was", u32_at(lsdas + 4, 4))
    page = unwind + u32(index + 4)
    entries, entry_count = page + struct.unpack_from("<H", image, page + 4)[0], struct.unpack_from("<H", image, page + 6)[0]
    if u32(page) == 3:
        for i in range(1, entry_count, max(1, entry_count // 3)):
            case("a function's unwind entry begins 4 bytes on", "is unwound otherwise than it was", u32_at(entries + 4 * i, 4))
        encodings = unwind + u32(unwind + 4) if u32(unwind + 8) else page + struct.unpack_from("<H", image, page + 8)[0]
        case("an encoding is another", " unwound", u32_at(encodings, 1))
if any(s[0] == "__eh_frame" and s[1] == "__TEXT" for s in sections):
    _, _, _, size, frames, _ = section("__eh_frame", "__TEXT")
    record = frames
    while record < frames + size - 8 and u32(record + 4) == 0:
        record += 4 + u32(record)
    if record < frames + size - 8:
        case("call frame information is of 4 bytes on", "the call frame information", u32_at(record + 8, 4))

# The signature: a page's hash.
if 0x1d in places:
    case("a page has another hash", "code signature page", (places[0x1d][0] + places[0x1d][1] - 40, b"damaged!"))

for number, (what, says) in enumerate(cases, 1):
    print(number, what, says, sep="|")
