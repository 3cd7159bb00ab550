# link: every form in which a linker is told its output.
. "$(dirname "$0")/../lib/link.sh"

# form NAME COMMAND...: a link of ../base.o to `out`, in each of its forms.
form() {
    local name=$1
    shift
    from_case "$VAFIT" link -- "$@"
    expect "$name" 0 "out: $LINE" ''
    expect_true "$name: is shrunk" cmp case/out wanted/out
    expect_true "$name: the original is what the linker made" cmp case/out.unstripped linked/out
    fresh
}
form '-o OUT' "${DYLIB[@]}" ../base.o -o out
form '-oOUT' "${DYLIB[@]}" ../base.o -oout
form '--output OUT' "${DYLIB[@]}" --output out ../base.o
form '--output=OUT' "${DYLIB[@]}" --output=out ../base.o
form 'the last of many' "${DYLIB[@]}" -o one -otwo ../base.o -o out
form '-Wl,-o,OUT' "${DYLIB[@]}" -Wl,-o,out ../base.o -o driver
form '-Xlinker -o -Xlinker OUT' "${DYLIB[@]}" -Xlinker -o -Xlinker out ../base.o
form 'clang++' clang++-19 "${DYLIB[@]:1}" ../base.o -o out -nostdlib++
form 'ld itself' ld64.lld-19 -arch arm64 -platform_version macos 13.0 13.0 -demangle -dynamic -dylib \
    -mllvm -enable-linkonceodr-outlining -install_name @rpath/libbase.dylib -o out \
    "-L$TESTS/programs" ../base.o -lSystem
echo '-o out' >case/rsp
form 'a response file' "${DYLIB[@]}" ../base.o @rsp
printf '"../base.o" @inner' >case/outer && printf -- "-Xlinker -o\n-Xlinker 'o'ut" >case/inner
form 'a response file in a response file' "${DYLIB[@]}" @outer
echo '-o out ../base.o' >case/rsp
form "the linker's own response file" "${DYLIB[@]}" -Wl,@rsp
mkdir "case/with space"
echo "../base.o -o 'with space/out'" >case/rsp
from_case "$VAFIT" link -- "${DYLIB[@]}" @rsp
expect 'quotes in a response file' 0 "with space/out: $LINE" ''
fresh

from_case "$VAFIT" link -- "${DYLIB[@]}" ../base.o
expect_true 'no output: a.out' cmp case/a.out wanted/a.out
expect 'no output' 0 - ''
fresh
from_case "$VAFIT" link --level locals --unstripped none -q -- "${DYLIB[@]}" ../base.o -o out
expect 'options' 0 '' ''
"$VAFIT" shrink linked/out --level locals --unstripped none -o locals/out -q
expect_true 'options: the level' cmp case/out locals/out
expect_true 'options: no original' test "$(files)" = out
fresh
from_case "$VAFIT" link --unstripped originals --no-verify -j 2 -- "${DYLIB[@]}" ../base.o -o out
expect_true 'the original in a folder' cmp case/originals/out.unstripped linked/out
expect_true 'and nowhere else' test "$(files)" = 'originals out'
fresh
echo 'link --level debug-map -- sh -c "exit 5" @absent' >case/own
from_case "$VAFIT" @own
expect "a response file of vafit's own with all of it" 5 '' ''
fresh

# Bundles, executables and several architectures.
for kind in -bundle -Wl,-dead_strip; do
    from_case "$VAFIT" link --level locals -q -- "${DRIVER[@]}" $kind ../main.arm64.o -o out
    expect "a link with $kind" 0 '' ''
    expect_true "a link with $kind: means the same" "$VAFIT" verify -q case/out --against case/out.unstripped
    expect_true "a link with $kind: is smaller" test \
        "$(linkedit case/out)" -lt "$(linkedit case/out.unstripped)"
    fresh
done
mkdir bin && ln -s "$(command -v llvm-lipo-19)" bin/lipo
llvm-lipo-19 -create main.arm64.o main.x86_64.o -output main.o
PATH=$WORK/bin:$PATH from_case "$VAFIT" link --level locals -q -- clang-19 --target=arm64-apple-macos13 \
    -fuse-ld=lld "-L$TESTS/programs" -arch arm64 -arch x86_64 ../main.o -o out
expect 'two architectures' 0 '' ''
expect_true 'two architectures: both are there' test \
    "$(llvm-lipo-19 -archs case/out | xargs -n1 | sort | xargs)" = 'arm64 x86_64'
"$VAFIT" shrink case/out.unstripped --level locals -o out -q --unstripped none
expect_true 'two architectures: as shrink would' cmp case/out out
expect_true 'two architectures: smaller' test "$(stat -c %s out)" -lt "$(stat -c %s case/out.unstripped)"
fresh
