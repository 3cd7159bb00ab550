"""Which tests are asked about which file of tool/."""
import fnmatch

# Unit tests of a second and more, stories of half a minute and more.
SLOW = ("test_plan", "test_progress", "test_cross_check", "every_byte", "fix_exports", "fix_exports_universal",
        "fix_killed", "interrupted", "link_interrupted")

# Stories of one subject, by one word below.
SUBJECTS = {
    "damages": "damaged_contents damaged_opcodes damaged_symbols lost_symbols damaged_commands damaged_places "
               "damaged_chained_fixups damaged_signature damaged_universal wrong_original every_byte",
    "damaged_exports": "damaged_exports damaged_alone",
    "fix": "fix fix_not_enough fix_out_dir fix_chooses fix_report fix_originals fix_usage",
    "fix_exports": "fix_exports_usage fix_exports fix_exports_kept fix_exports_universal",
    "interrupted": "shrink_unwritable full_disks failing_signers originals_of_others interrupted",
    "link": "link_usage link_outputs link_passes link_left_alone link_fails link_earlier",
    "link_interrupted": "link_cut_short link_interrupted",
    "malformed_commands": "malformed_sizes malformed_commands",
    "malformed_facts": "malformed_facts_text malformed_facts_members malformed_facts_slices malformed_facts_files",
    "malformed_profile": "malformed_profile malformed_layouts",
    "malformed_programs": "malformed_dylibs circles no_files control_characters",
    "malformed_segments": "malformed_segments overlapping_segments",
    "malformed_universal": "malformed_universal malformed_slices",
    "rules": "rules rules_unresolved",
    "cross_check": "cross_check_absent cross_check_differs cross_check_limits cross_check "
                      "cross_check_silent",
    "walk": "walk walk_names",
}

MALFORMED_IMAGES = ("malformed_header malformed_commands malformed_segments malformed_linkedit malformed_limits "
                    "malformed_universal malformed_sweeps")
REWRITING = "formats fixups old_symbols shared_blocks odd_files signatures shrink shrink_sizes wasteful_trie damaged_exports"

# Quick stories first, since the first that fails ends the question. A file takes all rows that match it.
STORIES = (
    ("tool/base/*", "usage outputs output_places malformed_arguments hostile_names malformed_facts malformed_profile"),
    ("tool/base/link_command.c", "link"),
    ("tool/base/atomic_file.c", "shrink interrupted"),
    ("tool/base/progress.c", "link"),
    ("tool/base/plist*", "bundles"),
    ("tool/commit/*", "shrink originals_elsewhere fix fix_undo fix_refused fix_killed interrupted link_interrupted"),
    ("tool/program/*", "walk open_world platforms facts why rules malformed_facts malformed_programs"),
    ("tool/program/bundle.c", "bundles bundle_seals"),
    ("tool/program/seal.c", "bundle_seals"),
    ("tool/crash/sample.c", "sample sample_reports sample_launches"),
    ("tool/crash/report_folder.c", "sample_reports"),
    ("tool/base/subprocess.c", "sample sample_launches link_interrupted"),
    ("tool/base/interval.c", "sample"),
    ("tool/crash/*", "explain explain_causes explain_build explain_damaged map_reports"),
    ("tool/map/*", "map_outputs map_against map map_page map_reports map_hostile"),
    ("tool/verbs/map*", "map_outputs map_against map map_page"),
    ("tool/verbs/wanted_sizes.c", "map_page usage"),
    ("tool/program/linkedit_sizes*", "odd_files formats shrink"),
    ("tool/lief/*", "cross_check"),
    ("tool/macho/*", f"{MALFORMED_IMAGES} {REWRITING}"),
    ("tool/verify/dyld_rules.c", "damages platforms"),
    ("tool/macho/chained_fixups.c", "damages"),
    ("tool/macho/dyld_info.c", "damages"),
    ("tool/macho/exports_trie*", "fix_exports"),
    ("tool/macho/eh_frame*", "unwind_info"),
    ("tool/macho/unwind_info*", "unwind_info"),
    ("tool/macho/write/eh_frame*", "unwind_info"),
    ("tool/macho/write/unwind_info*", "unwind_info"),
    ("tool/main.c", "usage malformed_arguments"),
    ("tool/fix/*", "fix fix_copies fix_undo fix_refused fix_exports link_needed"),
    ("tool/fix/merge_*", "consolidate_foreseen fix_consolidates"),
    ("tool/report/*", "usage json_sums help_once rules baseline outputs hostile_names why walk may_be_missing formats facts fix output_places"),
    ("tool/report/growth*", "diff diff_markdown"),
    ("tool/report/sample_*", "sample sample_launches"),
    ("tool/base/xml.c", "junit"),
    ("tool/report/check_junit.c", "junit"),
    ("tool/report/metrics.c", "metrics"),
    ("tool/report/check_read.c", "diff_reports"),
    ("tool/rewrite/original.c", "originals_elsewhere bundle_seals"),
    ("tool/rewrite/*seal*", "bundle_seals bundle_killed"),
    ("tool/rewrite/file_signatures.c", "bundle_seals"),
    ("tool/verify/*", f"{REWRITING} malformed_linkedit damages fix_exports cross_check"),
    ("tool/rewrite/*", f"{REWRITING} malformed_linkedit damages fix_exports cross_check"),
    ("tool/space/*", "rules malformed_profile baseline facts walk fix"),
    ("tool/verbs/check.c", "usage metrics rules baseline walk facts malformed_arguments outputs open_world"),
    ("tool/verbs/common_options.c", "usage outputs malformed_arguments fix shrink"),
    ("tool/verbs/diff.c", "diff diff_reports diff_markdown"),
    ("tool/verbs/fix.c", "usage fix fix_copies fix_refused fix_exports outputs"),
    ("tool/verbs/limit_options.c", "usage rules baseline malformed_arguments"),
    ("tool/verbs/link.c", "link link_needed link_interrupted"),
    ("tool/verbs/programs.c", "walk facts malformed_programs bundles"),
    ("tool/verbs/sample.c", "sample sample_launches sample_reports"),
    ("tool/verbs/scan.c", "facts usage malformed_facts"),
    ("tool/verbs/shrink*.c", "shrink shrink_sizes signatures usage odd_files"),
    ("tool/verbs/verify.c", "shrink damages signatures cross_check"),
    ("tool/verbs/why.c", "why usage"),
    ("tool/verbs/*", "usage troubleshooting"),
)


def stories_of(source):
    named = []
    for pattern, stories in STORIES:
        if fnmatch.fnmatch(source, pattern):
            for subject in stories.split():
                named += [story for story in SUBJECTS.get(subject, subject).split() if story not in named]
    return named


def unit_tests_of(root, source, units):
    """The unit tests named after a file, and those that include its header."""
    name = source.rsplit("/", 1)[-1].removesuffix(".c")
    header = source.removeprefix("tool/").removesuffix(".c") + ".h"
    own = [unit for unit in units if unit == f"test_{name}"]
    return own + [unit for unit in units if unit not in own
                  and f'"{header}"' in (root / "tests/unit" / f"{unit}.c").read_text()]
