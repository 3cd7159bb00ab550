# Programs of every kind, linked in each way, and what they print.
. "$(dirname "${BASH_SOURCE[0]}")/story.sh"
. "$TESTS/lib/programs.sh"

ulimit -c 0

# What the programs print, by hand from tests/programs.
small='left: 2
right: 20'

shapes='begin libshape
begin libround
begin main
circle
area: 75
mark: 5
square: 0
shape
area: 16
mark: -1
square: 1
tag: 7
number in libround: 201
number in libshape: 202
counts: 3
count: 3
number: 203
shared: 42
a circle goes
a shape goes
a shape goes
end main
end libround
end libshape'

throwing='libdeep
libmiddle
result: 78
libdeep
libmiddle
number: 5
libdeep
libmiddle
again
error
code: 6
libdeep
libmiddle
again
deep error
deep code: 7
libdeep
libmiddle
result: 8063
a large frame
libdeep
libmiddle
something
a thread
libdeep
libmiddle
again
deep error
deep code: 9
deep calls: 101
middle catches: 1
a thread leaves libdeep
deep calls: 106
middle catches: 3
a thread leaves libdeep'

linking='inner begins
outer begins
an argument
inner: 11
outer: 9
near: 8
far: FAR
back: -16
optional is there: 0
absent is there: 0
not there: 1
plugin begins
plugin: 70
no such symbol: 1
the same: 1
libinner.dylib
inner_bytes
into it: 3
libplugin.dylib
plugin_value
into it: 0
linking
main
into it: 0'

# runs NAME ARCH FOLDER: all programs in FOLDER print what they are to.
runs() {
    run run_program "$2" "$3/c/main"
    expect "$1: C" 0 "$small"
    run run_program "$2" "$3/cxx/shapes"
    expect "$1: C++" 3 "$shapes"
    run run_program "$2" "$3/throwing/throwing"
    expect "$1: C++ that throws" 4 "$throwing"
    run run_program "$2" "$3/linking/linking" 'an argument'
    expect "$1: linking" 5 "${linking/FAR/4000}"
    run run_program "$2" "$3/far/linking" 'an argument'
    expect "$1: addends of 64 bits" 5 "${linking/FAR/8589934592}"
    run run_program "$2" "$3/overwrite/overwrite"
    expect "$1: constants cannot be written" 139 first -
}

# programs ARCH FOLDER STYLE: builds them all.
programs() {
    small_program "$1" "$2/c" "$3" && cxx_program "$1" "$2/cxx" "$3" &&
        throwing_program "$1" "$2/throwing" "$3" && linking_program "$1" "$2/linking" "$3" &&
        linking_program "$1" "$2/far" "$3" -DFAR=0x200000000 &&
        overwrite_program "$1" "$2/overwrite" "$3"
}
