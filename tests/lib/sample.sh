# Launches of a stand-in: no Mac is here, so that what is launched is a script, which ends each launch as it is told.
. "$(dirname "${BASH_SOURCE[0]}")/rules.sh"

REGION="dyld[77]: dyld cache '(null)' not loaded: syscall to map cache into shared region failed"
MALLOC='Demo(77) BUG IN LIBMALLOC: pointer range initial reservation failed (3)'
MISSING='dyld[77]: Library not loaded: @rpath/libgone.dylib'

# The n-th launch runs line n of the file ends, which is shell text; beyond its last line all is well.
cat >standin <<'STANDIN'
#!/bin/sh
count=$(cat launches 2>/dev/null || echo 0)
count=$((count + 1))
echo $count >launches
echo "$@" >>arguments
aborts() { echo "$1" >&2; kill -ABRT $$; }
eval "$(sed -n "${count}p" ends)"
STANDIN
chmod +x standin
export REGION MALLOC MISSING HOME=$WORK/home
mkdir home

# ends LINE...: how the next sample's launches end.
ends() {
    rm -f launches arguments ./*.abort
    printf '%s\n' "$@" >ends
}
# times COUNT LINE: the line so many times.
times() {
    for _ in $(seq "$1"); do printf '%s\n' "$2"; done
}
