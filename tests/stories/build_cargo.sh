# examples/cargo: Cargo links by vafit. Where rustc has no standard library for macOS, a program that does without
# one takes the place of the example's.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"
export VAFIT

if ! command -v cargo >/dev/null || ! command -v rustc >/dev/null; then
    skip 'the example' 'there is no Rust toolchain'
    exit
fi
target=aarch64-apple-darwin
cp -r "$TESTS/../examples/cargo" project
mkdir -p sdk/usr/lib
cp "$TESTS/programs/libSystem.tbd" sdk/usr/lib
# sdk/ has few of the symbols that the standard library would want.
cat >cc <<END
#!/bin/sh
exec clang-19 --target=arm64-apple-macos13 -isysroot $WORK/sdk -fuse-ld=lld -Wl,-undefined,dynamic_lookup "\$@"
END
chmod +x cc
export CC=$WORK/cc

if ! ls "$(rustc --print sysroot)"/lib/rustlib/$target/lib/libstd-*.rlib >/dev/null 2>&1; then
    skip 'the example with the standard library' "rustc has none for $target"
    # Only what the language itself asks for, which no stable compiler lets a program say.
    export RUSTC_BOOTSTRAP=1 CARGO_PROFILE_RELEASE_PANIC=abort
    cat >project/src/main.rs <<'END'
#![feature(no_core, lang_items)]
#![allow(internal_features)]
#![no_core]
#![no_main]

#[lang = "pointee_sized"]
pub trait PointeeSized {}
#[lang = "meta_sized"]
pub trait MetaSized: PointeeSized {}
#[lang = "sized"]
pub trait Sized: MetaSized {}
#[lang = "copy"]
pub trait Copy {}
impl Copy for i32 {}

#[inline(never)]
fn a_local_function_with_quite_a_long_name() -> i32 {
    6
}

#[no_mangle]
pub extern "C" fn main() -> i32 {
    a_local_function_with_quite_a_long_name()
}
END
    if ! rustc --target $target --emit obj -C panic=abort -o main.o project/src/main.rs >/dev/null 2>&1; then
        skip 'a program without the standard library' "this rustc does not compile it: $(rustc --version)"
        exit
    fi
fi

out=project/target/$target/release
build() {
    touch project/src/main.rs
    (cd project && run cargo build --offline --release --target $target && exit "$status")
    status=$?
}
build
expect 'builds' 0 '' -
original=$(echo $out/deps/sum-*.unstripped)
expect_true 'the original is beside the program' test -f "$original"
expect_true 'the program is smaller' test "$(stat -c %s $out/sum)" -lt "$(stat -c %s "$original")"
expect_true 'and means the same' "$VAFIT" verify -q $out/sum --against "$original"
if [ -n "${RUSTC_BOOTSTRAP-}" ]; then
    run_program arm64 $out/sum
    expect_true 'and runs' test $? = 6
fi
export VAFIT_LINK='--if-needed --limit 10GiB'
build
expect_true 'a program that cannot be made to fit fails the build' test $status != 0
expect_true 'with the reason' grep -q 'error: image-sum: ' .err
expect_true 'and is not there' test ! -e "${original%.unstripped}"
VAFIT_LINK='--if-needed'
build
expect 'one that fits is left alone' 0 '' -
expect_true 'and the original of the earlier link stays' test -e "$original"
