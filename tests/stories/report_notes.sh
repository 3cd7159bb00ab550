# What check says at 80 columns of what has no room, is misaligned in many places, may be missing, or does not apply.
# Labels: quick
. "$(dirname "$0")/../lib/reads.sh"

# An address space that is full: the stack parts what is left from 12 to 14 GiB, and no hole has 1040 MiB.
echo '{"schema": "vafit.profile/1", "name": "small", "based_on": "macos-26", "arm64": {"address_end": "14GiB", "stack_end": "13GiB", "reserved": []}}' >small.json
reads 'no room' 1 three --profile small.json <<'END_OF'
three (arm64): does not fit under small
  error: malloc-window: there is no room for 3 images at all
  do: vafit fix --in-place --profile small.json three
  why: vafit help malloc-window
END_OF
for i in 1 2 3 4; do image odd$i.dylib --type dylib --id @rpath/odd$i.dylib --text 16384 --symbols 8 --misaligned-strings; done
strings=$(printf '0x%x' "$(llvm-otool-19 -l odd1.dylib | awk '$1 == "stroff" { print $2 }')")
executable odd 16 --load @rpath/odd1.dylib --load @rpath/odd2.dylib --load @rpath/odd3.dylib --load @rpath/odd4.dylib
reads 'many misaligned parts' 1 odd --profile macos-27 <<END_OF
odd (arm64): does not fit under macos-27
  error: linkedit-alignment: 4 parts of __LINKEDIT are misaligned: odd1.dylib
      (string pool at $strings), odd2.dylib (string pool at $strings), odd3.dylib
      (string pool at $strings) and 1 more
  do: vafit fix --in-place --profile macos-27 odd
  why: vafit help linkedit-alignment
END_OF
# What passes is for -v, and what may be missing for everybody.
executable gone 16 --load @rpath/libgone.dylib --weak @rpath/libgone2.dylib
reads 'what may be missing' 3 gone --profile macos-26 <<'END_OF'
gone (arm64): cannot be judged for macos-26, since dylibs are missing
  error: unresolved: gone asks for @rpath/libgone.dylib, which was not found;
      tried libgone.dylib (no such file)
  do: build it, correct the LC_RPATHs of its loaders, or name its folder with
      --search or --sysroot
  why: vafit help unresolved
  not found, as it may be: @rpath/libgone2.dylib (weak), asked for by gone
END_OF
image intel --arch x86_64 --text 16384
size=$(($(llvm-otool-19 -l intel | awk '$1 == "vmsize" { print $2 }' | tail -n +2 | paste -sd+)))
COLUMNS=80 run "$VAFIT" check intel -v --profile macos-26
grep -A1 '^  [a-z-]*: ' .out | grep -v '^--' | grep -v '^      what' >.said
cat >.wanted <<END_OF
  pass: image-size: intel has $((size / 1024)).0 KiB, 4.00 GiB below the 4 GiB of 32-bit
      offsets
  pass: linkedit-alignment: every part of every __LINKEDIT is aligned
  pass: unresolved: every dylib was found
  not-applicable: image-sum: does not apply to x86_64: only arm64 programs are
      affected
  not-applicable: malloc-window: does not apply to x86_64: only arm64 programs
      are affected
  not-applicable: shared-region: does not apply to x86_64: only arm64 programs
      are affected
END_OF
expect_same 'what does not apply, with -v' .wanted .said
