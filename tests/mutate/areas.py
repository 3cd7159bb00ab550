"""Which tests are asked about which file of tool/."""
import fnmatch

# Unit tests of a second and more, stories of half a minute and more.
SLOW = ("test_plan", "test_progress", "test_second_opinion", "damages", "fix_exports", "fix_killed",
        "interrupted", "link_interrupted")

MALFORMED_IMAGES = ("malformed_header malformed_commands malformed_segments malformed_linkedit malformed_limits "
                    "malformed_universal malformed_sweeps")
REWRITING = "formats fixups old_symbols shared_blocks odd_files signatures shrink shrink_sizes wasteful_trie damaged_exports"

# Quick stories first, since the first that fails ends the question. A file takes all rows that match it.
STORIES = (
    ("tool/base/*", "usage outputs output_places malformed_arguments hostile_names malformed_facts malformed_profile"),
    ("tool/base/link_command.c", "link"),
    ("tool/base/new_file.c", "shrink interrupted"),
    ("tool/base/progress.c", "link"),
    ("tool/commit/*", "shrink originals_elsewhere fix fix_undo fix_refused fix_killed interrupted link_interrupted"),
    ("tool/images/*", "walk open_world platforms facts why rules malformed_facts malformed_programs"),
    ("tool/images/breakdown*", "odd_files formats shrink"),
    ("tool/lief/*", "second_opinion"),
    ("tool/macho/*", f"{MALFORMED_IMAGES} {REWRITING}"),
    ("tool/macho/dyld_rules.c", "damages platforms"),
    ("tool/macho/chained_fixups.c", "damages"),
    ("tool/macho/dyld_info.c", "damages"),
    ("tool/macho/exports_trie*", "fix_exports"),
    ("tool/main.c", "usage malformed_arguments"),
    ("tool/plan/*", "fix fix_copies fix_undo fix_refused fix_exports link_needed"),
    ("tool/report/*", "usage json_sums help_once rules baseline outputs hostile_names why walk may_be_missing formats facts fix output_places"),
    ("tool/rewrite/original.c", "originals_elsewhere"),
    ("tool/rewrite/*", f"{REWRITING} malformed_linkedit damages fix_exports second_opinion"),
    ("tool/space/*", "rules malformed_profile baseline facts walk fix"),
    ("tool/verbs/check.c", "usage rules baseline walk facts malformed_arguments outputs open_world"),
    ("tool/verbs/common_options.c", "usage outputs malformed_arguments fix shrink"),
    ("tool/verbs/fix.c", "usage fix fix_copies fix_refused fix_exports outputs"),
    ("tool/verbs/judge_options.c", "usage rules baseline malformed_arguments"),
    ("tool/verbs/link.c", "link link_needed link_interrupted"),
    ("tool/verbs/programs.c", "walk facts malformed_programs"),
    ("tool/verbs/scan.c", "facts usage malformed_facts"),
    ("tool/verbs/shrink*.c", "shrink shrink_sizes signatures usage odd_files"),
    ("tool/verbs/verify.c", "shrink damages signatures second_opinion"),
    ("tool/verbs/why.c", "why usage"),
    ("tool/verbs/*", "usage"),
)


def stories_of(source):
    named = []
    for pattern, stories in STORIES:
        if fnmatch.fnmatch(source, pattern):
            named += [story for story in stories.split() if story not in named]
    return named


def unit_tests_of(root, source, units):
    """The unit tests named after a file, and those that include its header."""
    name = source.rsplit("/", 1)[-1].removesuffix(".c")
    header = source.removeprefix("tool/").removesuffix(".c") + ".h"
    own = [unit for unit in units if unit == f"test_{name}"]
    return own + [unit for unit in units if unit not in own
                  and f'"{header}"' in (root / "tests/unit" / f"{unit}.c").read_text()]
