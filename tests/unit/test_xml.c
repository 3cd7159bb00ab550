#include "base/xml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* U+FFFD. */
#define BAD "\xef\xbf\xbd"

static const struct row {
    const char *label;
    const char *string;
    const char *expected;
} rows[] = {
    {"empty", "", ""},
    {"plain", "out/libx.dylib", "out/libx.dylib"},
    {"markup", "<a b=\"c\" d='e'>&amp;</a>]]>",
     "&lt;a b=&quot;c&quot; d=&apos;e&apos;&gt;&amp;amp;&lt;/a&gt;]]&gt;"},
    {"line breaks and tabs, which attributes would lose", "a\nb\rc\td", "a\\x0ab\\x0dc\\x09d"},
    {"C0 and DEL", "\x01\x1b\x7f", "\\x01\\x1b\\x7f"},
    {"C1", "\xc2\x9b \x9b", "\\xc2\\x9b \\x9b"},
    {"UTF-8", "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8d\x8e", "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8d\x8e"},
    {"no UTF-8", "a\xff<\xc3(", "a" BAD "&lt;" BAD "("},
    {"a surrogate", "\xed\xa0\xbd", BAD BAD BAD},
    {"U+FFFD to U+FFFF", "\xef\xbf\xbd\xef\xbf\xbe\xef\xbf\xbf", BAD BAD BAD},
    {"their neighbours", "\xef\xbf\xbc\xef\xbe\xbf", "\xef\xbf\xbc\xef\xbe\xbf"},
};

static void what_xml_cannot_hold_is_spelled_out_or_replaced(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text text = {0};
        text_add(&text, ">");
        xml_add(&text, rows[i].string);
        if (strcmp(text.data + 1, rows[i].expected) != 0)
            fail_msg("%s: %s", rows[i].label, text.data);
        text_free(&text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_xml_cannot_hold_is_spelled_out_or_replaced),
    };
    return cmocka_run_group_tests_name("xml", tests, NULL, NULL);
}
