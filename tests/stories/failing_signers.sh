# Signers that fail, or leave something else: the image stays as it is, and nothing is left.
. "$(dirname "$0")/../lib/one_program.sh"

# The program as an identity would have signed it: with a blob of slot 0x10000 that is not empty.
rm -rf case && mkdir case
python3 - original signed <<'EOF'
import struct, sys
image = bytearray(open(sys.argv[1], "rb").read())
at = 32
for _ in range(struct.unpack_from("<I", image, 16)[0]):
    number, size = struct.unpack_from("<II", image, at)
    if number == 0x19 and image[at + 8:at + 18] == b"__LINKEDIT":
        segment = at
    if number == 0x1d:
        command = at
    at += size
start, size = struct.unpack_from("<II", image, command + 8)
offset = struct.unpack_from(">I", image, start + 16)[0]
length = struct.unpack_from(">I", image, start + offset + 4)[0]
directory = image[start + offset:start + offset + length]
cms = struct.pack(">II", 0xfade0b01, 24) + b"somebody's seal."
struct.pack_into(">I", directory, 12, 0)
signature = struct.pack(">IIIIIII", 0xfade0cc0, 28 + len(directory) + len(cms), 2, 0, 28, 0x10000, 28 + len(directory))
signature += directory + cms
signature += bytes(-len(signature) % 16)
image[start:] = signature
struct.pack_into("<I", image, command + 12, len(signature))
for field in 32, 48:
    struct.pack_into("<Q", image, segment + field, start + len(signature) - struct.unpack_from("<Q", image, segment + 40)[0])
open(sys.argv[2], "wb").write(image)
EOF
cp signed original
cp original case/program
run "$VAFIT" shrink case/program --in-place
untouched 'signed by somebody' \
    'vafit: case/program: code signature: signed by an identity as original; say with --identity how to sign it again' \
    program 3
failed='vafit: case/program: the command of --identity failed'
for command in false 'exit 3;' 'kill -9 $$;' 'echo damaged >"$1"; false'; do
    cp original case/program
    run "$VAFIT" shrink case/program --in-place --identity "$command"
    untouched "a signer that fails: $command" "$failed" program
done
cp original case/program
run "$VAFIT" shrink case/program --in-place --identity ./no-such-signer
expect_true 'a signer that is not there: is said' grep -qx "$failed" .err
sed -i '/^sh: /d' .err
untouched 'a signer that is not there' "$failed" program
# One that succeeds, and leaves something else.
cp original case/program
run "$VAFIT" shrink case/program --in-place --identity 'rm -f'
untouched 'a signer that removes the file' "$(cat .err)" program
expect_true 'a signer that removes the file: the program is named' grep -q '^vafit: case/program: ' .err
cp original case/program
run "$VAFIT" shrink case/program --in-place --identity 'truncate -s 100'
expect_true 'a signer that cuts the file: is found' test "$status" != 0
untouched 'a signer that cuts the file' "$(cat .err)" program "$status"
cp original case/program
run "$VAFIT" shrink case/program --in-place --identity 'dd bs=1 seek=200000 status=none of='
expect_true 'a signer that is nonsense' test "$status" != 0
cp original case/program
run "$VAFIT" shrink case/program --in-place \
    --identity 'change() { printf X | dd bs=1 seek=200000 conv=notrunc status=none of="$1"; }; change'
expect_true 'a signer that changes the program: is found' grep -q '^vafit: case/program: __DATA: differs at address ' .err
untouched 'a signer that changes the program' "$(cat .err)" program "$status"
