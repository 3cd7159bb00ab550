# What packagers do: configure without a preset, and install below any prefix.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"
SOURCE=$(cd "$TESTS/.." && pwd)

# configure FOLDER OPTION...: and the flags that all of vafit is compiled with.
configure() {
    run cmake -G Ninja -S "$SOURCE" -B "$@" -DVAFIT_TESTS=OFF -DVAFIT_UNIT_TESTS=OFF -DCMAKE_EXPORT_COMPILE_COMMANDS=ON
    jq -r '.[].command' "$1/compile_commands.json" | grep -o -e ' -Wconversion' -e ' -Werror' | sort -u | tr -d ' ' >flags
}
configure plain
expect 'it configures' 0 - -
expect_same 'no warning of a newer compiler stops the build' flags <(echo -Wconversion)
configure strict -DVAFIT_WERROR=ON
expect_same 'but for those who ask for it' flags <(printf '%s\n' -Wconversion -Werror)
expect_true 'as all presets do' jq -e 'all(.configurePresets[]; .cacheVariables.VAFIT_WERROR == "ON")' "$SOURCE/CMakePresets.json"

run cmake --install "$BUILD" --prefix "$PWD/in stalled"
expect 'it installs' 0 - ''
{
    echo bin/vafit
    [ ! -x "$BUILD/vafit-lief" ] || echo bin/vafit-lief
    printf '%s\n' bash-completion/completions/vafit zsh/site-functions/_vafit fish/vendor_completions.d/vafit.fish \
        man/man1/vafit.1 cmake/vafit/{Vafit,VafitStep,vafit-config,vafit-config-version,vafit-targets}.cmake \
        doc/vafit/{README.md,CHANGELOG.md,LICENSE} | sed 's|^|share/|'
    (cd "$SOURCE" && find gn bazel -type f ! -path '*/__pycache__/*') | sed 's|^|share/vafit/|'
    (cd "$SOURCE" && ls docs/*.md docs/*.svg) | sed 's|^|share/doc/vafit/|'
} | sort >expected
(cd 'in stalled' && find . -type f ! -name 'vafit-targets-*.cmake') | sed 's|^\./||' | sort >really
expect_same 'with all that belongs to it' expected really
run 'in stalled/bin/vafit' completion bash
expect_same 'the completions are those of the program' .out 'in stalled/share/bash-completion/completions/vafit'
