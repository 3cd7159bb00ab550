#include "macho/entitlements.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define SECURITY "com.apple.security.hardened-process"
#define DEVELOPER "com.apple.developer.hardened-process"
#define VERSION "<key>" SECURITY ".enhanced-security-version</key>"
#define VERSION_STRING "<key>" SECURITY ".enhanced-security-version-string</key>"

static const struct xml_row {
    const char *label;
    const char *xml;
    bool expected;
} rows[] = {
    {"nothing", "", false},
    {"another entitlement", "<dict><key>com.apple.security.app-sandbox</key><true/></dict>", false},
    {"of security", "<dict><key>" SECURITY "</key><true/></dict>", true},
    {"of developer", "<dict>\n\t<key>" DEVELOPER "</key>\r\n\t<true/>\n</dict>\n", true},
    {"false", "<key>" SECURITY "</key><false/>", false},
    {"false, and another that is true", "<key>" SECURITY "</key><false/><key>x</key><true/>",
     false},
    {"one false, the other true", "<key>" SECURITY "</key><false/><key>" DEVELOPER "</key><true/>",
     true},
    {"true with a space", "<key>" SECURITY "</key> <true />", true},
    {"true with an end of its own", "<key>" SECURITY "</key><true></true>", true},
    {"a string", "<key>" SECURITY "</key><string>true</string>", false},
    {"its version, not itself",
     "<key>com.apple.security.hardened-process.enhanced-security-version-string</key><string>2"
     "</string>",
     false},
    {"the first version, as a string",
     "<key>" SECURITY "</key><true/>" VERSION_STRING "<string>1</string>", false},
    {"the second", "<key>" SECURITY "</key><true/>" VERSION_STRING "<string>2</string>", true},
    {"a later one", "<key>" SECURITY "</key><true/>" VERSION_STRING "<string>11</string>", true},
    {"no number", VERSION_STRING "<string>*</string><key>" SECURITY "</key><true/>", true},
    {"the first version, as a number",
     "<key>" DEVELOPER "</key><true/>" VERSION "<integer>1</integer>", false},
    {"the second, as a number", VERSION "<integer>2</integer><key>" SECURITY "</key><true/>", true},
    {"the string counts before the number",
     "<key>" SECURITY "</key><true/>" VERSION "<integer>1</integer>" VERSION_STRING
     "<string>2</string>",
     true},
    {"without guard objects",
     "<key>" SECURITY "</key><true/><key>" SECURITY ".no-guard-objects</key><true/>", false},
    {"not without them",
     "<key>" SECURITY "</key><true/><key>" SECURITY ".no-guard-objects</key><false/>", true},
    {"a longer key", "<key>" SECURITY "2</key><true/>", false},
    {"in a comment", "<!-- <key>" SECURITY "</key><true/> --><key>x</key><true/>", false},
    {"after a comment", "<!-- no --><key>" SECURITY "</key><!-- yes --><true/>", true},
    {"a comment that does not end", "<!-- <key>" SECURITY "</key><true/>", false},
    {"cut", "<key>" SECURITY "</key><true", false},
    {"cut in the key", "<key>com.apple.secur", false},
    {"text that looks like it", SECURITY "<true/>", false},
};

static struct bytes blob_of(uint8_t *buffer, const char *xml) {
    size_t size = strlen(xml);
    const uint8_t magic[] = {0xfa, 0xde, 0x71, 0x71, 0, 0, 0, 0};
    memcpy(buffer, magic, sizeof magic);
    buffer[6] = (uint8_t)((size + 8) >> 8);
    buffer[7] = (uint8_t)(size + 8);
    memcpy(buffer + 8, xml, size);
    return (struct bytes){buffer, size + 8};
}

static void a_hardened_process_is_asked_for_by_a_true_key(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t buffer[1024];
        if (entitlements_hardened(blob_of(buffer, rows[i].xml)) != rows[i].expected)
            fail_msg("%s", rows[i].label);
    }
}

static void a_blob_that_is_none_asks_for_nothing(void **state) {
    (void)state;
    uint8_t buffer[1024];
    struct bytes blob = blob_of(buffer, "<key>" SECURITY "</key><true/>");
    assert_true(entitlements_hardened(blob));
    for (size_t size = 0; size < blob.size; size++)
        assert_false(entitlements_hardened((struct bytes){blob.data, size}));
    buffer[7] = 7; /* shorter than its header */
    buffer[6] = 0;
    assert_false(entitlements_hardened(blob));
    blob = blob_of(buffer, "<key>" SECURITY "</key><true/>");
    buffer[3] = 0x72; /* DER entitlements */
    assert_false(entitlements_hardened(blob));
}

static void the_index_says_where_entitlements_are(void **state) {
    (void)state;
    uint8_t head[] = {0xfa, 0xde, 0x0c, 0xc0, 0, 0,  1, 0, 0, 0, 0, 2, 0, 0,
                      0,    0,    0,    0,    0, 28, 0, 0, 0, 5, 0, 0, 0, 99};
    uint32_t offset = 0;
    assert_true(entitlements_offset((struct bytes){head, sizeof head}, &offset));
    assert_int_equal(offset, 99);
    for (size_t size = 0; size < sizeof head; size++)
        assert_false(entitlements_offset((struct bytes){head, size}, &offset));
    head[11] = 1; /* blobs */
    assert_false(entitlements_offset((struct bytes){head, sizeof head}, &offset));
    memset(head + 8, 0xff, 4);
    assert_true(entitlements_offset((struct bytes){head, sizeof head}, &offset));
    head[23] = 7; /* the slot */
    assert_false(entitlements_offset((struct bytes){head, sizeof head}, &offset));
    head[23] = 5;
    head[3] = 0xc1; /* the magic */
    assert_false(entitlements_offset((struct bytes){head, sizeof head}, &offset));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hardened_process_is_asked_for_by_a_true_key),
        cmocka_unit_test(a_blob_that_is_none_asks_for_nothing),
        cmocka_unit_test(the_index_says_where_entitlements_are),
    };
    return cmocka_run_group_tests_name("entitlements", tests, NULL, NULL);
}
