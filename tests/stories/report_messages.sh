# What check says of each rule at 80 columns: the verdict, what failed, what to do, and where more is said. The numbers
# are those of the story `rules`, which says how they come about.
# Labels: quick
. "$(dirname "$0")/../lib/reads.sh"

reads malloc-window 1 three --profile macos-26 <<'END_OF'
three (arm64): does not fit under macos-26
  error: malloc-window: images reach 16.06 GiB, 0.06 GiB past the limit of
      16.00 GiB; 2 of the allocator's 736 places are blocked, so about 0.27 % of
      launches abort
  do: vafit fix --in-place --profile macos-26 three
  why: vafit help malloc-window
END_OF
reads 'malloc-window, headroom' 1 two --headroom 1GiB <<'END_OF'
two (arm64): does not fit under macos-26; fits under macos-27
  error: malloc-window: images reach 15.05 GiB, 0.95 GiB below the limit of
      16.00 GiB, inside the headroom of 1.00 GiB
  do: vafit fix --in-place --headroom 1073741824 two
  why: vafit help malloc-window
END_OF
reads 'image-sum' 1 three --limit 14GiB --profile macos-26 <<'END_OF'
three (arm64): does not fit under macos-26
  error: image-sum: __PAGEZERO 4.00 GiB + executable 1.02 GiB + shared region
      6.00 GiB + 3 dylibs 3.05 GiB = 14.06 GiB, 0.06 GiB past the limit of
      14.00 GiB
  error: malloc-window: images reach 16.06 GiB, 2.06 GiB past the limit of
      14.00 GiB; 2 of the allocator's 736 places are blocked, so about 0.27 % of
      launches abort
  do: vafit fix --in-place --profile macos-26 --limit 15032385536 three
  why: vafit help image-sum, vafit help malloc-window
END_OF
reads 'warnings' 0 three --limit 15099498496 --warn-at 99 --profile macos-26 --rule malloc-window=warn <<'END_OF'
three (arm64): fits, with warnings, under macos-26
  warning: image-sum: __PAGEZERO 4.00 GiB + executable 1.02 GiB + shared region
      6.00 GiB + 3 dylibs 3.05 GiB = 14.062500 GiB, 4.0 KiB below the limit of
      14.062504 GiB
  warning: malloc-window: images reach 16.06 GiB, 2.00 GiB past the limit of
      14.06 GiB; 2 of the allocator's 736 places are blocked, so about 0.27 % of
      launches abort
END_OF

executable long 1968
reads 'shared-region, some slides, code' 1 long <<'END_OF'
long (arm64): does not fit under macos-26 and macos-27
  error: shared-region: the executable ends at 0x17c000000, and slid by 80.0 MiB
      at 0x180ffc000, 16.0 MiB past the shared region at 0x180000000; 1023 of
      3069 slides reach it, so about 33.33 % of launches abort
  do: 1.92 GiB of the executable are code, most of it in __TEXT: move code into
      dylibs, which are placed elsewhere, or link with -dead_strip
  why: vafit help shared-region
END_OF
# Two GiB of __DATA of which the file has a page.
image filled --segment __PAGEZERO=0+0x100000000 --segment __TEXT=0x100000000+0x8000 \
    --segment __DATA=0x100008000+0x4000 --segment __LINKEDIT=0x180008000+0x4000
"$POKE" filled 'LC_SEGMENT_64[2]+32:8' $((2 << 30))
reads 'shared-region, all slides, zero-fill' 1 filled <<'END_OF'
filled (arm64): does not fit under macos-26 and macos-27
  error: shared-region: the executable ends at 0x18000c000, and slid by 80.0 MiB
      at 0x185008000, 80.0 MiB past the shared region at 0x180000000; every
      slide reaches it, so every launch aborts
  do: 2.00 GiB of the executable are zero-fill, most of it in __DATA: allocate
      it at run time (malloc, mmap; in Fortran allocatable arrays) in place of
      static arrays
  why: vafit help shared-region
END_OF
image full.dylib --type dylib --id @rpath/full.dylib --segment __TEXT=0+0x8000 --segment __DATA=0x8000+0x4000 \
    --segment __LINKEDIT=0x120008000+0x4000
"$POKE" full.dylib 'LC_SEGMENT_64[1]+32:8' 0x120000000
reads 'image-size' 1 full.dylib --profile macos-15 <<'END_OF'
full.dylib (arm64): does not fit under macos-15
  error: image-size: full.dylib has 4.50 GiB, 0.50 GiB past the 4 GiB of 32-bit
      offsets
  do: 4.50 GiB of full.dylib are zero-fill, most of it in __DATA: allocate it at
      run time (malloc, mmap; in Fortran allocatable arrays) in place of static
      arrays
  why: vafit help image-size
END_OF

image odd.dylib --type dylib --id @rpath/odd.dylib --text 16384 --symbols 8 --misaligned-strings --hashes
strings=$(printf '0x%x' "$(llvm-otool-19 -l odd.dylib | awk '$1 == "stroff" { print $2 }')")
reads 'linkedit-alignment of two systems' 1 odd.dylib <<END_OF
odd.dylib (arm64): does not fit under macos-27; fits, with warnings, under
    macos-26
  error: linkedit-alignment (macos-27): 1 part of __LINKEDIT is misaligned:
      odd.dylib (string pool at $strings)
  warning: linkedit-alignment (macos-26): 1 part of __LINKEDIT is misaligned:
      odd.dylib (string pool at $strings)
  do: vafit fix --in-place odd.dylib
  why: vafit help linkedit-alignment
END_OF

executable gone 16 --load @rpath/libgone.dylib --load @rpath/libgone2.dylib
reads unresolved 3 gone <<'END_OF'
gone (arm64): cannot be judged for macos-26 and macos-27, since dylibs are
    missing
  error: unresolved: gone asks for @rpath/libgone.dylib, which was not found;
      tried libgone.dylib (no such file)
  error: unresolved: gone asks for @rpath/libgone2.dylib, which was not found;
      tried libgone2.dylib (no such file)
  do: build it, correct the LC_RPATHs of its loaders, or name its folder with
      --search or --sysroot
  why: vafit help unresolved
END_OF

"$VAFIT" check two --baseline base.json --update-baseline >/dev/null
executable two 1100 --load @rpath/lib1.dylib --load @rpath/lib2.dylib
reads growth 1 two --baseline base.json --max-growth 10MiB <<'END_OF'
two (arm64): fits under macos-26 and macos-27, but has grown by more than is
    allowed
  error: growth: the images grew by 76.0 MiB since the baseline; 10.0 MiB are
      allowed; most of it: two 76.0 MiB
  do: `vafit diff OLD.json NEW.json` sorts the images of two reports by their
      growth
  why: vafit help growth
END_OF
