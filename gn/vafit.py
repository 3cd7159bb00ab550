#!/usr/bin/env python3
"""Runs vafit as a step of a build: the actions of vafit.gni.

    vafit.py check --label=L --vafit=V --executable=E --report=R --depfile=D [--not-fatal]
             --verdict=V -- OPTIONS...
    vafit.py fix ... --folder=F --files=L -- OPTIONS...

Writes a JSON report and a depfile. Prints nothing of a program that fits, and otherwise, after the label,
what vafit says of it.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys


def parse(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument('verb', choices=['check', 'fix'])
    for name in ('label', 'vafit', 'executable', 'report', 'depfile'):
        parser.add_argument('--' + name, required=True)
    parser.add_argument('--not-fatal', action='store_true')
    parser.add_argument('--verdict', help='check: a file that is there when the build may go on')
    parser.add_argument('--folder', help='fix: where the copy goes')
    parser.add_argument('--files', help='fix: the list of what is there')
    end = arguments.index('--')
    step = parser.parse_args(arguments[:end])
    step.options = arguments[end + 1:]
    return step


def vafit(step, *options):
    """Runs vafit's verb; what it finds goes to standard error, as its messages do."""
    # A path without a slash would be looked up in PATH.
    program = os.path.join(os.curdir, step.vafit)
    command = [program, step.verb, step.executable, *step.options, *options]
    sys.stderr.flush()
    return subprocess.run(command, stdout=sys.stderr, check=False).returncode


def say(step, text):
    print('vafit_%s %s: %s' % (step.verb, step.label, text), file=sys.stderr)


def make_report(step, *options):
    status = vafit(step, '--format=json', '--output=' + step.report,
                   '--depfile=' + step.depfile, *options)
    if status not in (0, 1):
        say(step, '%s cannot be judged' % step.executable)
    return status


def failed(step):
    text = 'failed; the report is ' + step.report
    if step.not_fatal:
        text += '; the build goes on, since vafit_fatal is false'
    say(step, text)
    return 0 if step.not_fatal else 1


def check(step):
    passed = take_verdict(step)
    status = make_report(step, '--exit-zero')
    if status:
        return status
    with open(step.report, encoding='utf-8') as file:
        verdict = json.load(file)['verdict']
    if verdict == 'exceeds':
        vafit(step)
        status = failed(step)
    elif verdict == 'warning':
        say(step, 'fits, with warnings')
        vafit(step, '--quiet')
    if status == 0:
        put_verdict(step, verdict, passed)
    return status


def take_verdict(step):
    """Takes the verdict of an earlier run away, and returns it with its time.

    A run that fails leaves a report, for people. Should it be asked for what an earlier run did, ninja would take
    that report for the earlier one; a verdict that is missing lets the check run again.
    """
    try:
        with open(step.verdict, encoding='utf-8') as file:
            passed = file.read(), os.fstat(file.fileno()).st_mtime_ns
        os.unlink(step.verdict)
        return passed
    except FileNotFoundError:
        return None


def put_verdict(step, verdict, passed):
    """Writes the verdict, with the old time where it is the old one: nothing that depends on it runs then."""
    text = verdict + '\n'
    with open(step.verdict, 'w', encoding='utf-8') as file:
        file.write(text)
    if passed and passed[0] == text:
        os.utime(step.verdict, ns=(passed[1], passed[1]))


def fix(step):
    # vafit puts files into a folder and takes none away: what an earlier run left might no longer be loaded.
    shutil.rmtree(step.folder, ignore_errors=True)
    if os.path.exists(step.files):
        os.unlink(step.files)
    status = make_report(step, '--out-dir=' + step.folder)
    if status == 1:
        vafit(step, '--dry-run')
        status = failed(step)
    if status == 0:
        list_files(step)
    return status


def list_files(step):
    """Writes the list of the copy's files; a new one each time."""
    found = [os.path.join(folder, name)
             for folder, _, names in os.walk(step.folder) for name in names]
    with open(step.files, 'w', encoding='utf-8') as file:
        file.writelines(path + '\n' for path in sorted(found))


def forget(step):
    """Removes what this target made while vafit_mode was another one: nobody shall take it for what holds now."""
    place = step.report[:-len('.%s.json' % step.verb)]
    if step.verb == 'fix':
        stale = ['.check.json', '.check.json.d', '.verdict']
    else:
        stale = ['.fix.json', '.fix.json.d', '.files']
        # Without the list the folder is another target's, if there is one.
        if os.path.exists(place + '.files'):
            shutil.rmtree(place, ignore_errors=True)
    for path in (place + end for end in stale):
        if os.path.exists(path):
            os.unlink(path)


def main():
    step = parse(sys.argv[1:])
    forget(step)
    return check(step) if step.verb == 'check' else fix(step)


if __name__ == '__main__':
    sys.exit(main())
