# Damaged code signatures: verify says which hash or which field it is, with the original and without.
. "$(dirname "$0")/../lib/victim.sh"

arm64_damages
take_signature
directory() { printf '@%d:%db' $((directory + $1)) "$2"; }
hash_line() { printf 'code signature page %d: its hash does not match the bytes at 0x%x' "$1" $(($1 * 4096)); }
expect_true 'arm64: is signed as ld64.lld does' test "$(u32_big $((directory + 12)))" = $((0x20002))
damage 'arm64: the hash of a page' 1 "$(hash_line 1)" @$((hashes + 32)):1=+1
damage 'arm64: the hash of the last page' 1 "$(hash_line $((pages - 1)))" @$((hashes + 32 * pages - 1)):1=+1
damage 'arm64: the hashes begin elsewhere' 1 "code signature nCodeSlots: $(hex "$pages") hashes run past the end of the CodeDirectory" \
    "$(directory 16 4)"=+32
damage 'arm64: the identifier' 1 'code signature: the identifier is Xictim, was victim' @"$identifier":1=88
damage 'arm64: another flag' 1 'code signature: the flags are 0x30002, were 0x20002' "$(directory 12 4)"=0x30002
damage 'arm64: no longer signed by the linker' 1 'code signature: the flags are 0x2, were 0x20002' "$(directory 12 4)"=2
found 'arm64: no longer signed ad hoc' "$(directory 12 4)"=0x20000
damage 'arm64: codeLimit' 1 "code signature codeLimit: $(hex $((signature - 1))) bytes are signed, the signature begins at $(
    hex "$signature"
)$NEWLINE$(hash_line $((pages - 1)))" "$(directory 32 4)"=-1
damage 'arm64: codeLimit of a page less' 1 \
    "code signature nCodeSlots: $(hex "$pages") is not the number of pages below codeLimit" "$(directory 32 4)"=-4096
damage 'arm64: a page hash fewer' 1 \
    "code signature nCodeSlots: $(hex $((pages - 1))) is not the number of pages below codeLimit" "$(directory 28 4)"=-1
damage 'arm64: page size' 1 \
    "code signature nCodeSlots: $(hex "$pages") is not the number of pages below codeLimit" "$(directory 39 1)"=14
damage 'arm64: a page size that none has' 1 'code signature pageSize: 0x0 is not a page of 4 to 64 KiB' "$(directory 39 1)"=0
damage 'arm64: the type of hashes' 1 'code signature hashSize: 0x20 is not the size of its hash' "$(directory 37 1)"=1
damage 'arm64: a type of hashes that none has' 1 'code signature hashType: 0x5 is no hash that the kernel takes' "$(directory 37 1)"=5
damage 'arm64: the size of hashes' 1 'code signature hashSize: 0x14 is not the size of its hash' "$(directory 36 1)"=20
damage 'arm64: where the identifier is' 1 'code signature identOffset: 0xffff is not of a string before the hashes' "$(directory 20 4)"=0xffff
damage 'arm64: a special slot that is not there' 1 'code signature nSpecialSlots: 0x8 hashes reach into the fields before them' \
    "$(directory 24 4)"=8
damage 'arm64: the magic of the CodeDirectory' 1 "code signature CodeDirectory: $(
    hex "$(u32_big $((directory + 4)))") bytes are too few, or not its magic" "$(directory 0 1)"=0
damage 'arm64: the magic of the signature' 1 "code signature SuperBlob: $(
    hex "${at[LC_CODE_SIGNATURE.datasize]}") bytes are too few, or not its magic" @"$signature":1=0
damage 'arm64: no blob' 1 'code signature: there is no CodeDirectory' @$((signature + 8)):4b=0
damage 'arm64: a blob past the end' 1 'code signature blob offset: 0xfffff lies past the end of the signature' \
    @$((signature + 16)):4b=0xfffff
damage 'arm64: the CodeDirectory in another slot' 1 'code signature: there is no CodeDirectory' @$((signature + 12)):4b=5
found 'arm64: the version of the CodeDirectory' "$(directory 8 4)"=0x20300
found 'arm64: the platform in the CodeDirectory' "$(directory 38 1)"=1
found 'arm64: execSegBase' "$(directory 64 8)"=0x4000
found 'arm64: execSegLimit' "$(directory 72 8)"=0x8000
found 'arm64: execSegFlags' "$(directory 80 8)"=0
cp "$good" copy
poke_all copy LC_CODE_SIGNATURE+12:4=0
judged 'arm64: the signature gone' 1 'code signature: is gone, or new'
{ head -c "$signature" "$good"; } >copy
less=$((file_size - signature))
poke_all copy header+16:4=-1 header+20:4=-16 "$(segment __LINKEDIT 32 8)"=-$less "$(segment __LINKEDIT 48 8)"=-$less
judged 'arm64: the signature and its load command gone' 1 \
    "mach_header sizeofcmds: $((at[head.size] - 16)) bytes of header and commands, were ${at[head.size]}"
damage 'arm64: cut in the signature' 3 \
    "load command ${at[__LINKEDIT.index]} (LC_SEGMENT_64) filesize: __LINKEDIT has $(hex "${at[__LINKEDIT.filesize]}") bytes at $(
    hex "${at[__LINKEDIT.fileoff]}"), past the end of the slice at $(hex $((file_size - 16)))" size=$((file_size - 16))
found 'arm64: bytes after the signature' size=$((file_size + 16))
damage 'arm64: __PAGEZERO too small' 3 \
    'load commands: __PAGEZERO has 0xffff0000 bytes, fewer than the 4 GiB without which no arm64 program is loaded' \
    LC_SEGMENT_64+32:8=0xffff0000
cp "$good" copy
poke_all copy @$((at[__TEXT,__text.offset])):1=+1
run "$VAFIT" verify copy --against chained/victim
expect_true 'arm64: what two looks find is said once' test -z "$(sort .err | uniq -d)"

# Without the original, a page hash alone tells.
run "$VAFIT" verify copy
expect 'arm64: a byte of code, without the original' 1 '' "vafit: copy: $(hash_line 0)"

cp "$good" copy
poke_all copy "$(directory 32 4)"=-1
run "$VAFIT" verify copy
expect 'arm64: codeLimit, without the original' 1 '' \
    "vafit: copy: code signature codeLimit: $(hex $((signature - 1))) bytes are signed, the signature begins at $(
        hex "$signature"
    )${NEWLINE}vafit: copy: $(hash_line $((pages - 1)))"
cp "$good" copy
poke_all copy LC_CODE_SIGNATURE+8:4=+8 LC_CODE_SIGNATURE+12:4=-8
run "$VAFIT" verify copy
expect 'arm64: the signature off its alignment, without the original' 1 '' "$(
    printf 'vafit: copy: code signature: begins at 0x%x, no multiple of 16\n' $((signature + 8))
    printf 'vafit: copy: code signature SuperBlob: 0x%x bytes are too few, or not its magic' \
        $((at[LC_CODE_SIGNATURE.datasize] - 8))
)"
