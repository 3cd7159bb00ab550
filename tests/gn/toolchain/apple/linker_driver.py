#!/usr/bin/env python3
"""A linker driver for the tests, of the kind that large projects have.

    linker_driver.py COMPILER ARGUMENT... -o OUTPUT [-Wcrl,ACTION,...]...

Runs the compiler, without the arguments that begin with -Wcrl, and then the actions, in the order of the table. Each
returns what it made; when a step fails, all of it goes.

    -Wcrl,unstripped,FOLDER         saves the output as FOLDER/NAME.unstripped
    -Wcrl,strip,PROGRAM,OPTION,...  strips it
    -Wcrl,vafit,LEVEL,DIGEST,PATH   shrinks it by vafit
    -Wcrl,tocname,PATH,NM           writes the .TOC, of what nm prints; untouched when it would be equal
"""

import os
import shutil
import subprocess
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../../third_party/vafit/gn/chromium'))
import vafit_driver


class LinkerDriver:
    def __init__(self, arguments):
        self._arguments = arguments
        self._actions = [
            ('unstripped,', self._save_unstripped),
            ('strip,', self._strip),
            ('vafit,', lambda argument: vafit_driver.shrink(argument, self._get_linker_output())),
            ('tocname,', self._write_toc),
        ]

    def run(self):
        wanted = {}
        command = []
        for argument in self._arguments:
            if argument.startswith('-Wcrl,'):
                name, action = self._action(argument[len('-Wcrl,'):])
                wanted[name] = action
            else:
                command.append(argument)
        outputs = [self._get_linker_output()]
        try:
            subprocess.check_call(command, env=dict(os.environ, ZERO_AR_DATE='1'))
            for name, _ in self._actions:
                if name in wanted:
                    outputs += wanted[name]()
        except:
            for output in outputs:
                if os.path.exists(output):
                    os.unlink(output)
            raise

    def _action(self, text):
        for name, action in self._actions:
            if text.startswith(name):
                return name, lambda: action(text[len(name):])
        raise ValueError('unknown argument: -Wcrl,' + text)

    def _get_linker_output(self):
        return self._arguments[self._arguments.index('-o') + 1]

    def _save_unstripped(self, folder):
        saved = os.path.join(folder, os.path.basename(self._get_linker_output()) + '.unstripped')
        shutil.copyfile(self._get_linker_output(), saved)
        return [saved]

    def _strip(self, command):
        subprocess.check_call(command.split(',') + [self._get_linker_output()])
        return []

    def _write_toc(self, argument):
        path, nm = argument.split(',')
        listed = subprocess.run([nm, '-gP', '--defined-only', self._get_linker_output()], stdout=subprocess.PIPE, check=True)
        toc = b''.join(b' '.join(line.split()[:2]) + b'\n' for line in listed.stdout.splitlines())
        if not os.path.exists(path) or open(path, 'rb').read() != toc:
            with open(path, 'wb') as file:
                file.write(toc)
        return [path]


if __name__ == '__main__':
    LinkerDriver(sys.argv[1:]).run()
