# Shrinking what cannot be written: the image stays as it is, and nothing is left.
. "$(dirname "$0")/../lib/one_program.sh"

start
run bash -c 'trap "" XFSZ; ulimit -f 1024; "$@"' - "$VAFIT" shrink case/program --in-place --level locals
untouched 'a limit of file sizes' 'vafit: case/program: cannot write: File too large' program
start
run "$VAFIT" shrink case/program --in-place --unstripped original
untouched '--unstripped in a file' \
    'vafit: original/program.unstripped: cannot write: Not a directory' program
run "$VAFIT" shrink case/program --in-place --unstripped original/below
untouched '--unstripped in a folder that cannot be made' \
    'vafit: original/below/program.unstripped: cannot write: Not a directory' program
run "$VAFIT" shrink case/program --out-dir original/below
untouched '--out-dir that cannot be made' 'vafit: original/below/program: cannot write: Not a directory' program
run "$VAFIT" shrink case/program -o original/below/program
untouched '--output in a folder that cannot be made' \
    'vafit: original/below/program: cannot write: Not a directory' program
run "$VAFIT" shrink case/program --in-place --level locals -q --unstripped elsewhere/new/folder
expect '--unstripped in a folder that is not there yet' 0
expect_same '--unstripped in a folder that is not there yet: the program' case/program wanted
expect_same '--unstripped in a folder that is not there yet: the original' \
    elsewhere/new/folder/program.unstripped original
start
mkdir case/folder
run "$VAFIT" shrink case/program -o case/folder
untouched '--output that is a folder' 'vafit: case/folder: cannot write: not a regular file' 'folder program'
rm -rf case/folder*
start
mkdir -p case/program.unstripped
run "$VAFIT" shrink case/program --in-place
untouched 'a folder where the original would stay' \
    'vafit: case/program.unstripped: is there, and is not the original of case/program; move it away, or keep originals elsewhere with --unstripped' 'program program.unstripped'
start
long=$(printf '%0250d' 0)
run "$VAFIT" shrink case/program -o "case/$long"
untouched 'a name too long for one beside it' "vafit: case/$long: cannot write: File name too long" program

if ! command -v setpriv >/dev/null || [ "$(id -u)" != 0 ] ||
    ! setpriv --reuid=65534 --regid=65534 --clear-groups "$VAFIT" --version >/dev/null 2>&1; then
    skip 'folders that cannot be written' 'this user cannot become another, who has no rights'
else
    as_nobody() { run setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
    start
    as_nobody "$VAFIT" shrink case/program --in-place
    untouched 'a folder that cannot be written' 'vafit: case/program: cannot write: Permission denied' program
    as_nobody "$VAFIT" shrink case/program --out-dir elsewhere
    untouched '--out-dir that cannot be written' 'vafit: elsewhere/program: cannot write: Permission denied' program
    chmod 777 case
    as_nobody "$VAFIT" shrink case/program --in-place --unstripped elsewhere
    untouched '--unstripped in a folder that cannot be written' \
        'vafit: elsewhere/program.unstripped: cannot write: Permission denied' program
    chmod 700 case/program
    as_nobody "$VAFIT" shrink case/program --in-place
    untouched 'a program that cannot be read' 'vafit: case/program: cannot open: Permission denied' program
fi
