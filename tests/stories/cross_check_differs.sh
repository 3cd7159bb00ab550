# Files and answers in which LIEF and vafit differ: verify says in what.
. "$(dirname "$0")/../lib/cross_check.sh"

few_programs
# answers SED-SCRIPT: from here on vafit-lief answers that.
answers() {
    printf '#!/bin/sh\n"%s" "$1" | sed '\''%s'\''\n' "$LIEF" "$1" >fake
    chmod +x fake
}
# differs NAME FINDING...: verify finds these, of the file program.
differs() {
    local name=$1 lines
    shift
    lines=$(printf 'vafit: program: LIEF: %s\n' "$@")
    VAFIT_LIEF=$WORK/fake run "$VAFIT" verify program
    expect "$name" 1 '' "$lines"
}
answers 's/"file_type":2/"file_type":6/'
differs 'another header' 'mach_header file_type: LIEF reads 0x6, vafit 0x2'
answers 's/"commands":\[{[^}]*},/"commands":[/'
differs 'a load command fewer' 'load commands: LIEF reads 19, vafit 20'
answers 's/"number":2,"size":24,/"number":2,"size":32,/'
differs 'another load command' 'load command 7 (LC_SYMTAB) size: LIEF reads 0x20, vafit 0x18'
answers 's/"name":"__TEXT","vmaddr":[0-9]*/"name":"__TEXT","vmaddr":16/'
differs 'another segment' 'segment 1 (__TEXT) vmaddr: LIEF reads 0x10, vafit 0x100000000'
answers 's/"name":"__DATA"/"name":"__DATO"/'
differs 'another name of a segment' \
    "segment 3 (__DATA) name: LIEF reads '__DATO', vafit '__DATA'"
answers 's/"name":"__text","addr":[0-9]*,"size":[0-9]*/"name":"__text"/'
differs 'a section without address' \
    "section 0 (__text) addr: LIEF reads nothing, vafit 0x$(llvm-otool-19 -l program |
        sed -n '/sectname __text/,/addr/s/.*addr 0x0*//p' | head -1)"
answers 's/"symbol_table":{"count":[0-9]*/"symbol_table":{"count":1/'
differs 'a symbol table with fewer symbols' \
    "symbol table count: LIEF reads 0x1, vafit $(printf 0x%x "$(llvm-nm-19 -ap program | wc -l)")"
answers 's/"symbol_table":{\(.*\)"fingerprint":[-0-9]*/"symbol_table":{\1"fingerprint":-1/'
VAFIT_LIEF=$WORK/fake run "$VAFIT" verify program
expect_true 'a symbol past the first' grep -qx \
    'vafit: program: LIEF: symbol table fingerprint: LIEF reads 0xffffffffffffffff, vafit 0x[0-9a-f]*' .err
answers 's/"segments":\[{.*\],"sections"/"segments":7,"sections"/'
differs 'segments that are none' 'segments: LIEF reads 0, vafit 5'
answers 's/"slices":.*/"slices":[7,{}]}/'
differs 'no slice' 'it sees no slice for arm64'
answers 's/"maxprot":5/"maxprot":7/g'
VAFIT_LIEF=$WORK/fake run "$VAFIT" verify both
expect 'a slice of a universal file is named' 1 '' \
    'vafit: both: LIEF: x86_64 slice: segment 1 (__TEXT) maxprot: LIEF reads 0x7, vafit 0x5
vafit: both: LIEF: arm64 slice: segment 1 (__TEXT) maxprot: LIEF reads 0x7, vafit 0x5'
printf '#!/bin/sh\nexec "%s" arm64-fixup_chains/main\n' "$LIEF" >fake
VAFIT_LIEF=$WORK/fake run "$VAFIT" verify program
expect_true 'a whole other file' test "$status $(grep -c '^vafit: program: LIEF: ' .err)" = '1 6'
VAFIT_LIEF=$WORK/fake run "$VAFIT" verify program --against arm64-fixup_chains/throwing --quiet
expect_true 'also where it means the same' test "$status $(grep -c '^vafit: program: LIEF: ' .err)" = '1 6'

# Files that vafit reads and LIEF reads otherwise. The names begin past the end of the pool, which LIEF
# does not look at; a load command of 32-bit images is one that vafit, like dyld, passes over.
cp x86_64-fixup_chains/throwing shortened
"$POKE" shortened 'LC_SYMTAB[0]+20:4' 8
run "$VAFIT" verify shortened
expect_true 'names past the pool: LIEF reads them, vafit does not' grep -q \
    "^vafit: shortened: LIEF: symbol 0 () name: LIEF reads '.*/throwing.cpp', vafit ''\$" .err
expect_true 'and it is a finding' test "$status" = 1
