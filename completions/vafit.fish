# fish completion for vafit, printed by `vafit completion fish`.

function __vafit_no_verb
    test (count (commandline -opc)) -eq 1
end

function __vafit_verb -a verb
    set -l words (commandline -opc)
    test (count $words) -ge 2; and test "$words[2]" = $verb
end

function __vafit_behind_separator
    contains -- -- (commandline -opc)
end

# What the command behind "--" would complete.
function __vafit_command
    set -l words (commandline -opc) (commandline -ct)
    set -l at (contains -i -- -- $words)
    complete -C (string join ' ' -- (string escape -- $words[(math $at + 1)..-2]) $words[-1])
end

complete -c vafit -n __vafit_no_verb -f -l version -d 'print the version'
complete -c vafit -n __vafit_no_verb -f -a help -d 'list the verbs, or the options of one'
complete -c vafit -n '__vafit_verb help' -f -a ' check why scan shrink fix consolidate verify link completion'

complete -c vafit -n __vafit_no_verb -f -a check -d 'does each program, with the dylibs it loads, fit in the address space?'
complete -c vafit -n '__vafit_verb check' -s o -l output -r -F -d 'write the result to FILE, which stays untouched when equal; - prints it'
complete -c vafit -n '__vafit_verb check' -l depfile -r -F -d 'write the files that were read to FILE, for a build tool; needs --output'
complete -c vafit -n '__vafit_verb check' -l arch -x -a 'arm64 arm64e x86_64 x86_64h' -d 'only this architecture of a universal file: arm64, arm64e, x86_64 or x86_64h'
complete -c vafit -n '__vafit_verb check' -l sysroot -x -a '(__fish_complete_directories)' -d 'look absolute install names up below DIR first'
complete -c vafit -n '__vafit_verb check' -l search -x -a '(__fish_complete_directories)' -d 'look in DIR for dylibs that are nowhere else; repeatable'
complete -c vafit -n '__vafit_verb check' -l insert -r -F -d 'load FILE first, as DYLD_INSERT_LIBRARIES does; repeatable'
complete -c vafit -n '__vafit_verb check' -l facts -r -F -d 'read what `vafit scan` wrote in place of the images; takes all up to the next option'
complete -c vafit -n '__vafit_verb check' -l allow-missing -x -d 'install names like GLOB may be missing; repeatable'
complete -c vafit -n '__vafit_verb check' -l profile -r -F -a 'macos-26 macos-27 macos-15' -d 'macos-26 (default), macos-27, macos-15, or a JSON file'
complete -c vafit -n '__vafit_verb check' -l limit -x -d 'the limit of image-sum and malloc-window, in place of the profile\'s'
complete -c vafit -n '__vafit_verb check' -l headroom -x -d 'keep SIZE free below the malloc window (64MiB)'
complete -c vafit -n '__vafit_verb check' -l rule -x -a 'image-sum=error image-sum=warn image-sum=off malloc-window=error malloc-window=warn malloc-window=off shared-region=error shared-region=warn shared-region=off image-size=error image-size=warn image-size=off linkedit-alignment=error linkedit-alignment=warn linkedit-alignment=off unresolved=error unresolved=warn unresolved=off growth=error growth=warn growth=off' -d 'judge a rule as error, warn or off; repeatable'
complete -c vafit -n '__vafit_verb check' -l format -x -a 'text json sarif github' -d 'text (default), json, sarif or github'
complete -c vafit -n '__vafit_verb check' -l warn-at -x -d 'warn when this share of a limit is reached'
complete -c vafit -n '__vafit_verb check' -l baseline -r -F -d 'the sums that were recorded'
complete -c vafit -n '__vafit_verb check' -l max-growth -x -d 'how far a program\'s sum may have grown over the baseline'
complete -c vafit -n '__vafit_verb check' -l update-baseline -d 'record the sums of these programs in the baseline'
complete -c vafit -n '__vafit_verb check' -l top -x -d 'break down the N heaviest images (10)'
complete -c vafit -n '__vafit_verb check' -l top-names -x -d 'say who fills the symbol tables: the N prefixes of names with the most bytes'
complete -c vafit -n '__vafit_verb check' -l advice -x -a 'auto always never' -d 'count what a new link or rewriting would free: auto (default), always or never'
complete -c vafit -n '__vafit_verb check' -l exit-zero -d 'exit 0 whatever is found, for build steps that only write the report'
complete -c vafit -n '__vafit_verb check' -l color -x -a 'auto always never' -d 'auto (default), always or never'
complete -c vafit -n '__vafit_verb check' -s j -l jobs -x -d 'use at most N threads (one per processor)'
complete -c vafit -n '__vafit_verb check' -s q -l quiet -d 'text: only what failed'
complete -c vafit -n '__vafit_verb check' -s v -l verbose -d 'text: every image and every rule\'s help'

complete -c vafit -n __vafit_no_verb -f -a why -d 'who loads a dylib, and what would not be loaded without it?'
complete -c vafit -n '__vafit_verb why' -s o -l output -r -F -d 'write the result to FILE, which stays untouched when equal; - prints it'
complete -c vafit -n '__vafit_verb why' -l depfile -r -F -d 'write the files that were read to FILE, for a build tool; needs --output'
complete -c vafit -n '__vafit_verb why' -l arch -x -a 'arm64 arm64e x86_64 x86_64h' -d 'only this architecture of a universal file: arm64, arm64e, x86_64 or x86_64h'
complete -c vafit -n '__vafit_verb why' -l sysroot -x -a '(__fish_complete_directories)' -d 'look absolute install names up below DIR first'
complete -c vafit -n '__vafit_verb why' -l search -x -a '(__fish_complete_directories)' -d 'look in DIR for dylibs that are nowhere else; repeatable'
complete -c vafit -n '__vafit_verb why' -l insert -r -F -d 'load FILE first, as DYLD_INSERT_LIBRARIES does; repeatable'
complete -c vafit -n '__vafit_verb why' -l facts -r -F -d 'read what `vafit scan` wrote in place of the images; takes all up to the next option'
complete -c vafit -n '__vafit_verb why' -l format -x -a 'text json' -d 'text (default) or json'
complete -c vafit -n '__vafit_verb why' -s v -l verbose -d 'text: every image that asks for it'

complete -c vafit -n __vafit_no_verb -f -a scan -d 'the facts of single images, small enough to cache, for `check --facts`'
complete -c vafit -n '__vafit_verb scan' -s o -l output -r -F -d 'write the result to FILE, which stays untouched when equal; - prints it'
complete -c vafit -n '__vafit_verb scan' -l depfile -r -F -d 'write the files that were read to FILE, for a build tool; needs --output'
complete -c vafit -n '__vafit_verb scan' -l as -r -F -d 'the name of the image in the facts, in place of its path; repeatable, for its links'
complete -c vafit -n '__vafit_verb scan' -s j -l jobs -x -d 'use at most N threads (one per processor)'

complete -c vafit -n __vafit_no_verb -f -a shrink -d 'strip from __LINKEDIT what is not needed at run time'
complete -c vafit -n '__vafit_verb shrink' -s o -l output -r -F -d 'write the one image\'s new file to FILE'
complete -c vafit -n '__vafit_verb shrink' -l out-dir -x -a '(__fish_complete_directories)' -d 'write the new files into DIR, by their names'
complete -c vafit -n '__vafit_verb shrink' -l in-place -d 'replace the files themselves'
complete -c vafit -n '__vafit_verb shrink' -l level -x -a 'lossless debug-map locals symbols' -d 'lossless, debug-map (default), locals or symbols'
complete -c vafit -n '__vafit_verb shrink' -l dry-run -d 'print what each level would free, write nothing'
complete -c vafit -n '__vafit_verb shrink' -l format -x -a 'text json' -d 'with --dry-run: text (default) or json'
complete -c vafit -n '__vafit_verb shrink' -l unstripped -x -a 'none (__fish_complete_directories)' -d 'keep the originals in DIR, or nowhere (beside the new files, as NAME.unstripped)'
complete -c vafit -n '__vafit_verb shrink' -l identity -x -a '(__fish_complete_command)' -d 'sign by `CMD FILE` what was signed by an identity'
complete -c vafit -n '__vafit_verb shrink' -l drop-unclaimed -d 'drop bytes of __LINKEDIT and of the file that no table reaches'
complete -c vafit -n '__vafit_verb shrink' -l no-verify -d 'do not compare the new files with the originals'
complete -c vafit -n '__vafit_verb shrink' -s j -l jobs -x -d 'use at most N threads (one per processor)'
complete -c vafit -n '__vafit_verb shrink' -s q -l quiet -d 'print nothing but errors'

complete -c vafit -n __vafit_no_verb -f -a fix -d 'rewrite as little as makes programs fit'
complete -c vafit -n '__vafit_verb fix' -l in-place -d 'replace the files themselves'
complete -c vafit -n '__vafit_verb fix' -l out-dir -x -a '(__fish_complete_directories)' -d 'make a copy of the programs that fits, with all they load, in DIR'
complete -c vafit -n '__vafit_verb fix' -l undo -d 'put the originals back in place'
complete -c vafit -n '__vafit_verb fix' -l dry-run -d 'print the plan, write nothing'
complete -c vafit -n '__vafit_verb fix' -l up-to -x -a 'lossless debug-map locals symbols exports' -d 'the highest level: lossless, debug-map, locals (default), symbols or exports'
complete -c vafit -n '__vafit_verb fix' -l keep-export -x -d 'with --up-to exports: keep the exports GLOB matches; repeatable'
complete -c vafit -n '__vafit_verb fix' -l ignore-strings -d 'with --up-to exports: keep no export only because a C string names it'
complete -c vafit -n '__vafit_verb fix' -l assume-closed -d 'with --up-to exports: no other image than these will ask for an export'
complete -c vafit -n '__vafit_verb fix' -l memory -x -d 'use at most SIZE of memory (a quarter of the machine\'s)'
complete -c vafit -n '__vafit_verb fix' -l format -x -a 'text json' -d 'text (default) or json'
complete -c vafit -n '__vafit_verb fix' -s o -l output -r -F -d 'write the result to FILE, which stays untouched when equal; - prints it'
complete -c vafit -n '__vafit_verb fix' -l depfile -r -F -d 'write the files that were read to FILE, for a build tool; needs --output'
complete -c vafit -n '__vafit_verb fix' -l arch -x -a 'arm64 arm64e x86_64 x86_64h' -d 'only this architecture of a universal file: arm64, arm64e, x86_64 or x86_64h'
complete -c vafit -n '__vafit_verb fix' -l sysroot -x -a '(__fish_complete_directories)' -d 'look absolute install names up below DIR first'
complete -c vafit -n '__vafit_verb fix' -l search -x -a '(__fish_complete_directories)' -d 'look in DIR for dylibs that are nowhere else; repeatable'
complete -c vafit -n '__vafit_verb fix' -l insert -r -F -d 'load FILE first, as DYLD_INSERT_LIBRARIES does; repeatable'
complete -c vafit -n '__vafit_verb fix' -l facts -r -F -d 'read what `vafit scan` wrote in place of the images; takes all up to the next option'
complete -c vafit -n '__vafit_verb fix' -l allow-missing -x -d 'install names like GLOB may be missing; repeatable'
complete -c vafit -n '__vafit_verb fix' -l profile -r -F -a 'macos-26 macos-27 macos-15' -d 'macos-26 (default), macos-27, macos-15, or a JSON file'
complete -c vafit -n '__vafit_verb fix' -l limit -x -d 'the limit of image-sum and malloc-window, in place of the profile\'s'
complete -c vafit -n '__vafit_verb fix' -l headroom -x -d 'keep SIZE free below the malloc window (64MiB)'
complete -c vafit -n '__vafit_verb fix' -l rule -x -a 'image-sum=error image-sum=warn image-sum=off malloc-window=error malloc-window=warn malloc-window=off shared-region=error shared-region=warn shared-region=off image-size=error image-size=warn image-size=off linkedit-alignment=error linkedit-alignment=warn linkedit-alignment=off unresolved=error unresolved=warn unresolved=off growth=error growth=warn growth=off' -d 'judge a rule as error, warn or off; repeatable'
complete -c vafit -n '__vafit_verb fix' -l unstripped -x -a 'none (__fish_complete_directories)' -d 'keep the originals in DIR, or nowhere (beside the new files, as NAME.unstripped)'
complete -c vafit -n '__vafit_verb fix' -l identity -x -a '(__fish_complete_command)' -d 'sign by `CMD FILE` what was signed by an identity'
complete -c vafit -n '__vafit_verb fix' -l drop-unclaimed -d 'drop bytes of __LINKEDIT and of the file that no table reaches'
complete -c vafit -n '__vafit_verb fix' -l no-verify -d 'do not compare the new files with the originals'
complete -c vafit -n '__vafit_verb fix' -s j -l jobs -x -d 'use at most N threads (one per processor)'
complete -c vafit -n '__vafit_verb fix' -s q -l quiet -d 'print nothing but errors'

complete -c vafit -n __vafit_no_verb -f -a consolidate -d 'make one image of several dylibs'
complete -c vafit -n '__vafit_verb consolidate' -l in-place -d 'replace the files themselves'
complete -c vafit -n '__vafit_verb consolidate' -l out-dir -x -a '(__fish_complete_directories)' -d 'make a consolidated copy of the programs, with all they load, in DIR'
complete -c vafit -n '__vafit_verb consolidate' -l undo -d 'put the originals back in place'
complete -c vafit -n '__vafit_verb consolidate' -l dry-run -d 'print the plan, write nothing'
complete -c vafit -n '__vafit_verb consolidate' -l exclude -x -d 'leave dylibs alone whose leaf name GLOB matches; repeatable'
complete -c vafit -n '__vafit_verb consolidate' -l no-stubs -d 'with --out-dir: leave nothing under the old names'
complete -c vafit -n '__vafit_verb consolidate' -l unstripped -x -a '(__fish_complete_directories)' -d 'keep the originals in DIR (beside the new files, as NAME.unstripped)'
complete -c vafit -n '__vafit_verb consolidate' -l memory -x -d 'make as many images at a time as SIZE of memory allows (a quarter of the machine\'s)'
complete -c vafit -n '__vafit_verb consolidate' -s j -l jobs -x -d 'use at most N threads (one per processor)'
complete -c vafit -n '__vafit_verb consolidate' -s q -l quiet -d 'print nothing but errors'
complete -c vafit -n '__vafit_verb consolidate' -l format -x -a 'text json' -d 'text (default) or json'
complete -c vafit -n '__vafit_verb consolidate' -s o -l output -r -F -d 'write the result to FILE, which stays untouched when equal; - prints it'
complete -c vafit -n '__vafit_verb consolidate' -l depfile -r -F -d 'write the files that were read to FILE, for a build tool; needs --output'
complete -c vafit -n '__vafit_verb consolidate' -l arch -x -a 'arm64 arm64e x86_64 x86_64h' -d 'only this architecture of a universal file: arm64, arm64e, x86_64 or x86_64h'
complete -c vafit -n '__vafit_verb consolidate' -l sysroot -x -a '(__fish_complete_directories)' -d 'look absolute install names up below DIR first'
complete -c vafit -n '__vafit_verb consolidate' -l search -x -a '(__fish_complete_directories)' -d 'look in DIR for dylibs that are nowhere else; repeatable'
complete -c vafit -n '__vafit_verb consolidate' -l insert -r -F -d 'load FILE first, as DYLD_INSERT_LIBRARIES does; repeatable'
complete -c vafit -n '__vafit_verb consolidate' -l facts -r -F -d 'read what `vafit scan` wrote in place of the images; takes all up to the next option'

complete -c vafit -n __vafit_no_verb -f -a verify -d 'is an image well formed, and does it mean the same as the original?'
complete -c vafit -n '__vafit_verb verify' -l against -r -F -d 'compare the image with the file it was made from'
complete -c vafit -n '__vafit_verb verify' -l level -x -a 'lossless debug-map locals symbols exports' -d 'with --against: the highest level whose losses are no finding: lossless, debug-map, locals, symbols (default) or exports'
complete -c vafit -n '__vafit_verb verify' -l drop-unclaimed -d 'with --against: bytes that no table reaches may be gone'
complete -c vafit -n '__vafit_verb verify' -s q -l quiet -d 'print nothing but errors'

complete -c vafit -n __vafit_no_verb -f -a link -d 'run a link, then shrink what it made, as one step'
complete -c vafit -n '__vafit_verb link' -l level -x -a 'lossless debug-map locals symbols' -d 'lossless, debug-map (default), locals or symbols'
complete -c vafit -n '__vafit_verb link' -l if-needed -d 'only when what was linked does not fit, and then at the least level up to locals at which it does'
complete -c vafit -n '__vafit_verb link' -l allow-missing -x -d 'install names like GLOB may be missing; repeatable'
complete -c vafit -n '__vafit_verb link' -l profile -r -F -a 'macos-26 macos-27 macos-15' -d 'macos-26 (default), macos-27, macos-15, or a JSON file'
complete -c vafit -n '__vafit_verb link' -l limit -x -d 'the limit of image-sum and malloc-window, in place of the profile\'s'
complete -c vafit -n '__vafit_verb link' -l headroom -x -d 'keep SIZE free below the malloc window (64MiB)'
complete -c vafit -n '__vafit_verb link' -l rule -x -a 'image-sum=error image-sum=warn image-sum=off malloc-window=error malloc-window=warn malloc-window=off shared-region=error shared-region=warn shared-region=off image-size=error image-size=warn image-size=off linkedit-alignment=error linkedit-alignment=warn linkedit-alignment=off unresolved=error unresolved=warn unresolved=off growth=error growth=warn growth=off' -d 'judge a rule as error, warn or off; repeatable'
complete -c vafit -n '__vafit_verb link' -l unstripped -x -a 'none (__fish_complete_directories)' -d 'keep the originals in DIR, or nowhere (beside the new files, as NAME.unstripped)'
complete -c vafit -n '__vafit_verb link' -l identity -x -a '(__fish_complete_command)' -d 'sign by `CMD FILE` what was signed by an identity'
complete -c vafit -n '__vafit_verb link' -l drop-unclaimed -d 'drop bytes of __LINKEDIT and of the file that no table reaches'
complete -c vafit -n '__vafit_verb link' -l no-verify -d 'do not compare the new files with the originals'
complete -c vafit -n '__vafit_verb link' -s j -l jobs -x -d 'use at most N threads (one per processor)'
complete -c vafit -n '__vafit_verb link' -s q -l quiet -d 'print nothing but errors'
complete -c vafit -n '__vafit_verb link; and __vafit_behind_separator' -a '(__vafit_command)'

complete -c vafit -n __vafit_no_verb -f -a completion -d 'print the completions for a shell'
complete -c vafit -n '__vafit_verb completion' -f -a ' bash zsh fish'
