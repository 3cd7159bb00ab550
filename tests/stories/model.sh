# The protocol by which files are replaced, searched whole by spin, and the same with a rule left out, which
# spin must find each time.
. "$(dirname "$0")/../lib/story.sh"

if ! command -v spin >/dev/null || ! command -v cc >/dev/null; then
    skip 'the protocol' 'spin is not installed'
    exit
fi

# search NUMBER: what spin says of the model with that rule left out, 0 for none, in the file NUMBER.out. One
# run is over two images; the other over one, or with WIDE over two as well. The compiler takes longer than
# a short search.
search() {
    local wide=0 optimised=-O0
    case $1 in 0 | 7) wide=1 ;; esac
    [ "$1" != 0 ] || optimised=-O2
    mkdir -p "fault$1" && cd "fault$1" || exit
    spin -DFAULT="$1" -DWIDE=$wide -a "$TESTS/model/replacing.pml" >spin.out 2>&1 &&
        cc $optimised -DSAFETY -DCOLLAPSE -DMEMLIM=1500 -o pan pan.c 2>>spin.out &&
        timeout 400 ./pan -E -m10000 -w22 >"../$1.out" 2>&1
    cat spin.out >>"../$1.out"
}
export -f search
export TESTS
rules=(
    'the file is compared with the one that was read'
    'what came out of an exchange is looked at'
    'the journal is written before names are taken'
    'the original is put aside before its image is replaced'
    'while there is a journal nothing is swept'
    'a new file is locked until it has its name'
    'an entry counts where its own journal is'
    'a new file is only written where there is no journal'
    'undo removes originals while its journal stands'
    'a further name of an original is locked'
    'undo removes originals when nothing waits to be given back'
    'what comes out when a name is given back is looked at'
    'without a journal new files go after originals'
    'an original that is the file itself is looked at again'
    'with a journal new files go before originals'
)
seq 0 ${#rules[@]} | xargs -P 2 -I{} bash -c 'search {}'

expect_true 'no order of steps and kills loses a file' \
    grep -qE 'errors: 0$' 0.out
expect_true 'all of them were searched' bash -c \
    '! grep -qE "max search depth too small|out of memory|exceed|Search not completed|not found" 0.out && grep -qE "^ *[0-9]{7,} states, stored" 0.out'
for i in "${!rules[@]}"; do
    expect_true "without the rule \"${rules[i]}\" spin finds a loss" \
        grep -qE 'assertion violated' $((i + 1)).out
done
