# Facts files that do not have the program, or are no files.
. "$(dirname "$0")/../lib/malformed_facts.sh"

printf '%s' "$facts" >facts.json
refused 'an executable that is not among the facts' 3 \
    'vafit: c: not among the images of the facts files' "$VAFIT" check c --facts facts.json
printf '{"schema": "vafit.facts/1", "images": []}' >more.json
refused 'no images at all' 3 'vafit: a: not among the images of the facts files' \
    "$VAFIT" check a --facts more.json
cp facts.json more.json
refused 'two files with the same image' 3 \
    'vafit: more.json: path: a comes twice among the facts' \
    "$VAFIT" check a --facts facts.json more.json
rm more.json
refused 'a facts file that is not there' 4 \
    'vafit: more.json: cannot open: No such file or directory' \
    "$VAFIT" check a --facts facts.json more.json
mkdir folder
mkfifo fifo
refused 'a folder' 4 'vafit: folder: cannot open: not a regular file' \
    "$VAFIT" check a --facts folder
refused 'a FIFO' 4 'vafit: fifo: cannot open: not a regular file' "$VAFIT" check a --facts fifo
truncate -s 1073741825 large.json
refused 'a file of more than 1 GiB' 4 \
    'vafit: large.json: cannot read: it is larger than 1073741824 bytes' \
    "$VAFIT" check a --facts large.json
refused 'no operand in front of --facts' 2 'vafit: check needs an executable, named before --facts
vafit: see `vafit help check`' "$VAFIT" check --facts facts.json a
run "$VAFIT" check a --facts
expect '--facts without a file' 2 '' 'vafit: --facts needs an argument
vafit: see `vafit help check`'
