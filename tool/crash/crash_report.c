#include "crash/crash_report.h"

#include "base/path.h"
#include "crash/ips.h"
#include "crash/memory_map.h"
#include "crash/signature.h"
#include "crash/text_report.h"

#include "macho/build_version.h"
#include "macho/image.h"

#include <inttypes.h>
#include <string.h>

enum { LONGEST_MESSAGE = 1 << 20 };

/* A message of dyld's or libmalloc's on standard error, alone. */
static bool message_read(struct arena *arena, const struct pasted *pasted,
                         struct crash_report *report) {
    struct crash_report message = {0};
    if (report->format != NULL)
        return false;
    size_t size = pasted->size < LONGEST_MESSAGE ? pasted->size : LONGEST_MESSAGE;
    /* dyld does not always say that it is it. */
    crash_report_add_evidence(arena, &message, "dyld:", 5);
    crash_report_add_evidence(arena, &message, pasted->data, size);
    if (signature_find(crash_report_evidence(&message)) == NULL)
        return false;
    report->evidence = message.evidence;
    return true;
}

static const struct crash_format formats[] = {
    {".ips", ips_read},        {"text", text_report_read},
    {"vmmap", vmmap_read},     {"Ruby memory map", ruby_map_read},
    {"message", message_read},
};

const struct crash_format *crash_format_row(size_t i) {
    return i < sizeof formats / sizeof formats[0] ? &formats[i] : NULL;
}

void crash_report_set(struct arena *arena, const char **field, const char *text, size_t size) {
    if (*field == NULL)
        *field = arena_copy(arena, text, size);
}

void crash_report_add_evidence(struct arena *arena, struct crash_report *report, const char *text,
                               size_t size) {
    struct crash_evidence *evidence = &report->evidence;
    if (evidence->count != 0)
        evidence->items[evidence->count - 1] = '\n';
    for (size_t i = 0; i < size; i++)
        *vector_push(arena, evidence) = text[i];
    *vector_push(arena, evidence) = '\0';
}

const char *crash_report_evidence(const struct crash_report *report) {
    return report->evidence.count == 0 ? "" : report->evidence.items;
}

/* Folders whose folders have the names of users. */
static const char *const homes[] = {"/Users/", "/home/"};

/* Bytes of the folder of users that the text goes on with; 0 for none. */
static size_t home_size(const char *text) {
    for (size_t i = 0; i < sizeof homes / sizeof homes[0]; i++)
        if (strncmp(text, homes[i], strlen(homes[i])) == 0)
            return strlen(homes[i]);
    return 0;
}

char *crash_report_anonymous(struct arena *arena, const char *text) {
    struct text out = {0};
    text_add(&out, "");
    while (*text != '\0') {
        size_t home = home_size(text);
        text_add_bytes(&out, text, home == 0 ? 1 : home);
        text += home == 0 ? 1 : home;
        size_t name = home == 0 ? 0 : strcspn(text, "/\n\"'");
        if (name != 0)
            text_add(&out, "USER");
        text += name;
    }
    char *copy = arena_string(arena, out.data);
    text_free(&out);
    return copy;
}

void crash_report_offer_images(struct crash_report *report, const struct crash_images *images,
                               bool has_all, bool lists_cache_last) {
    if (images->count == 0 || report->images.count >= images->count)
        return;
    report->images = *images;
    report->has_all_images = has_all;
    report->lists_cache_last = lists_cache_last;
}

void crash_image_name(struct arena *arena, const char *path, struct crash_image *image) {
    path = crash_report_anonymous(arena, path);
    image->name = path_leaf(path);
    image->folder = arena_copy(arena, path, (size_t)(image->name - path));
}

bool crash_image_uuid(const char *text, struct crash_image *image) {
    image->has_uuid = image_uuid_read(text, image->uuid);
    return image->has_uuid;
}

/* --- reports of something else --- */

static const struct bug_type {
    const char *number;
    const char *name;
} bug_types[] = {
    {"142", "wakeups"}, {"145", "disk writes"},        {"202", "processor time"},
    {"210", "a panic"}, {"288", "a sample of stacks"}, {"298", "memory pressure (jetsam)"},
};

/* "309" is a crash; "109" is one as text below a header. */
static bool is_of_crash(const struct crash_report *report, struct error *error) {
    const char *number = report->bug_type, *name = "something else";
    if (number == NULL || strcmp(number, "309") == 0 || strcmp(number, "109") == 0)
        return true;
    for (size_t i = 0; i < sizeof bug_types / sizeof bug_types[0]; i++)
        if (strcmp(bug_types[i].number, number) == 0)
            name = bug_types[i].name;
    return error_malformed(error, "bug_type", "%.16s is a report of %s, not of a crash (309)",
                           number, name);
}

/* What runs in another address space: that of iOS, or of a simulator. */
static bool is_of_macos(const struct crash_report *report, struct error *error) {
    uint32_t platform = report->platform > UINT32_MAX ? UINT32_MAX : (uint32_t)report->platform;
    const char *name = platform_name(platform), *os = report->os;
    if (report->path != NULL && strstr(report->path, "/CoreSimulator/") != NULL)
        return error_malformed(error, "", "is a report of a simulator, not of macOS");
    if (platform != 0 && platform != PLATFORM_MACOS && platform != PLATFORM_MAC_CATALYST)
        return error_malformed(error, "platform", "%" PRIu32 " is %s, not macOS", platform,
                               name == NULL ? "unknown" : name);
    if (os != NULL && strncmp(os, "macOS", 5) != 0 && strncmp(os, "Mac OS X", 8) != 0)
        return error_malformed(error, "os_version", "%.40s is not macOS", os);
    return true;
}

/* Within a string the quotes of a member would be escaped. */
const char *vafit_schema_of(struct arena *arena, const char *text) {
    static const char member[] = "\"schema\"", blanks[] = " \t\r\n", own[] = "\"vafit.";
    const char *at = text + strspn(text, blanks);
    if (*at != '{')
        return NULL;
    while ((at = strstr(at, member)) != NULL) {
        at += sizeof member - 1;
        at += strspn(at, blanks);
        at += *at == ':';
        at += strspn(at, blanks);
        if (strncmp(at, own, sizeof own - 1) == 0)
            return arena_copy(arena, at + 1, strcspn(at + 1, "\"\n"));
    }
    return NULL;
}

bool crash_report_read(struct arena *arena, const char *data, size_t size,
                       struct crash_report *report, struct error *error) {
    struct pasted pasted = pasted_clean(arena, data, size);
    const char *own = vafit_schema_of(arena, pasted.data);
    *report = (struct crash_report){0};
    /* What vafit says of a failure has the words of the failure. */
    if (own != NULL)
        return error_malformed(error, "", "is %.32s, which vafit wrote, and no crash report", own);
    for (size_t i = 0; crash_format_row(i) != NULL; i++) {
        const struct crash_format *format = crash_format_row(i);
        if (format->read(arena, &pasted, report) && report->format == NULL)
            report->format = format->name;
    }
    if (report->format == NULL)
        return error_malformed(error, "",
                               "is no crash report, memory map or message of a launch that failed");
    if (report->process != NULL)
        report->process = crash_report_anonymous(arena, report->process);
    if (report->has_several)
        return error_malformed(error, "incident",
                               "the file holds several reports; give one at a time");
    return is_of_crash(report, error) && is_of_macos(report, error);
}
