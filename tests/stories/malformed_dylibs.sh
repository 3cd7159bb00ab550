# Programs whose dylibs are malformed: every error is told, and nothing is written.
# Labels: quick
. "$(dirname "$0")/../lib/malformed_programs.sh"

symtab='load command 7 (LC_SYMTAB) cmdsize: 25 bytes where dyld wants exactly 24'
program a lib1.dylib
library lib1.dylib lib2.dylib
library lib2.dylib lib3.dylib
library lib3.dylib
poke_all bin/lib3.dylib lc7+4:4=25
refused 'a malformed dylib of a dylib of a dylib' 3 "vafit: bin/lib3.dylib: $symtab" \
    "$VAFIT" check bin/a
refused 'vafit why says so too' 3 "vafit: bin/lib3.dylib: $symtab" "$VAFIT" why bin/a lib1.dylib
refused 'vafit scan says so too' 3 "vafit: bin/lib3.dylib: $symtab" "$VAFIT" scan bin/a bin/lib3.dylib
run "$VAFIT" check bin/a --exit-zero
expect '--exit-zero is for what is found, not for malformed inputs' 3 '' \
    "vafit: bin/lib3.dylib: $symtab"

program b lib3.dylib
refused 'two programs with the same malformed dylib' 3 "vafit: bin/lib3.dylib: $symtab" \
    "$VAFIT" check bin/a bin/b
ln -s lib3.dylib bin/link.dylib
program c lib3.dylib link.dylib
refused 'a malformed dylib by two names' 3 "vafit: bin/lib3.dylib: $symtab" "$VAFIT" check bin/c
rm bin/link.dylib
make_executable bin/d --rpath @loader_path --weak @rpath/lib3.dylib
refused 'a malformed dylib that may be missing' 3 "vafit: bin/lib3.dylib: $symtab" \
    "$VAFIT" check bin/d
refused 'a malformed dylib that --allow-missing names' 3 "vafit: bin/lib3.dylib: $symtab" \
    "$VAFIT" check bin/b --allow-missing '*lib3*'
program e
refused 'a malformed dylib that is inserted' 3 "vafit: bin/lib3.dylib: $symtab" \
    "$VAFIT" check bin/e --insert bin/lib3.dylib

# All that are malformed are told, in the order in which they are loaded.
program a lib1.dylib lib2.dylib lib3.dylib lib4.dylib lib5.dylib
library lib1.dylib
library lib2.dylib
library lib4.dylib lib6.dylib
library lib5.dylib
library lib6.dylib
poke_all bin/lib1.dylib @0:4=0
poke_all bin/lib2.dylib header+12:4=7
poke_all bin/lib5.dylib size=3
poke_all bin/lib6.dylib lc5+8:4=0x4000 lc5+12:4=0x98
errors="vafit: bin/lib1.dylib: magic: 0x00000000 is not that of a Mach-O file
vafit: bin/lib2.dylib: mach_header filetype: 7 is neither an executable (2), a dylib (6) nor a bundle (8): a dynamic linker; give the programs that it loads
vafit: bin/lib3.dylib: $symtab
vafit: bin/lib5.dylib: magic: the file has 3 bytes, too few for a Mach-O file
vafit: bin/lib6.dylib: load command 5 (LC_DYLD_CHAINED_FIXUPS) dataoff: the chained fixups, 0x98 bytes at 0x4000, lies outside __LINKEDIT, 0xc000 to 0x10000"
refused 'several malformed dylibs' 3 "$errors" "$VAFIT" check bin/a
poke_all bin/a lc0+4:4=0
refused 'a malformed executable: its dylibs are not looked for' 3 \
    'vafit: bin/a: load command 0 (LC_SEGMENT_64) cmdsize: 0 bytes are fewer than the 8 of any load command' \
    "$VAFIT" check bin/a
refused 'several malformed operands' 3 \
    "vafit: bin/a: load command 0 (LC_SEGMENT_64) cmdsize: 0 bytes are fewer than the 8 of any load command
vafit: bin/lib1.dylib: magic: 0x00000000 is not that of a Mach-O file
vafit: bin/lib3.dylib: $symtab" "$VAFIT" check bin/a bin/e bin/lib1.dylib bin/lib3.dylib
refused 'a malformed operand, and one that is not there' 4 \
    "vafit: bin/lib3.dylib: $symtab
vafit: bin/nothing: cannot open: No such file or directory" "$VAFIT" check bin/lib3.dylib bin/nothing

# Malformed inputs leave a report and a baseline from before as they were.
printf 'before\n' >report.json
printf '{"schema": "vafit.baseline/1", "programs": []}\n' >baseline.json
run "$VAFIT" check bin/e bin/lib3.dylib --output report.json --depfile report.d \
    --baseline baseline.json --update-baseline
expect 'old files stay' 3 '' "vafit: bin/lib3.dylib: $symtab"
expect_same 'the report stays' report.json <(printf 'before\n')
expect_same 'the baseline stays' baseline.json \
    <(printf '{"schema": "vafit.baseline/1", "programs": []}\n')
expect_true 'there is no depfile' test ! -e report.d
rm -r bin report.json baseline.json
