"""unwind_entries.py FILE: the entries of __unwind_info by llvm-objdump-19, as `dump_macho unwind` prints them:
function, encoding, the offset of the pointer to the personality, and the LSDA where the encoding says that there
is one. A second reader of what vafit reads."""
import re
import subprocess
import sys

PLACE = re.compile(r"function offset=(0x\w+), (?:encoding(?:\[\d+\])?|LSDA offset|2nd level page offset)=(0x\w+)")


def main(path):
    text = subprocess.run(["llvm-objdump-19", "--macho", "--unwind-info", path], check=True, capture_output=True,
                          text=True).stdout
    personalities, lsdas, end, part = [0], {}, None, ""
    for line in text.splitlines():
        part = line.strip() if line.endswith(":") or "(count" in line else part
        personality = re.search(r"personality\[\d+\]: (0x\w+)", line)
        if personality:
            personalities.append(int(personality[1], 16))
        place = PLACE.search(line)
        if not place:
            continue
        function, value = (int(number, 16) for number in place.groups())
        if part.startswith("Top level"):
            end = function
        elif part.startswith("LSDA"):
            lsdas[function] = value
        else:
            lsda = lsdas[function] if value & 1 << 30 else 0
            print(f"0x{function:08x} 0x{value:08x} 0x{personalities[value >> 28 & 3]:08x} 0x{lsda:08x}")
    if end is not None:
        print(f"0x{end:08x} end")


main(sys.argv[1])
