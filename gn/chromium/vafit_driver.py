"""An action for a linker driver of Chromium's kind: shrinks what was linked.

The driver runs it after strip and before it makes the .TOC. README.md, beside this file, has the lines to add.
Wants Python 3.7 and no packages.
"""

import json
import os
import struct
import subprocess

MH_DYLIB = 6
MH_MAGIC_64 = 0xfeedfacf
FAT_MAGIC = 0xcafebabe
PLAN = 'plan:'


def shrink(argument, output, toc_from_symbols=True):
    """Shrinks the linker's output in place, and returns the outputs that it made beside it: none.

    argument is what follows `-Wcrl,vafit,`: LEVEL,DIGEST,PATH; plan:FILE as LEVEL takes the level from a plan. PATH is the vafit program, from the working folder, and
    DIGEST only makes the command another one when the program is. toc_from_symbols says that the .TOC of a dylib is
    made from its symbol table, by nm.

    Raises ValueError for an argument that will not do, and subprocess.CalledProcessError when vafit fails, after it
    has said why. Then the output is gone: ninja must not take it for a result.
    """
    try:
        level, program = _parse(argument)
        how = ['--level', level]
        if level.startswith(PLAN):
            how = ['--plan', level[len(PLAN):]]
            level = _planned(how[1], output)
        if level == 'symbols' and toc_from_symbols and _is_dylib(output):
            raise ValueError('vafit: %s: level symbols empties the symbol table, of which nm makes the .TOC: clients '
                             'would not be linked again when an export goes; use level locals' % output)
        # The driver has saved the whole file, where the build wants it saved. A path without a slash would be looked
        # up in PATH.
        subprocess.check_call([os.path.join(os.curdir, program), 'shrink', '--in-place', '--unstripped', 'none',
                               '-q', *how, output])
    except BaseException:
        if os.path.lexists(output):
            os.unlink(output)
        raise
    return []


def _parse(argument):
    parts = argument.split(',', 2)
    if len(parts) != 3 or not all(parts):
        raise ValueError('vafit: -Wcrl,vafit,%s is not -Wcrl,vafit,LEVEL,DIGEST,PATH' % argument)
    level, _, program = parts
    if level == 'if-needed':
        raise ValueError('vafit: if-needed is no level of the driver, only of vafit_link_prefix')
    return level, program


def _planned(path, output):
    """The level that a plan (vafit.plan/1) has for the output, or None."""
    with open(path, encoding='utf-8') as file:
        images = json.load(file)['images']
    real = os.path.realpath(output)
    return next((image['level'] for image in images if os.path.realpath(image['path']) == real), None)


def _is_dylib(path):
    """Whether a Mach-O file, thin or universal (then its first slice), is a dylib."""
    with open(path, 'rb') as file:
        head = file.read(20)
        if len(head) == 20 and struct.unpack_from('>I', head)[0] == FAT_MAGIC:
            file.seek(struct.unpack_from('>I', head, 16)[0])
            head = file.read(20)
    if len(head) < 16:
        return False
    magic, _, _, kind = struct.unpack_from('<4I', head)
    return magic == MH_MAGIC_64 and kind == MH_DYLIB
