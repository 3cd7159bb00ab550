# LIEF's second opinion of what verify is given: real programs before and after shrinking, files and
# answers in which the two readers differ, and a reader that is not there, hangs, crashes or rambles.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"

LIEF=$(dirname "$VAFIT")/vafit-lief
unset VAFIT_LIEF
if [ ! -x "$LIEF" ]; then
    skip 'what LIEF says' 'vafit-lief was not built'
    exit
fi
# Where LIEF agrees, verify has nothing to add; where it was not asked or gave no answer, it says so.
WELL='well formed'
PROVEN='well formed, and means the same'

# --- real programs ---

# As vafit-lief, and it writes down what it was asked.
cat >spy <<END
#!/bin/sh
"$LIEF" "\$1" && echo "\$1" >>"$WORK/asked"
END
chmod +x spy
export VAFIT_LIEF=$WORK/spy

# agrees NAME ORIGINAL LEVEL: the new file that shrink makes at that level.
agrees() {
    run "$VAFIT" shrink "$2" --level "$3" -o small --unstripped none --quiet
    expect "$1, $3: shrinks" 0 '' ''
    run "$VAFIT" verify small --against "$2"
    expect "$1, $3: LIEF agrees" 0 "small: $PROVEN" ''
}

for arch in arm64 x86_64; do
    for style in -fixup_chains -no_fixup_chains; do
        throwing_program $arch $arch$style $style && small_program $arch $arch$style $style ||
            fail "building for $arch $style" <<<'the linker failed'
        for image in throwing libmiddle.dylib libdeep.dylib main libbase.dylib; do
            name="$arch $style $image"
            run "$VAFIT" verify $arch$style/$image
            expect "$name: LIEF agrees" 0 "$arch$style/$image: $WELL" ''
            for level in lossless debug-map locals symbols; do
                agrees "$name" $arch$style/$image $level
            done
        done
    done
done
llvm-lipo-19 -create arm64-fixup_chains/throwing x86_64-fixup_chains/throwing -output both
for level in lossless debug-map locals symbols; do
    agrees 'a universal file' both $level
done
expect_true 'LIEF was asked each time, and answered' test "$(sort asked | uniq -c | sort -n |
    awk '{ print $1 }' | paste -sd' ')" = "$(printf '1 %.0s' {1..20})84"
unset VAFIT_LIEF
cp arm64-fixup_chains/throwing program

# --- a reader that is not there ---

VAFIT_LIEF=/nonexistent run "$VAFIT" verify program both
expect 'without vafit-lief verify does the rest, and says so once' 0 \
    'program: well formed
both: well formed' 'vafit: second opinion: not built in (VAFIT_LIEF is /nonexistent)'
VAFIT_LIEF=$WORK run "$VAFIT" verify program
expect 'a folder is no program' 0 'program: well formed' \
    "vafit: second opinion: not built in (VAFIT_LIEF is $WORK)"
VAFIT_LIEF=/nonexistent run "$VAFIT" verify program --quiet
expect 'and --quiet says nothing' 0 '' ''
mkdir alone
cp "$VAFIT" alone/
run alone/vafit verify program
expect 'vafit alone' 0 'program: well formed' 'vafit: second opinion: not built in'
PATH=$PATH:$(dirname "$LIEF") run alone/vafit verify program
expect 'vafit alone, vafit-lief in PATH' 0 "program: $WELL" ''
VAFIT_LIEF=$LIEF run alone/vafit verify program
expect 'vafit alone, vafit-lief by VAFIT_LIEF' 0 "program: $WELL" ''

# --- vafit-lief by itself ---

run "$LIEF"
expect 'vafit-lief wants a file' 2 '' 'usage: vafit-lief FILE'
run "$LIEF" both
expect_true 'vafit-lief prints one object with both slices' test \
    "$status $(jq -c '[.schema, (.slices[].header.cpu_type)]' .out)" = \
    '0 ["vafit.sight/1",16777223,16777228]'
expect_true 'what LIEF logs is not in it' test "$(wc -l <.out)" = 1

# --- two readers that differ ---

# answers SED-SCRIPT: from here on vafit-lief answers that.
answers() {
    printf '#!/bin/sh\n"%s" "$1" | sed '\''%s'\''\n' "$LIEF" "$1" >fake
    chmod +x fake
}
# differs NAME FINDING...: verify finds these, of the file program.
differs() {
    local name=$1 lines
    shift
    lines=$(printf 'vafit: program: second opinion: %s\n' "$@")
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
    'vafit: program: second opinion: symbol table fingerprint: LIEF reads 0xffffffffffffffff, vafit 0x[0-9a-f]*' .err
answers 's/"segments":\[{.*\],"sections"/"segments":7,"sections"/'
differs 'segments that are none' 'segments: LIEF reads 0, vafit 5'
answers 's/"slices":.*/"slices":[7,{}]}/'
differs 'no slice' 'LIEF sees no slice for arm64'
answers 's/"maxprot":5/"maxprot":7/g'
VAFIT_LIEF=$WORK/fake run "$VAFIT" verify both
expect 'a slice of a universal file is named' 1 '' \
    'vafit: both: second opinion: x86_64 slice: segment 1 (__TEXT) maxprot: LIEF reads 0x7, vafit 0x5
vafit: both: second opinion: arm64 slice: segment 1 (__TEXT) maxprot: LIEF reads 0x7, vafit 0x5'
printf '#!/bin/sh\nexec "%s" arm64-fixup_chains/main\n' "$LIEF" >fake
VAFIT_LIEF=$WORK/fake run "$VAFIT" verify program
expect_true 'a whole other file' test "$status $(grep -c '^vafit: program: second opinion: ' .err)" = '1 6'
VAFIT_LIEF=$WORK/fake run "$VAFIT" verify program --against arm64-fixup_chains/throwing --quiet
expect_true 'also where it means the same' test "$status $(grep -c '^vafit: program: second opinion: ' .err)" = '1 6'

# Files that vafit reads and LIEF reads otherwise. The names begin past the end of the pool, which LIEF
# does not look at; a load command of 32-bit images is one that vafit, like dyld, passes over.
cp x86_64-fixup_chains/throwing shortened
"$POKE" shortened 'LC_SYMTAB[0]+20:4' 8
run "$VAFIT" verify shortened
expect_true 'names past the pool: LIEF reads them, vafit does not' grep -q \
    "^vafit: shortened: second opinion: symbol 0 () name: LIEF reads '.*/throwing.cpp', vafit ''\$" .err
expect_true 'and it is a finding' test "$status" = 1

# --- a reader that gives no answer ---

# fake BODY: from here on vafit-lief is this script.
fake() {
    printf '#!/bin/sh\n%s\n' "$1" >fake
    chmod +x fake
}
# silent NAME REASON: a note and no finding.
silent() {
    VAFIT_LIEF=$WORK/fake run "$VAFIT" verify program
    expect "$1" 0 'program: well formed' "vafit: program: second opinion: none, LIEF $2"
}
fake 'exit 3'
silent 'LIEF refuses the file' 'ended with exit status 3'
fake 'kill -ABRT $$'
silent 'LIEF crashes' 'was ended by signal 6 (Aborted)'
fake 'echo "Segmentation fault, says LIEF"'
silent 'LIEF rambles' 'printed what is not vafit.sight/1'
fake 'echo "{\"schema\": \"vafit.sight/2\", \"slices\": []}"'
silent 'another schema' 'printed what is not vafit.sight/1'
fake 'echo "{\"schema\": \"vafit.sight/1\"}"'
silent 'half an answer' 'printed what is not vafit.sight/1'
fake "\"$LIEF\" \"\$1\" | head -c 1000"
silent 'an answer cut short' 'printed what is not vafit.sight/1'
fake ':'
silent 'no word' 'printed what is not vafit.sight/1'
fake 'echo complaint >&2; read answer || exit 5'
silent 'it reads nothing, and its complaints are dropped' 'ended with exit status 5'
fake 'exec yes'
silent 'LIEF never stops to talk' 'printed more than 67108864 bytes'
fake 'exec python3 -c "x = bytearray(3 << 30)"'
silent 'LIEF wants more than 1 GiB' 'ended with exit status 1'
fake 'ulimit -c; ulimit -v; test "$(ulimit -c) $(ulimit -v)" = "0 1048576" || exit 6; exit 7'
silent 'it leaves no core file and has 1 GiB' 'ended with exit status 7'
printf 'not a program\n' >fake
silent 'what cannot be started' 'ended with exit status 127'
fake 'echo $$ >pid; exec sleep 60'
SECONDS=0
silent 'LIEF hangs' 'took longer than 10 seconds'
expect_true 'it had its 10 seconds' test $SECONDS -ge 10 -a $SECONDS -le 20
expect_true 'and is gone' bash -c '! kill -0 "$(cat pid)" 2>/dev/null'
fake 'echo $$ >pid; exec sleep 60 >&-'
silent 'LIEF hangs without its output' 'took longer than 10 seconds'
expect_true 'and is gone as well' bash -c '! kill -0 "$(cat pid)" 2>/dev/null'

# Memory that runs out anywhere between the start and the last symbol.
notes=0 findings=0
for memory in $(seq 8000 500 24000); do
    fake "case \$1 in program) ulimit -v $memory ;; esac; exec \"$LIEF\" \"\$1\""
    VAFIT_LIEF=$WORK/fake run "$VAFIT" verify program --against arm64-fixup_chains/throwing -q
    [ "$status" = 0 ] || findings=$((findings + 1))
    VAFIT_LIEF=$WORK/fake run "$VAFIT" verify program
    notes=$((notes + $(grep -c '^vafit: program: second opinion: none, LIEF ' .err)))
done
expect_true 'memory that runs out is no finding' test $findings = 0
expect_true 'and is noted' test $notes -gt 0

# Of the new file no answer, of the original one.
only_new() { fake "case \$1 in program) $1 ;; *) exec \"$LIEF\" \"\$1\" ;; esac"; }
only_new 'exit 3'
VAFIT_LIEF=$WORK/fake run "$VAFIT" verify program --against arm64-fixup_chains/throwing
expect 'LIEF cannot read the new file only' 1 '' \
    'vafit: program: second opinion: LIEF ended with exit status 3, and reads the original'
for ending in 'kill -ABRT $$' 'kill -SEGV $$' 'kill -KILL $$' 'exit 4' 'exit 1' 'exec sleep 60'; do
    only_new "$ending"
    VAFIT_LIEF=$WORK/fake run "$VAFIT" verify program --against arm64-fixup_chains/throwing
    expect "at the new file only LIEF ends by $ending: no finding" 0 'program: well formed, and means the same' -
done
fake 'exit 3'
VAFIT_LIEF=$WORK/fake run "$VAFIT" verify program --against arm64-fixup_chains/throwing
expect 'LIEF can read neither' 0 'program: well formed, and means the same' \
    'vafit: program: second opinion: none, LIEF ended with exit status 3'

# --- what LIEF is not asked about ---

# not_asked NAME FILE REASON: the images of make_macho have no right page hashes.
not_asked() {
    run "$VAFIT" verify "$2"
    grep -v 'code signature page 0' .err >kept
    mv kept .err
    status=0
    expect "$1" 0 - "vafit: $2: second opinion: not asked, $3"
}
"$MAKE_MACHO" image --out heavy --linkedit 65MiB
not_asked 'a large __LINKEDIT' heavy \
    '__LINKEDIT has 65.0 MiB, more than 64.0 MiB'
"$MAKE_MACHO" image --out long --text 200MiB
run "$VAFIT" verify long
expect_true 'a large file' grep -qE \
    '^vafit: long: second opinion: not asked, the file has 20[0-9]\.[0-9] MiB, more than 192\.0 MiB$' .err
"$MAKE_MACHO" universal --out wide --fat64 arm64-fixup_chains/main x86_64-fixup_chains/main
run "$VAFIT" verify wide
expect 'a universal header with 64-bit offsets' 0 'wide: well formed' \
    'vafit: wide: second opinion: not asked, the universal header has 64-bit offsets'
for ((i = 0; i < 2500; i++)); do
    printf 'void f%d%0600d(void) {}\n' $i 0
done >many.c
clang-19 --target=x86_64-apple-macos13 -c many.c -o many.o
link x86_64 -no_fixup_chains -dylib -install_name @rpath/many.dylib -o many.dylib many.o
run "$VAFIT" verify many.dylib
expect_true 'many exports in LC_DYLD_INFO' grep -qE \
    '^vafit: many.dylib: second opinion: not asked, __LINKEDIT has [0-9.]* MiB, more than 2\.0 MiB with LC_DYLD_INFO$' .err
link x86_64 -fixup_chains -dylib -install_name @rpath/many.dylib -o many.dylib many.o
run "$VAFIT" verify many.dylib
expect 'and in a trie of their own' 0 "many.dylib: $WELL" ''
