# Builds one of the builds that tests/run-one knows, as a test.
set -u
cd "$(dirname "$0")/../.." || exit 1

by_preset() {
    cmake --preset "$1" >/dev/null && cmake --build --preset "$1"
}
# without_preset FOLDER OPTION...
without_preset() {
    cmake -G Ninja -S . -B "$@" -DVAFIT_WERROR=ON >/dev/null && cmake --build "$1"
}

case $1 in
release)
    name='gcc builds without a warning'
    build() { by_preset release; }
    ;;
optimised)
    name='gcc builds without assertions, as packages do, and without a warning'
    build() { without_preset build-optimised -DCMAKE_BUILD_TYPE=Release -DVAFIT_TESTS=OFF -DVAFIT_UNIT_TESTS=OFF; }
    ;;
clang)
    # What clang warns of does not depend on how it optimises, and nobody runs what is built here. The tests are built
    # by clang with the sanitizers.
    name='clang builds without assertions and without a warning'
    build() { without_preset build-clang-plain -DCMAKE_C_COMPILER=clang-19 -DCMAKE_BUILD_TYPE=None -DCMAKE_C_FLAGS=-DNDEBUG \
        -DVAFIT_TESTS=OFF -DVAFIT_UNIT_TESTS=OFF; }
    ;;
sanitize)
    name='clang with sanitizers builds without a warning'
    build() { by_preset sanitize; }
    ;;
fuzz)
    # With what they start from.
    name='fuzz: the fuzz targets build'
    build() { by_preset fuzz && bash tests/fuzz/seeds.sh build-fuzz/seeds; }
    ;;
real)
    # Made once, into the cache, by all processors; without it the tests that want it are skipped.
    TESTS=$PWD/tests
    . tests/lib/real_build.sh
    name='a real component build, from the cache or anew'
    build() { { real_build x86_64 abseil && real_build arm64; } || name="$name # SKIP the sources or headers cannot be had"; }
    ;;
*)
    echo "there is no build called $1" >&2
    exit 2
    ;;
esac
printed=$(mktemp)
trap 'rm -f "$printed"' EXIT
if build >"$printed" 2>&1; then
    echo "ok - $name"
else
    echo "not ok - $name"
    tail -40 "$printed" | sed 's/^/# /'
fi
