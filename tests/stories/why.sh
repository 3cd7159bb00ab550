# why: who loads a dylib, and what would not be loaded without it.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"

# image NAME MIB OPTION...: __TEXT of MIB MiB, __LINKEDIT of 1.
dylib() {
    "$MAKE_MACHO" image --out "lib$1.dylib" --type dylib --id "@rpath/lib$1.dylib" \
        --segment __TEXT=0+$(($2 << 20)) --segment __LINKEDIT=$(($2 << 20))+0x100000 "${@:3}"
}
# main -> a -> b -> c, main -> d -> c, b -> e, b -> f -> e; so that b leads alone to e and f.
dylib a 3 --load @rpath/libb.dylib
dylib b 5 --upward @rpath/libc.dylib --weak @rpath/libe.dylib --load @rpath/libf.dylib
dylib c 7
dylib d 9 --reexport @rpath/libc.dylib
dylib e 11
dylib f 13 --use @rpath/libe.dylib:8
"$MAKE_MACHO" image --out main --text 16384 --rpath @loader_path --load @rpath/liba.dylib \
    --load @rpath/libd.dylib

run "$VAFIT" why main libb.dylib
expect 'a dylib that leads alone to others' 0 'libb.dylib in main (arm64)
  shortest chain: main -> liba.dylib -> libb.dylib
  asked for by 1 image:
    liba.dylib (@rpath/libb.dylib as LC_LOAD_DYLIB)
  without it 32.0 MiB would not be loaded: 6.0 MiB of its own, and
    12.0 MiB    libe.dylib
    14.0 MiB    libf.dylib'
run "$VAFIT" why main @rpath/libc.dylib
expect 'a dylib that several ask for; the shorter chain' 0 'libc.dylib in main (arm64)
  shortest chain: main -> libd.dylib -> libc.dylib
  asked for by 2 images:
    libd.dylib (@rpath/libc.dylib as LC_REEXPORT_DYLIB)
    libb.dylib (@rpath/libc.dylib as LC_LOAD_UPWARD_DYLIB)
  without it 8.0 MiB would not be loaded: 8.0 MiB of its own'
run "$VAFIT" why main ./libe.dylib
expect 'how each asks' 0 'libe.dylib in main (arm64)
  shortest chain: main -> liba.dylib -> libb.dylib -> libe.dylib
  asked for by 2 images:
    libb.dylib (@rpath/libe.dylib as LC_LOAD_WEAK_DYLIB)
    libf.dylib (@rpath/libe.dylib as LC_LOAD_WEAK_DYLIB, delayed)
  without it 12.0 MiB would not be loaded: 12.0 MiB of its own'
run "$VAFIT" why main libf.dylib --insert libf.dylib
expect 'an inserted image begins a chain of its own' 0 'libf.dylib in main (arm64)
  shortest chain: libf.dylib
  asked for by 1 image:
    libb.dylib (@rpath/libf.dylib as LC_LOAD_DYLIB)
  without it 14.0 MiB would not be loaded: 14.0 MiB of its own'
run "$VAFIT" why main libb.dylib --format json
jq -c '.schema, (.programs[0] | .executable, .arch, .image, .system, .chain, .loaders, .only_through, .bytes)' .out >found
cat >wanted <<'END'
"vafit.why/1"
"main"
"arm64"
"libb.dylib"
false
["main","liba.dylib","libb.dylib"]
[{"path":"liba.dylib","name":"@rpath/libb.dylib","use":"LC_LOAD_DYLIB"}]
["libb.dylib","libe.dylib","libf.dylib"]
33554432
END
expect_same 'the same as JSON' wanted found
run "$VAFIT" scan main lib?.dylib -o facts.json
run "$VAFIT" why main libb.dylib --format json
mv .out from_files
run "$VAFIT" why main libb.dylib --format json --facts facts.json
expect_same 'the same from facts' from_files .out
# Of many loaders the first ten are shown, in dyld's order, which goes down into lib11 before lib12; system images are found by path or leaf name.
for i in $(seq 11 22); do dylib $i 1 --load @rpath/libc.dylib --load /usr/lib/libSystem.B.dylib; done
"$MAKE_MACHO" image --out many --text 16384 --rpath @loader_path $(printf -- '--load @rpath/lib%s.dylib ' $(seq 11 22))
run "$VAFIT" why many libc.dylib
expect_true 'of twelve loaders ten' test "$(grep -c 'as LC_LOAD_DYLIB' .out)" = 10
expect_true 'and how many more' grep -qx '    and 2 more; -v lists them' .out
run "$VAFIT" why many libc.dylib -v
expect_true 'all of them' test "$(grep -c 'as LC_LOAD_DYLIB' .out)" = 12
for name in /usr/lib/libSystem.B.dylib libSystem.B.dylib; do
    run "$VAFIT" why many $name
    expect "a system image, $name" 0 "/usr/lib/libSystem.B.dylib in many (arm64)
  shortest chain: many -> lib11.dylib -> /usr/lib/libSystem.B.dylib
  asked for by 13 images:
$(for name in 11 c $(seq 12 19); do echo "    lib$name.dylib (/usr/lib/libSystem.B.dylib as LC_LOAD_DYLIB)"; done)
    and 3 more; -v lists them
  a system image, which takes none of the program's address space"
done
run "$VAFIT" why many libSystem.B.dylib --format json
expect_true 'the same as JSON' test "$(jq -c '.programs[0] | [.image, .system, .chain, (.loaders | length), .only_through, .bytes]' .out)" = \
    '["/usr/lib/libSystem.B.dylib",true,["many","lib11.dylib","/usr/lib/libSystem.B.dylib"],13,[],0]'
run "$VAFIT" why main libz.dylib
expect 'one that is not loaded' 1 '' 'vafit: main does not load libz.dylib'
run "$VAFIT" why main
expect 'too few names' 2 '' 'vafit: why needs an executable and the name of a dylib
vafit: see `vafit help why`'
run "$VAFIT" why gone libb.dylib
expect 'an executable that is not there' 4 '' 'vafit: gone: cannot open: No such file or directory'
