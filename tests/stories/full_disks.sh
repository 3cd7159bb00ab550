# Shrinking on a full disk: the image stays as it is, and nothing is left.
. "$(dirname "$0")/../lib/one_program.sh"

. "$TESTS/lib/kill_everywhere.sh"

trap 'umount "$WORK/disk" 2>/dev/null; rm -rf "$WORK"' EXIT

# on_disk SIZE [INODES]: a file system of that size, or why there is none.
on_disk() {
    umount disk 2>/dev/null
    mount -t tmpfs -o "size=$1,nr_inodes=${2:-100}" tmpfs disk 2>.mount
}
kilobytes=$(($(stat -c %s original) / 1024))
if ! on_disk 1m; then
    skip 'full disks' "no file system can be mounted: $(head -1 .mount)"
else
    rm -rf case && ln -s disk case
    # Room for less and less of the new file.
    for spare in 4 64 1024 $((kilobytes * 2 / 3)); do
        on_disk $((kilobytes + 4 + spare))k
        cp original case/program
        run "$VAFIT" shrink case/program --in-place --level locals
        untouched "a disk with $spare KiB left" 'vafit: case/program: cannot write: No space left on device' program
    done
    on_disk 100m 2
    cp original case/program
    run "$VAFIT" shrink case/program --in-place
    untouched 'a disk without a file left' 'vafit: case/program: cannot write: No space left on device' program
    # The new file fits, the original must be copied to where there is no room.
    rm case && mkdir case && cp original case/program
    on_disk 1m
    run "$VAFIT" shrink case/program --in-place --unstripped disk
    untouched 'a full disk for the original' \
        'vafit: disk/program.unstripped: cannot write: No space left on device' program
    expect_true 'a full disk for the original: nothing is left there' test -z "$(files disk)"
    # With room it is copied.
    on_disk 100m
    run "$VAFIT" shrink case/program --in-place --level locals -q --unstripped disk
    expect 'the original on another disk' 0
    expect_same 'the original on another disk: the program' case/program wanted
    expect_same 'the original on another disk: its copy' disk/program.unstripped original
    expect_true 'the original on another disk: nothing else' test "$(files case) $(files disk)" = \
        'program program.unstripped'
    if strace -V >/dev/null 2>&1 && traced -e inject=getcwd:signal=SIGKILL:when=1 true; then
        kill_everywhere 'killed, the original kept on another disk' SIGKILL true \
            disk/program.unstripped --unstripped disk
        no_litter 'nothing that an ended run wrote is left after the next, on another disk'
    fi
    umount disk
fi
