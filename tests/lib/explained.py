"""Damages reports and looks whether `vafit explain` says the same of them.

    explained.py pasted|wrapped|cut|garbled VAFIT ...

prints a line for each that differs, and nothing when all are as they should be.
"""
import json
import subprocess
import sys
import time

import crash_report
import damage_report

PASTED = ("quoted", "quoted-twice", "indented", "fenced", "crlf", "blank-lines", "html", "slashes", "quotes-of-words", "mark")


def explain(vafit, data):
    """Exit status, what was printed, and the seconds that it took."""
    start = time.monotonic()
    run = subprocess.run([vafit, "explain", "-", "--format", "json"], input=data, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, timeout=60)
    return run.returncode, run.stdout, time.monotonic() - start, run.stderr


def whole(form, case):
    return crash_report.make(form, case).encode()


def answer(vafit, data, *members):
    status, printed, _, _ = explain(vafit, data)
    return [json.loads(printed)[member] for member in members] if status == 0 else status


def pasted(vafit, form, case):
    data = whole(form, case)
    wanted = explain(vafit, data)[:2]
    for kind in PASTED:
        if wanted[0] != 0 or explain(vafit, damage_report.KINDS[kind](data, 0))[:2] != wanted:
            print(kind)


def wrapped(vafit, form, case):
    data = whole(form, case)
    members = ("cause", "is_size", "layout")
    wanted = answer(vafit, data, *members)
    for kind, width in (("wrapped", 60), ("wrapped", 76), ("quoted-and-wrapped", 72), ("quoted-and-wrapped", 100)):
        if answer(vafit, damage_report.KINDS[kind](data, width), *members) != wanted:
            print(kind, width)


def cut(vafit, form, case, words):
    """Behind the line with the words: at once, and at places up to the end."""
    data = whole(form, case)
    wanted = answer(vafit, data, "cause")
    first = data.index(b"\n", data.index(words.encode())) + 1
    for at in sorted({first + i * (len(data) - first) // 12 for i in range(13)} | set(range(first, min(first + 12, len(data))))):
        if answer(vafit, data[:at], "cause") != wanted:
            print("%d of %d" % (at, len(data)))


def garbled(vafit, first, count):
    forms = [(form, case) for form in crash_report.FORMS for case in ("malloc-low", "missing", "page", "regions")]
    for seed in range(int(first), int(first) + int(count)):
        form, case = forms[seed % len(forms)]
        try:
            status, _, seconds, errors = explain(vafit, damage_report.garbled(whole(form, case), seed))
        except subprocess.TimeoutExpired:
            status, seconds, errors = "hangs", 60, b""
        if status not in (0, 3) or seconds > 1:
            print("%s of %s, seed %d: status %s, %.1f seconds\n%s" % (form, case, seed, status, seconds, errors.decode(errors="replace")[:2000]))


if __name__ == "__main__":
    {"pasted": pasted, "wrapped": wrapped, "cut": cut, "garbled": garbled}[sys.argv[1]](*sys.argv[2:])
