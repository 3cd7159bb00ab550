"""Damages a report on standard input as pasting does, or as chance does.

    damage_report.py KIND [NUMBER]      to standard output
"""
import random
import sys

QUOTES = {b"&": b"&amp;", b">": b"&gt;", b"<": b"&lt;", b'"': b"&quot;"}


def each_line(data, change):
    return b"".join(change(line) for line in data.splitlines(True))


def html(data):
    for plain in (b"&", b">", b"<", b'"'):
        data = data.replace(plain, QUOTES[plain])
    return data


def wrapped(data, width):
    """As mail programs break lines: at a blank where there is one, else in the middle of a word."""
    out = []
    for line in data.split(b"\n"):
        while len(line) > width:
            blank = line.rfind(b" ", width // 2, width)
            at = width if blank < 0 else blank + 1
            out.append(line[:at])
            line = line[at:]
        out.append(line)
    return b"\n".join(out)


def garbled(data, seed):
    """A few changes that depend on the seed alone."""
    chance = random.Random(seed)
    data = bytearray(data)
    for _ in range(chance.randrange(1, 20)):
        at, size = chance.randrange(len(data) + 1), chance.choice((1, 1, 2, 8, 100, 3000))
        kind = chance.randrange(6)
        if kind == 0:
            data[at:at + size] = bytes(chance.randrange(256) for _ in range(size))
        elif kind == 1:
            del data[at:at + size]
        elif kind == 2:
            data[at:at] = data[chance.randrange(len(data) + 1):][:size]
        elif kind == 3:
            data[at:at] = chance.choice((b'"', b"\\", b"{", b"}", b"[", b"]", b"\n", b"\0", b"&", b":")) * size
        elif kind == 4:
            data[at:at] = b"%d" % chance.choice((0, 1 << 63, (1 << 64) - 1, 1 << 64, 10 ** 40))
        else:
            del data[at:]
        if not data:
            return b"x"
    return bytes(data)


KINDS = {
    "quoted": lambda data, n: each_line(data, lambda line: b"> " + line),
    "quoted-twice": lambda data, n: each_line(data, lambda line: b"> > " + line),
    "indented": lambda data, n: each_line(data, lambda line: b"\t    " + line),
    "fenced": lambda data, n: b"It crashes, see below:\n\n```json\n" + data + b"```\nWhat can I do?\n",
    "crlf": lambda data, n: data.replace(b"\n", b"\r\n"),
    "blank-lines": lambda data, n: data.replace(b"\n", b"\n\n"),
    "html": lambda data, n: html(data),
    "slashes": lambda data, n: data.replace(b"\\/", b"\\\\/"),
    "quotes-of-words": lambda data, n: each_line(data, lambda line: b"\xe2\x80\x9c".join(line.split(b'"'))),
    "mark": lambda data, n: b"\xef\xbb\xbf" + data,
    "wrapped": lambda data, n: wrapped(data, n),
    "quoted-and-wrapped": lambda data, n: each_line(wrapped(data, n), lambda line: b"> " + line),
    "cut": lambda data, n: data[:n],
    "without-start": lambda data, n: data[n:],
    "garbled": garbled,
}

if __name__ == "__main__":
    number = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    sys.stdout.buffer.write(KINDS[sys.argv[1]](sys.stdin.buffer.read(), number))
