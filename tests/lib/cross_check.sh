# What the stories of LIEF's reading share.
. "$(dirname "${BASH_SOURCE[0]}")/story.sh"
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
# few_programs: a signed program in the file program, the same for two architectures in the file both, and the
# folders that they come from.
few_programs() {
    throwing_program arm64 arm64-fixup_chains && small_program arm64 arm64-fixup_chains &&
        throwing_program x86_64 x86_64-fixup_chains && small_program x86_64 x86_64-fixup_chains ||
        fail 'building' <<<'the linker failed'
    llvm-lipo-19 -create arm64-fixup_chains/throwing x86_64-fixup_chains/throwing -output both
    cp arm64-fixup_chains/throwing program
}
