#include "crash/crash_report.h"

#include "crash/ips.h"
#include "crash/signature.h"

#include <string.h>

enum { LONGEST_MESSAGE = 1 << 20 };

/* A message of dyld's or libmalloc's on standard error, alone. */
static bool message_read(struct arena *arena, const struct pasted *pasted,
                         struct crash_report *report) {
    struct crash_report message = {0};
    size_t size = pasted->size < LONGEST_MESSAGE ? pasted->size : LONGEST_MESSAGE;
    crash_report_add_evidence(arena, &message, pasted->data, size);
    if (signature_find(crash_report_evidence(&message)) == NULL)
        return false;
    report->evidence = message.evidence;
    return true;
}

static const struct crash_format formats[] = {
    {".ips", ips_read},
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

void crash_image_name(struct arena *arena, const char *path, struct crash_image *image) {
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    image->folder = slash == NULL ? "" : arena_copy(arena, path, (size_t)(slash - path) + 1);
    image->name = strcmp(image->folder, "/Users/") == 0 ? "" : arena_string(arena, name);
}

static int digit_of(char character) {
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *digit = character == '\0' ? NULL : strchr(digits, character);
    return digit == NULL ? -1 : (int)((digit - digits) & 15);
}

bool crash_image_uuid(const char *text, struct crash_image *image) {
    uint8_t uuid[16] = {0};
    size_t count = 0;
    for (; count < 32 && *text != '\0'; text++) {
        int digit = digit_of(*text);
        if (*text == '-')
            continue;
        if (digit < 0)
            return false;
        uuid[count / 2] = (uint8_t)(uuid[count / 2] << 4 | digit);
        count++;
    }
    if (count != 32 || digit_of(*text) >= 0)
        return false;
    memcpy(image->uuid, uuid, sizeof uuid);
    image->has_uuid = true;
    return true;
}

bool crash_report_read(struct arena *arena, const char *data, size_t size,
                       struct crash_report *report, struct error *error) {
    struct pasted pasted = pasted_clean(arena, data, size);
    *report = (struct crash_report){0};
    for (size_t i = 0; crash_format_row(i) != NULL; i++) {
        const struct crash_format *format = crash_format_row(i);
        if (report->format == NULL && format->read(arena, &pasted, report))
            report->format = format->name;
    }
    return report->format != NULL ||
           error_malformed(error, "",
                           "is no crash report, memory map or message of a launch that "
                           "failed");
}
