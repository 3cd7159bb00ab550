#include "space/rules.h"

#include "base/size.h"
#include "space/judge.h"

#include <string.h>

static const struct rule rules[RULE_COUNT] = {
    [RULE_IMAGE_SUM] =
        {"image-sum",
         SEVERITY_ERROR,
         judge_image_sum,
         {"__PAGEZERO, the executable, the shared region and all dylibs together need more "
          "address space than there is below the allocator's window",
          "dyld fills addresses from 4 GiB up, passes over the shared region, and what is left "
          "must end before the place where the system allocator reserves its space; the sum "
          "leaves out the gaps between images, so that they really end higher still (the model "
          "is inferred from Apple's sources)",
          "`vafit fix EXECUTABLE --in-place` takes __LINKEDIT out of as few images as it can, and "
          "keeps the originals; or in the build, the heaviest images first: strip -S (the debug "
          "map), strip -x (local symbols too), enable_stripping = true or a lower symbol_level "
          "in GN",
          "load fewer dylibs at launch, or merge components into fewer programs; raise --limit "
          "only for systems whose window you know"},
         true},
    [RULE_MALLOC_WINDOW] =
        {"malloc-window",
         SEVERITY_ERROR,
         judge_malloc_window,
         {"images reach into, or too near to, the addresses where the system allocator "
          "reserves its space at launch",
          "libmalloc reserves 24 GiB at a random one of many places and aborts the program "
          "when an image is in the way: a crash in a few launches of a hundred, before main "
          "(the placement is inferred from Apple's sources and agrees with the public reports)",
          "`vafit fix EXECUTABLE --in-place` takes __LINKEDIT out of as few images as it can, and "
          "keeps the originals; or in the build, the heaviest images first: strip -S (the debug "
          "map), strip -x (local symbols too), enable_stripping = true or a lower symbol_level "
          "in GN",
          "load fewer dylibs at launch (what comes by dlopen after launch does no harm), or "
          "link components together; for a test that cannot wait, launching it again mostly "
          "works"},
         true},
    [RULE_SHARED_REGION] =
        {"shared-region",
         SEVERITY_ERROR,
         judge_shared_region,
         {"the executable ends, with some slides or all, inside the shared region of the "
          "system's dylibs",
          "the kernel maps the executable at its own address plus a slide and the shared "
          "region at a fixed one; when they meet, the system's dylibs cannot be mapped and "
          "the launch aborts with \"syscall to map cache into shared region failed\"",
          "`vafit fix EXECUTABLE --in-place` makes the executable smaller, and keeps the original; "
          "or in the build, drop its debug map (`strip -S`, -Wl,-S, strip = \"debuginfo\" in "
          "Cargo), which is most of __LINKEDIT in such programs",
          "move code into dylibs, which are placed elsewhere, or link with -dead_strip"},
         true},
    [RULE_IMAGE_SIZE] =
        {"image-size",
         SEVERITY_ERROR,
         judge_image_size,
         {"an image has 4 GiB or more", "Mach-O and dyld keep offsets into an image in 32 bits",
          "split the image, or take __LINKEDIT out of it",
          "build with less debug information (symbol_level=1, -g1, -gline-tables-only)"},
         true},
    [RULE_LINKEDIT_ALIGNMENT] =
        {"linkedit-alignment",
         SEVERITY_WARNING,
         judge_linkedit_alignment,
         {"a part of __LINKEDIT does not begin at a multiple of 8 (the code signature: of 16)",
          "dyld of macOS 27 is reported to refuse such an image (\"mis-aligned LINKEDIT\"); "
          "earlier ones load it",
          "`vafit align FILE --in-place` gives every part its alignment and drops nothing; or strip "
          "with a tool that pads: llvm-strip and llvm-objcopy up to 20 and cctools strip -x do not",
          "leave the image unstripped"},
         true},
    [RULE_UNRESOLVED] =
        {"unresolved",
         SEVERITY_ERROR,
         judge_unresolved,
         {"a dylib that an image asks for was not found",
          "dyld ends the program at launch when a dylib is missing that is not linked weakly, "
          "and what is not found cannot be counted",
          "build it, correct the LC_RPATHs of its loaders, or name its folder with --search or "
          "--sysroot",
          "say --allow-missing GLOB for a dylib that only exists where the program runs"},
         false},
    [RULE_GROWTH] =
        {"growth",
         SEVERITY_ERROR,
         judge_growth,
         {"the program's images have grown over the recorded baseline by more than is allowed",
          "growth that nobody looks at is how programs reach the limits",
          "`vafit diff OLD.json NEW.json` sorts the images of two reports by their growth",
          "accept the new size with --update-baseline"},
         false},
};

const struct rule *rule_row(enum rule_id id) {
    return &rules[id];
}

struct help finding_help(const struct finding *finding) {
    struct help help = rules[finding->rule].help;
    if (finding->what_to_do != NULL)
        help.what_to_do = finding->what_to_do;
    if (finding->if_not_possible != NULL)
        help.if_not_possible = finding->if_not_possible;
    return help;
}

const char *rule_name(size_t i) {
    return i < RULE_COUNT ? rules[i].name : NULL;
}

bool rule_named(const char *name, enum rule_id *id) {
    for (int i = 0; i < RULE_COUNT; i++)
        if (strcmp(rules[i].name, name) == 0) {
            *id = (enum rule_id)i;
            return true;
        }
    return false;
}

void limits_default(struct limits *limits) {
    *limits = (struct limits){.headroom = 64 * MIB};
    for (int i = 0; i < RULE_COUNT; i++)
        limits->severities[i] = rules[i].severity;
}

void limits_drop_foreign(struct limits *limits, const struct profile *profile) {
    const struct span *region = &profile->arm64->shared_region;
    if (limits->limit < region->end - region->start)
        limits->has_limit = false;
}

void limits_for_profile(struct limits *limits, const struct profile *profile) {
    if (!limits->is_given[RULE_LINKEDIT_ALIGNMENT] && profile->refuses_misaligned)
        limits->severities[RULE_LINKEDIT_ALIGNMENT] = SEVERITY_ERROR;
}

const char *severity_name(enum severity severity) {
    static const char *const names[] = {"off", "not-applicable", "pass", "warning", "error"};
    return names[severity];
}

const char *verdict_name(enum verdict verdict) {
    static const char *const names[] = {"fits", "warning", "exceeds"};
    return names[verdict];
}

bool judgement_wants_space(const struct judgement *judgement) {
    for (size_t i = 0; i < judgement->findings.count; i++) {
        const struct finding *finding = &judgement->findings.items[i];
        if (finding->severity >= SEVERITY_WARNING && finding->rule != RULE_UNRESOLVED &&
            finding->rule != RULE_LINKEDIT_ALIGNMENT)
            return true;
    }
    return false;
}

bool judgement_exceeds(const struct judgement *judgement) {
    for (size_t i = 0; i < judgement->findings.count; i++) {
        const struct finding *finding = &judgement->findings.items[i];
        if (finding->severity == SEVERITY_ERROR && finding->rule != RULE_UNRESOLVED)
            return true;
    }
    return false;
}
