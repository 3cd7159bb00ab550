#include "macho/entitlements.h"

#include "macho/code_signature.h"

#include <string.h>

#define HARDENED_PROCESS "com.apple.security.hardened-process"

bool entitlements_offset(struct bytes head, uint32_t *offset) {
    if (head.size < SUPER_HEADER || bytes_u32_big(head, 0) != CSMAGIC_EMBEDDED_SIGNATURE)
        return false;
    uint32_t count = bytes_u32_big(head, 8);
    for (uint32_t i = 0; i < count; i++) {
        struct bytes entry;
        if (!bytes_part(head, SUPER_HEADER + (uint64_t)i * INDEX_ENTRY, INDEX_ENTRY, &entry))
            return false;
        if (bytes_u32_big(entry, 0) == CSSLOT_ENTITLEMENTS) {
            *offset = bytes_u32_big(entry, 4);
            return true;
        }
    }
    return false;
}

/* Takes `literal` off the front. */
static bool take(struct bytes *xml, const char *literal) {
    size_t size = strlen(literal);
    if (xml->size < size || memcmp(xml->data, literal, size) != 0)
        return false;
    xml->data += size;
    xml->size -= size;
    return true;
}

static bool take_comment(struct bytes *xml) {
    if (!take(xml, "<!--"))
        return false;
    while (xml->size != 0 && !take(xml, "-->")) {
        xml->data++;
        xml->size--;
    }
    return true;
}

static void take_space(struct bytes *xml) {
    while (take_comment(xml) || take(xml, " ") || take(xml, "\t") || take(xml, "\n") ||
           take(xml, "\r"))
        ;
}

/* The value of a key: what stands behind it, or false. */
static bool find_value(struct bytes xml, const char *key, struct bytes *value) {
    while (xml.size != 0) {
        if (take_comment(&xml))
            continue;
        *value = xml;
        if (take(value, "<key>") && take(value, key) && take(value, "</key>")) {
            take_space(value);
            return true;
        }
        xml.data++;
        xml.size--;
    }
    return false;
}

static bool is_true(struct bytes xml, const char *key) {
    struct bytes value;
    if (!find_value(xml, key, &value) || !take(&value, "<true"))
        return false;
    take_space(&value);
    return take(&value, "/>") || take(&value, ">");
}

/* The kernel takes the string before the number, and the latest version where there is neither. */
static bool is_first_version(struct bytes xml) {
    struct bytes value;
    if (find_value(xml, HARDENED_PROCESS ".enhanced-security-version-string", &value))
        return take(&value, "<string>0</string>") || take(&value, "<string>1</string>");
    return find_value(xml, HARDENED_PROCESS ".enhanced-security-version", &value) &&
           (take(&value, "<integer>0</integer>") || take(&value, "<integer>1</integer>"));
}

bool entitlements_hardened(struct bytes blob) {
    struct bytes xml;
    if (blob.size < BLOB_HEADER || bytes_u32_big(blob, 0) != CSMAGIC_EMBEDDED_ENTITLEMENTS ||
        bytes_u32_big(blob, 4) < BLOB_HEADER ||
        !bytes_part(blob, BLOB_HEADER, bytes_u32_big(blob, 4) - BLOB_HEADER, &xml))
        return false;
    return (is_true(xml, HARDENED_PROCESS) ||
            is_true(xml, "com.apple.developer.hardened-process")) &&
           !is_first_version(xml) && !is_true(xml, HARDENED_PROCESS ".no-guard-objects");
}
