# What a dylib holds for which it stays what it is: the plan names each reason, and the program does not notice that
# the others were made one.
. "$(dirname "$0")/../lib/consolidate.sh"

# with CODE REASON: libx has that code too.
with() {
    MORE=$1
    built
    left_alone "$2" "$2"
    MORE=
}
# linked REASON OPTION...: libx is linked so.
linked() {
    built "${@:2}" 2>/dev/null
    left_alone "$1" "$1"
}
# poked REASON FIELD VALUE: libx has that field.
poked() {
    built
    "$POKE" case/libx.dylib "$2" "$3"
    left_alone "$1" "$1"
}

used='__attribute__((used, section('
with "$used\"__DATA,__interpose\"))) static const void *pair[2] = {(void *)x, (void *)x_other};" 'interposes functions'
with "$used\"__DATA,__mod_term_func,mod_term_funcs\"))) static int *const ends = &number;" \
    'has terminators that are no functions of its own'
with "$used\"__TEXT,__swift5_types\"))) static const int types = 0;" 'has metadata of Swift'
with 'int b(void) { return 9; }' 'exports _b, which case/libb.dylib exports too'

# liba, which is first, has metadata of Objective-C too.
objective_c="$used\"__DATA,__objc_data\"))) static long metadata = 1;"
object a 1 "-DMORE=$objective_c"
with "$objective_c" 'has metadata of Objective-C, of which an image can have but one dylib'"'"'s'
object a 1

linked 'has another minimum version than case/liba.dylib' -platform_version macos 12.0 13.0
linked 'is of another platform than case/liba.dylib' -platform_version 6 13.0 13.0

poked 'has a flat namespace' header+24:4 -0x80
poked 'has load command 0x3f' LC_UUID+0:4 0x3f
poked 'has DTrace probes' 'LC_SEGMENT_64[2]+136:4' 0xf
poked 'has 4 bytes that no table reaches' LC_FUNCTION_STARTS+12:4 -8

# The address of a function that does nothing any harm.
built -headerpad 0x100
python3 "$TESTS/lib/add_command.py" case/libx.dylib 0x1a 72 "0x$(llvm-nm-19 case/libx.dylib | awk '$3 == "_x" { print $1 }')" 0 || fail "adding a command" <<<"there is no room"
left_alone 'LC_ROUTINES_64' 'has an initialiser of LC_ROUTINES_64'

# The last eight bytes of the padding of a table, as a relocation; dyld reads none of an image that has other fixups.
built
read -r at size < <(llvm-otool-19 -l case/libx.dylib | awk '$1 == "cmd" { c = $2 } c == "LC_FUNCTION_STARTS" && $1 == "dataoff" { o = $2 } c == "LC_FUNCTION_STARTS" && $1 == "datasize" { print o, $2 }')
"$POKE" case/libx.dylib LC_FUNCTION_STARTS+12:4 $((size - 8))
"$POKE" case/libx.dylib LC_DYSYMTAB+64:4 $((at + size - 8))
"$POKE" case/libx.dylib LC_DYSYMTAB+68:4 1
left_alone 'relocations' 'is bound by relocations'

# Nothing of liby is wanted before it is loaded.
object y 0
built
dylib y && dylib x case/liba.dylib case/libb.dylib case/liby.dylib && program case/libx.dylib
"$POKE" case/libx.dylib 'LC_LOAD_DYLIB[2]+0:4' 0x20
left_alone 'loads lazily' 'has load command LC_LAZY_LOAD_DYLIB'

built -encryptable
"$POKE" case/libx.dylib LC_ENCRYPTION_INFO_64+16:4 1
left_alone 'encrypted' 'is encrypted'

# dyld leaves a pointer alone that opcodes bind weakly to what nobody has; the first of the name is that of the opcodes.
MORE='__attribute__((weak)) int shared_one(void) { return 1; } int (*const shared_place)(void) = shared_one;'
built -no_fixup_chains
MORE=
python3 - case/libx.dylib <<'END_OF_SCRIPT'
import sys
image = open(sys.argv[1], "rb").read()
open(sys.argv[1], "wb").write(image.replace(b"_shared_one\0", b"_shared_two\0", 1))
END_OF_SCRIPT
left_alone 'a weak bind of nothing' 'binds _shared_two weakly, and neither has nor wants it'

# libx has a call of what libb had when libx was linked, and nobody makes it. The loader of the tests binds it at launch.
object b 2 '-DMORE=int b_more(void) { return 3; }'
MORE='int b_more(void); int x_more(void) { return b_more(); }'
built -no_fixup_chains
MORE=
object b 2
dylib b
run "$VAFIT" consolidate case/parts --dry-run
expect_true 'a lazy bind of nothing: the plan says why' grep -qx \
    '  case/libx.dylib: binds _b_more at its first call, which case/libb.dylib does not have' .out

built
python3 "$TESTS/lib/pointer_format_6.py" case/libx.dylib
left_alone 'other pointers' 'has pointers of format 6, other dylibs 2'

built -adhoc_codesign
sign_as_somebody case/libx.dylib
left_alone 'signed' 'is signed by an identity; --identity CMD says how to sign again'

# dyld looks up what others want of libx in its symbol table then.
compile $ARCH parts.o parts.c -DWITHOUT_X
printed=$(head -2 <<<"$printed")
poked 'has no exports trie' LC_DYLD_EXPORTS_TRIE+0:4 0x2e
