# What tests/large/concurrent.sh starts at a time, and what must hold after it.

# stopped NUMBER COMMAND...: ends it at a random call, after a random time, or not at all.
calls=(renameat2 link unlink openat pwrite64 fsync ftruncate fchmod flock)
stopped() {
    local number=$1 signal how call
    signal=$([ $((RANDOM % 2)) = 0 ] && echo KILL || echo TERM)
    how=$((RANDOM % 6)) call=${calls[RANDOM % ${#calls[@]}]}
    shift
    echo "$signal $how $call $*" >"command$number"
    case $how in
        0) "$@" ;;
        1 | 2) timeout --foreground -s $signal "0.0$((RANDOM % 10))$((RANDOM % 10))" "$@" ;;
        *) strace -qq -o "trace$number" -e "trace=$call" -e "inject=$call:signal=SIG$signal:when=$((1 + RANDOM % 12))" "$@" ;;
    esac >"out$number" 2>"err$number"
    echo $? >"status$number"
}
# one NUMBER: some run, in the background of its caller.
one() {
    local image=${images[RANDOM % 4]} version=${versions[RANDOM % 3]}
    case $((RANDOM % 8)) in
        0 | 1 | 2) stopped "$1" "$VAFIT" fix out/main --in-place -q --limit $limit ;;
        3 | 4) stopped "$1" "$VAFIT" shrink "out/$image" --in-place -q --level ${levels[RANDOM % 3]} ;;
        5) stopped "$1" "$VAFIT" link -q -- sh linker $version "$image" link -o "out/$image" ;;
        6) stopped "$1" "$VAFIT" fix out/main --undo -q ;;
        7) echo "linker $version $image" >"command$1" && sh linker $version "$image" plain && echo 0 >"status$1" ;;
    esac
}

# has_last IMAGE: what was linked last is there under one of its names.
has_last() {
    local version rest name
    read -r version rest <"last/$1"
    for name in "out/$1"{,.unstripped,.vafit-new,.unstripped.vafit-new}; do
        cmp -s "$name" "version$version/$1" && return
    done
    return 1
}
# judge: what is wrong after a round.
judge() {
    local image number version who removed='was not made from it, which stays'
    for image in "${images[@]}"; do
        read -r version who <"last/$image"
        if [ ! -e "out/$image" ] && grep -qs "link -q .* -o out/$image\$" command?; then
            # A link that fails takes away its output, also that of an earlier one.
            relink "$version" "$image"
            removed='@rpath/.* was not found|cannot open: No such file'
            continue
        fi
        [ -n "${known[$image$(digest "out/$image")]-}" ] || echo "$image is not whole: $(ls -l "out/$image")"
        has_last "$image" || echo "$image: version $version is nowhere"
    done
    for number in 1 2 3; do
        [ -e status$number ] || continue
        # undo may find a file that was linked anew, any run one that is gone.
        case $(grep -qsE "was not made from it, which stays|${removed-}" err$number || cat status$number) in
            '' | 0 | 1 | 4 | 124 | 137 | 143) ;;
            *) echo "status $(cat status$number) of $(cat command$number): $(cat err$number)" ;;
        esac
        # Malformed is what a file that was linked by half is; none is.
        ! grep -s malformed err$number
    done
}
# settle: after some rounds an undisturbed run ends all, and undo gives back every byte.
settle() {
    local image version rest
    "$VAFIT" fix out/main --in-place -q --limit $limit >.out 2>&1 || echo "fix: status $?: $(cat .out)"
    for image in "${images[@]}"; do
        [ -n "${known[$image$(digest "out/$image")]-}" ] || echo "settled: $image is not whole"
    done
    # Originals of earlier links stay where they are.
    "$VAFIT" fix out/main --undo -q >.out 2>&1 || grep -q 'was not made from it, which stays' .out || echo "undo: $(cat .out)"
    for image in "${images[@]}"; do
        read -r version rest <"last/$image"
        cmp "out/$image" "version$version/$image"
    done
    find out -name '*.vafit-*'
    find out -name '*.[0-9]*' -delete
}
