# verify of a consolidated program holds all of it against what it was made of: the originals beside it, or the program
# that --against names.
. "$(dirname "$0")/../lib/run_programs.sh"

programs x86_64 x86_64 -fixup_chains || fail 'building' <<<'the linker failed'
# fresh: the program of C++ in the folder `set`, consolidated in place.
fresh() {
    rm -rf set && cp -a x86_64/cxx set
    "$VAFIT" consolidate set/shapes --in-place -q || fail 'consolidating' <<<'consolidate failed'
}
# sound FILE [OPTION...]
sound() {
    run "$VAFIT" verify "$@"
    expect "${*##*/}: it is sound" 0 "$1: well formed, and means the same"
}
# damaged KIND FILE OPERAND [OPTION...]: each damage of FILE is found in OPERAND, by its name. Some have to be left out:
# a program that does not load the merged image any more has nothing to do with it.
damaged() {
    local number what says
    found=0 all=0
    case $1 in
    merged) python3 "$TESTS/lib/damage_merged.py" "$2" damaged >cases ;;
    *) python3 "$TESTS/lib/damage_around.py" "$1" "$2" damaged >cases ;;
    esac
    cp "$2" whole
    while IFS='|' read -r number what says; do
        case $what in *'loads the merged image' | 'it loads another dylib' | *LC_RPATH*) continue ;; esac
        # Symbols may be gone, as though it had been shrunk; none may be new.
        [ "$says" != ', is not in the merged image' ] || says=', is in none of its parts'
        cp damaged/$number "$2"
        run "$VAFIT" verify "${@:3}"
        all=$((all + 1))
        if [ "$status" != 0 ] && grep -qF -- "${says:- }" .err; then
            found=$((found + 1))
        else
            { cat .out .err; echo "wanted: $says"; } | fail "$1, by $3: $what (damage $number)"
        fi
    done <cases
    cp whole "$2"
    rm -rf damaged
    expect_true "$1, by $3: all $all damages are found" test $found = $all -a $all -ge "${least:-10}"
}
fresh
sound set/shapes
sound set/libconsolidated.dylib
run "$VAFIT" verify set/libshape.dylib
expect 'a stub by itself' 0 'set/libshape.dylib: well formed'
least=35 damaged merged set/libconsolidated.dylib set/shapes
damaged merged set/libconsolidated.dylib set/libconsolidated.dylib
damaged stub set/libshape.dylib set/libconsolidated.dylib
damaged client set/shapes set/libconsolidated.dylib
sound set/shapes

# A copy has no originals beside it.
run "$VAFIT" consolidate x86_64/cxx/shapes --out-dir copy -q
run "$VAFIT" verify copy/shapes
expect 'a copy by itself' 0 'copy/shapes: well formed'
sound copy/shapes --against x86_64/cxx/shapes
damaged merged copy/libconsolidated.dylib copy/shapes --against x86_64/cxx/shapes
damaged stub copy/libshape.dylib copy/shapes --against x86_64/cxx/shapes
damaged client copy/shapes copy/shapes --against x86_64/cxx/shapes
run "$VAFIT" verify copy/shapes --against x86_64/c/main
expect 'against another program' 1 '' 'vafit: copy/libconsolidated.dylib: its parts can no longer be one image'

# Several images of one program.
rm -rf set && cp -a x86_64/cxx set
run "$VAFIT" consolidate set/shapes --in-place -q --group 'one=libshape.dylib,libround.dylib'
expect 'a group of its own' 0
sound set/shapes
sound set/one.dylib

# What is not there to be compared with.
fresh
printf x >>set/libshape.dylib.unstripped
run "$VAFIT" verify set/shapes
expect 'an original that was written to' 1 '' 'vafit: set/libshape.dylib.unstripped: is not the original that was put aside'
rm set/libshape.dylib.unstripped
run "$VAFIT" verify set/shapes
expect 'an original that is gone' 1 '' 'vafit: set/libshape.dylib.unstripped: cannot open: No such file or directory'
rm set/*.unstripped
run "$VAFIT" verify set/shapes
expect 'where none is kept' 0 'set/shapes: well formed'
fresh
sed -i 's/"file": "[^"]*"/"file": "a\/b"/' set/libconsolidated.dylib.parts.json
run "$VAFIT" verify set/shapes
expect 'a list of parts that vafit did not write' 1 '' \
    'vafit: set/libconsolidated.dylib.parts.json: parts: entry 1 is not what vafit writes'
