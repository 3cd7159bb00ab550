#!/usr/bin/env python3
"""Runs vafit as a step of a build: the actions of vafit.gni.

    vafit.py check --label=L --kind=K --vafit=V --executable=E... --list=L... --report=R --depfile=D
             [--not-fatal] --verdict=V [--plan=P --new-plan=N --for-fix=O...] -- OPTIONS...
    vafit.py fix ... --folder=F --files=L -- OPTIONS...

Writes a JSON report and a depfile. Prints nothing of a program that fits, and otherwise, after the label,
what vafit says of it; of a group a line for each program.
"""

import argparse
import filecmp
import json
import os
import shlex
import shutil
import subprocess
import sys


def parse(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument('verb', choices=['check', 'fix'])
    for name in ('label', 'kind', 'vafit', 'report', 'depfile'):
        parser.add_argument('--' + name, required=True)
    parser.add_argument('--executable', action='append', default=[])
    parser.add_argument('--list', action='append', default=[], help='a file that names programs, one a line')
    parser.add_argument('--not-fatal', action='store_true')
    parser.add_argument('--verdict', help='check: a file that is there when the build may go on')
    parser.add_argument('--folder', help='fix: where the copy goes')
    parser.add_argument('--files', help='fix: the list of what is there')
    parser.add_argument('--plan', help='check: what links read, the plan of levels')
    parser.add_argument('--new-plan', help='check: where a plan goes by which all fit')
    parser.add_argument('--for-fix', action='append', default=[], help='an option for making that')
    end = arguments.index('--')
    step = parser.parse_args(arguments[:end])
    step.options = arguments[end + 1:]
    step.is_group = step.kind.endswith('_group')
    step.programs = step.executable + listed(step.list)
    if not step.programs:
        parser.error('%s %s: no program is named' % (step.kind, step.label))
    return step


def listed(lists):
    """The programs that files name; each once, since several targets may name one."""
    names = {}
    for path in lists:
        with open(path, encoding='utf-8', errors='surrogateescape', newline='\n') as file:
            names.update((line, True) for line in file.read().split('\n') if line)
    return list(names)


def vafit(step, *options):
    """Runs vafit's verb; what it finds goes to standard error, as its messages do."""
    return run(step, step.verb, *step.options, *options)


def run(step, verb, *options):
    # A path without a slash would be looked up in PATH.
    program = os.path.join(os.curdir, step.vafit)
    sys.stderr.flush()
    return subprocess.run([program, verb, *step.programs, *options], stdout=sys.stderr, check=False).returncode


def say(step, text):
    print('%s %s: %s' % (step.kind, step.label, text), file=sys.stderr)


def make_report(step, *options):
    status = vafit(step, '--format=json', '--output=' + step.report,
                   '--depfile=' + step.depfile, *options)
    if status not in (0, 1):
        say(step, '%s cannot be judged' % (step.programs[0] if not step.is_group else 'programs'))
    return status


def failed(step):
    text = 'failed; the report is ' + step.report
    if step.not_fatal:
        text += '; the build goes on, since vafit_fatal is false'
    say(step, text)
    return 0 if step.not_fatal else 1


def check(step):
    passed = take_verdict(step)
    status = make_report(step, '--exit-zero', *(['--compact'] if step.is_group else []))
    if status:
        return status
    with open(step.report, encoding='utf-8') as file:
        report = json.load(file)
    verdict = report['verdict']
    if step.new_plan and os.path.exists(step.new_plan):
        os.unlink(step.new_plan)
    if step.is_group:
        print_lines(report)
    if verdict == 'exceeds':
        if not step.is_group:
            vafit(step)
        if step.plan:
            make_plan(step)
        status = failed(step)
    elif verdict == 'warning' and not step.is_group:
        say(step, 'fits, with warnings')
        vafit(step, '--quiet')
    if status == 0:
        put_verdict(step, verdict, passed)
    return status


def print_lines(report):
    """A line for each program that does not fit, or only with warnings: the first of what was found."""
    lines = {}
    for program in report['programs']:
        wanted = {'exceeds': 'error', 'warning': 'warning'}.get(program['verdict'])
        found = [each for each in program['findings'] if each['level'] == wanted]
        if found:
            key = '%s (%s)' % (program['executable'], program['arch'])
            lines.setdefault((wanted, key), []).extend((program['profile'], each) for each in found)
    for (level, key), found in sorted(lines.items()):
        profile, first = found[0]
        more = ' (and %d more)' % (len(found) - 1) if len(found) > 1 else ''
        print('%s: %s: %s: %s: %s%s' % (level, key, profile, first['rule'], first['message'], more), file=sys.stderr)


def make_plan(step):
    """Makes the plan by which the links would make all programs fit, beside the report."""
    shutil.copyfile(step.plan, step.new_plan)
    status = run(step, 'fix', '--dry-run', '--quiet', '--plan=' + step.new_plan, *step.for_fix)
    if status == 0 and not filecmp.cmp(step.plan, step.new_plan, shallow=False):
        say(step, 'links that follow another plan make them fit: cp %s %s' %
            (shlex.quote(step.new_plan), shlex.quote(step.plan)))
    else:
        os.unlink(step.new_plan)


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
    with open(step.files, 'w', encoding='utf-8', errors='surrogateescape') as file:
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
