#include "macho/entitlements.h"

#include "macho/code_signature.h"

#include <string.h>

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

/* What stands behind "<key>": a key, its end, and the value. */
static bool is_true(struct bytes xml, const char *key) {
    if (!take(&xml, key) || !take(&xml, "</key>"))
        return false;
    take_space(&xml);
    if (!take(&xml, "<true"))
        return false;
    take_space(&xml);
    return take(&xml, "/>") || take(&xml, ">");
}

bool entitlements_hardened(struct bytes blob) {
    struct bytes xml;
    if (blob.size < BLOB_HEADER || bytes_u32_big(blob, 0) != CSMAGIC_EMBEDDED_ENTITLEMENTS ||
        bytes_u32_big(blob, 4) < BLOB_HEADER ||
        !bytes_part(blob, BLOB_HEADER, bytes_u32_big(blob, 4) - BLOB_HEADER, &xml))
        return false;
    while (xml.size != 0) {
        if (take_comment(&xml))
            continue;
        if (take(&xml, "<key>") && (is_true(xml, "com.apple.security.hardened-process") ||
                                    is_true(xml, "com.apple.developer.hardened-process")))
            return true;
        if (xml.size != 0) {
            xml.data++;
            xml.size--;
        }
    }
    return false;
}
