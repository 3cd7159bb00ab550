"""Writes what linking against a dylib depends on, its exports, to DYLIB.TOC: untouched when it would be equal.

    write_toc.py NM DYLIB
"""

import os
import subprocess
import sys


def main():
    nm, dylib = sys.argv[1:]
    contents = subprocess.run([nm, '-gP', '--defined-only', dylib], stdout=subprocess.PIPE, check=True)
    # Name and kind, without the address.
    lines = [b' '.join(line.split()[:2]) + b'\n' for line in contents.stdout.splitlines()]
    toc = b''.join(sorted(lines))
    if not os.path.exists(dylib + '.TOC') or open(dylib + '.TOC', 'rb').read() != toc:
        with open(dylib + '.TOC', 'wb') as file:
            file.write(toc)


main()
