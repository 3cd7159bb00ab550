"""frames.py FILE: the records of __eh_frame by llvm-dwarfdump-19, as `dump_macho eh_frame` prints them: offset, CIE
or FDE, and where the pointers in it point. A second reader of what vafit reads."""
import re
import subprocess
import sys

RECORD = re.compile(r"^(\w{8}) \w+ \w+ (CIE|FDE cie=\w+ pc=\w+\.\.\.\w+)")
POINTER = re.compile(r"^  (Personality|LSDA) Address: (\w+)")


def main(path):
    text = subprocess.run(["llvm-dwarfdump-19", "--eh-frame", path], check=True, capture_output=True, text=True).stdout
    lines = []
    for line in text.splitlines():
        record, pointer = RECORD.match(line), POINTER.match(line)
        if record:
            lines.append(f"{record[1]} {record[2]}")
        elif pointer:
            lines[-1] += f" {pointer[1].lower()}={pointer[2]}"
    print("".join(line + "\n" for line in lines), end="")


main(sys.argv[1])
