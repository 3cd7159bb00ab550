# The tool as Bazel builds it from source, and as the rules choose it when no other is registered.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/bazel.sh"

if ! reason=$(bazel_there); then
    skip 'the tool built by Bazel' "$reason"
    exit
fi
trap 'bazel_end one; rm -rf "$WORK"' EXIT
bazel_workspace one
run bazel_in one build --config=arm64 //app:shop_fits
expect 'a check with the tool built from source' 0 '' -
tool=$(find -L one/bazel-out -path '*/external/vafit/vafit' -type f | head -1)
expect_true 'it was built for the machine that builds' test -x "$tool"
run "$tool" --version
mv .out found
"$VAFIT" --version >wanted
expect_same 'and is of the same version' wanted found
"$VAFIT" scan one/bazel-bin/app/shop --as app/shop >wanted
expect_same 'its facts are those of the other build' wanted one/bazel-bin/app/shop_fits.vafit/app/shop.json
run bazel_in one build --config=arm64 --repo_env=VAFIT=/nowhere/vafit --extra_toolchains=@vafit_prebuilt//:toolchain //app:shop_fits
expect_true 'an installed tool that is not there ends the build' test $status != 0
expect_true 'by its name' grep -q '@vafit_prebuilt: there is no program /nowhere/vafit; set its path' .err
