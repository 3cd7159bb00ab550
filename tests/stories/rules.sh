# The rules: what each says when it holds, when it fails and when it does not apply.
# Labels: quick
. "$(dirname "$0")/../lib/rules.sh"

says 'image-sum holds' image-sum 1 \
    "pass 15099494400 17179869184 2080374784 $sum3, 1.94 GiB below the limit of 16.00 GiB" three
says 'image-sum fails' image-sum 1 \
    "error 15099494400 15032385536 -67108864 $sum3, 0.06 GiB past the limit of 14.00 GiB" \
    three --limit 14GiB
says 'image-sum warns near its limit' image-sum 1 \
    "warning 15099494400 15099498496 4096 ${sum3/14.06 GiB/14.062500 GiB}, 4.0 KiB below the limit of 14.062504 GiB" \
    three --limit 15099498496 --warn-at 99
says 'a rule can be off' image-sum 1 'off null null null switched off' three --rule image-sum=off
says 'a rule can warn' image-sum 0 \
    "warning 15099494400 10737418240 -4362076160 $sum3, 4.06 GiB past the limit of 10.00 GiB" \
    three --rule image-sum=warn --rule malloc-window=warn --limit 10GiB
says 'image-sum needs a limit' image-sum 0 \
    'not-applicable null null null does not apply: this profile has no malloc window to end before' \
    three --profile macos-15
# 4 GiB + 4 * 1040 MiB + 442 GiB = 460864 MiB.
says 'image-sum of macOS 27 counts all that is closed' image-sum 0 \
    'pass 483250929664 487478788096 4227858432 __PAGEZERO 4.00 GiB + executable 1.02 GiB + shared region 442.00 GiB + 3 dylibs 3.05 GiB = 450.06 GiB, 3.94 GiB below the limit of 454.00 GiB' \
    three --profile macos-27

says 'malloc-window fails' malloc-window 1 \
    "error 17246978048 17179869184 -134217728 images reach 16.06 GiB, 0.06 GiB past the limit of 16.00 GiB; 2 of the allocator's 736 places are blocked, so about 0.27 % of launches abort" three
# Two dylibs end at 12 GiB + 3 * 1040 MiB = 15408 MiB.
says 'malloc-window holds' malloc-window 0 \
    'pass 16156459008 17179869184 956301312 images reach 15.05 GiB, 0.95 GiB below the limit of 16.00 GiB' two
says 'malloc-window keeps its headroom' malloc-window 1 \
    'error 16156459008 17179869184 -50331648 images reach 15.05 GiB, 0.95 GiB below the limit of 16.00 GiB, inside the headroom of 1.00 GiB' \
    two --headroom 1GiB
says 'malloc-window is not of macOS 15' malloc-window 0 \
    'not-applicable null null null does not apply: this profile has no malloc window' three \
    --profile macos-15
# On macOS 27 what does not fit below 6 GiB goes to 448 GiB and up: 448 GiB + 4160 MiB.
says 'malloc-window of macOS 27 lies far up' malloc-window 0 \
    'pass 485398413312 487478788096 2013265920 images reach 452.06 GiB, 1.94 GiB below the limit of 454.00 GiB' \
    three --profile macos-27

# 0x100000000 + 1040 MiB, and 80 MiB less 16 KiB of slide.
says 'shared-region holds' shared-region 0 \
    'pass 5469356032 6442450944 973094912 the executable ends at 0x141000000, and slid by 80.0 MiB at 0x145ffc000, 928.0 MiB below the shared region at 0x180000000' two
executable long 1968
says 'shared-region fails by the slide alone' shared-region 1 \
    'error 6459211776 6442450944 -16760832 the executable ends at 0x17c000000, and slid by 80.0 MiB at 0x180ffc000, 16.0 MiB past the shared region at 0x180000000; 1023 of 3069 slides reach it, so about 33.33 % of launches abort' long
says 'shared-region wants an executable' shared-region 0 \
    'not-applicable null null null does not apply: the program has no executable' lib1.dylib

says 'image-size holds' image-size 0 \
    'pass 1090519040 4294967295 3204448255 two has 1.02 GiB, 2.98 GiB below the 4 GiB of 32-bit offsets' two
# A hole between two segments counts.
far="--segment __TEXT=0+0x1000000 --segment __LINKEDIT=0xff000000+0x1000000"
# shellcheck disable=SC2086
image libhuge.dylib --type dylib --id @rpath/libhuge.dylib $far
executable huge 1024 --load @rpath/libhuge.dylib
says 'image-size fails' image-size 1 \
    'error 4294967296 4294967295 -1 libhuge.dylib has 4.00 GiB, 1 byte past the 4 GiB of 32-bit offsets' huge

# What helps is about what there is most of, here zero-fill: __DATA of a page in the file.
image full.dylib --type dylib --id @rpath/full.dylib --segment __TEXT=0+0x8000 --segment __DATA=0x8000+0x4000 \
    --segment __LINKEDIT=0x120008000+0x4000
"$POKE" full.dylib 'LC_SEGMENT_64[1]+32:8' 0x120000000
run "$VAFIT" check full.dylib --format json
expect_true 'image-size names the heaviest content' test \
    "$(jq -r '.programs[0].findings[] | select(.rule == "image-size") | .help.what_to_do' .out)" = \
    '4.50 GiB of full.dylib are zero-fill, most of it in __DATA: allocate it at run time (malloc, mmap; in Fortran allocatable arrays) in place of static arrays'

image aligned.dylib --type dylib --id @rpath/aligned.dylib --text 16384 --symbols 8
says 'linkedit-alignment holds' linkedit-alignment 0 \
    'pass 0 0 0 every part of every __LINKEDIT is aligned' aligned.dylib
image odd.dylib --type dylib --id @rpath/odd.dylib --text 16384 --symbols 8 --misaligned-strings --hashes
offset=$(llvm-otool-19 -l odd.dylib | awk '$1 == "stroff" { print $2 }')
says 'linkedit-alignment warns' linkedit-alignment 0 \
    "warning 1 0 -1 1 part of __LINKEDIT is misaligned: odd.dylib (string pool at 0x$(printf %x "$offset"))" \
    odd.dylib --profile macos-26
says 'and is an error of macOS 27' linkedit-alignment 1 \
    "error 1 0 -1 1 part of __LINKEDIT is misaligned: odd.dylib (string pool at 0x$(printf %x "$offset"))" \
    odd.dylib --profile macos-27
says 'linkedit-alignment can be an error' linkedit-alignment 1 \
    "error 1 0 -1 1 part of __LINKEDIT is misaligned: odd.dylib (string pool at 0x$(printf %x "$offset"))" \
    odd.dylib --rule linkedit-alignment=error
run "$VAFIT" help linkedit-alignment
do=$(sed -n 's/^do: *//p' .out)
expect_true 'its help begins with what does it' test "${do%% gives*}" = '`vafit align FILE --in-place`'
"$VAFIT" align odd.dylib --in-place >/dev/null
run "$VAFIT" check odd.dylib --rule linkedit-alignment=error -q
expect 'and that does it' 0 ''

# x86_64 programs are not affected, and the report says so.

# shellcheck disable=SC2086
image x1.dylib --arch x86_64 --type dylib --id @rpath/x1.dylib $far
for i in 2 3; do image x$i.dylib --arch x86_64 --type dylib --id @rpath/x$i.dylib --text 2GiB; done
image intel --arch x86_64 --text 16384 --rpath @loader_path --load @rpath/x1.dylib \
    --load @rpath/x2.dylib --load @rpath/x3.dylib
for rule in image-sum malloc-window shared-region; do
    says "$rule is not about x86_64" $rule 1 \
        'not-applicable null null null does not apply to x86_64: only arm64 programs are affected' intel
done
says 'but image-size is' image-size 1 \
    'error 4294967296 4294967295 -1 x1.dylib has 4.00 GiB, 1 byte past the 4 GiB of 32-bit offsets' \
    intel
