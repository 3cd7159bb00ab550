# Ends shrink before each of its calls. What `case` is comes from one_program.sh.

# A run under strace, which is no friend of the leak checker. The shell does not say who was killed. What
# is started in the background inherits that SIGINT is ignored.
traced() {
    { ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 env --default-signal=INT strace -f -qq -o trace "$@" >.out 2>.err </dev/null; } 2>/dev/null
}

CALLS=openat,pread64,pwrite64,copy_file_range,ftruncate,fchmod,fsync,close
CALLS+=,link,linkat,unlink,unlinkat,rename,renameat,renameat2
killed=0 littered=0
litter_left=()

# whole NAME: the program is the old one or the new one, and the original's bytes are still there.
whole() {
    if ! cmp -s case/program "$before" && ! cmp -s case/program wanted; then
        echo "$1: the program is neither the old one nor the new one"
    elif [ "$keeps" = yes ] && ! cmp -s case/program original && ! cmp -s "$kept" original; then
        echo "$1: the original is lost"
    elif ! "$VAFIT" verify case/program --against original -q 2>.err; then
        echo "$1: $(cat .err)"
    fi
}

# finishes NAME: shrinking once more ends as if nothing had happened.
finishes() {
    if ! "$VAFIT" shrink case/program --in-place --level locals -q "${options[@]}" 2>.err; then
        echo "$1: the next run fails: $(cat .err)"
    elif ! cmp -s case/program wanted; then
        echo "$1: the next run makes another program"
    elif [ "$keeps" = yes ] && ! cmp -s "$kept" original; then
        echo "$1: the next run keeps another original"
    fi
}

# litter: what lies beside the program and its original.
litter() {
    local file
    for file in case/* elsewhere/* disk/*; do
        case ${file##*/} in program | program.unstripped) ;; *) printf '%s ' "$file" ;; esac
    done
}

# no_litter NAME: judges what the runs since the last time have left.
no_litter() {
    if [ ${#litter_left[@]} = 0 ]; then
        pass "$1"
    else
        {
            echo "$littered of $killed ended runs leave a file, which the next run leaves in ${#litter_left[@]} cases:"
            printf '%s\n' "${litter_left[@]}"
        } | head -40 | fail "$1"
    fi
    killed=0 littered=0 litter_left=()
}

# kill_everywhere NAME SIGNAL PREPARE KEPT [OPTION...]: shrink in place, ended by SIGNAL before each of the
# calls that it makes from the first look at the program on; KEPT is where the original stays, or "".
kill_everywhere() {
    local name=$1 signal=$2 prepare=$3 call count points=0 line
    kept=$4 options=("${@:5}") keeps=no before=original
    [ -z "$kept" ] || keeps=yes
    start
    $prepare
    cp case/program before && before=before
    traced -e trace="$CALLS" "$VAFIT" shrink case/program --in-place --level locals -q "${options[@]}" ||
        fail "$name: without a signal" <.err
    : >.wrong
    # The calls of the thread that shrinks, each with how many of its name came before. Reading is
    # the same thing many times over: a few of it are enough.
    awk -v main="$(head -1 trace | cut -d' ' -f1)" '
        $1 == main && match($2, /^[a-z0-9_]+/) {
            call = substr($2, RSTART, RLENGTH)
            n = ++seen[call]
            if (/case\/program/) begun = 1
            if (begun && ((call != "pread64" && call != "close") || ++often[call] <= 4)) print call, n
        }' trace >points
    while read -r call count; do
        start
        $prepare
        traced -e trace="$CALLS" -e inject="$call:signal=$signal:when=$count" \
            "$VAFIT" shrink case/program --in-place --level locals -q "${options[@]}"
        line="$name, before $call $count"
        grep -q "killed by $signal" trace || continue
        points=$((points + 1)) killed=$((killed + 1))
        whole "$line" >>.wrong
        [ -z "$(litter)" ] || littered=$((littered + 1))
        finishes "$line" >>.wrong
        [ -z "$(litter)" ] || litter_left+=("$line: $(litter)")
    done <points
    if [ $points -lt 5 ]; then
        fail "$name" <<<"only $points points were reached"
    elif [ -s .wrong ]; then
        fail "$name" <.wrong
    else
        pass "$name: the program is whole, the original is kept, and the next run finishes"
    fi
}
