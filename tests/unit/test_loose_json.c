#include "crash/loose_json.h"

#include "base/text.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void note(void *context, const struct loose_value *value) {
    struct text *text = context;
    static const char *const kinds[] = {
        [LOOSE_BEGIN] = "{", [LOOSE_END] = "}", [LOOSE_LIST_END] = "]"};
    text_addf(text, "%s=", value->path);
    if (value->kind == LOOSE_TEXT)
        text_addf(text, "'%s' ", value->text);
    else if (value->kind == LOOSE_NUMBER)
        text_addf(text, "%" PRIu64 " ", value->number);
    else if (value->kind == LOOSE_TRUE)
        text_add(text, "true ");
    else
        text_addf(text, "%s ", kinds[value->kind]);
}

static const struct loose_row {
    const char *json;
    const char *told;
} rows[] = {
    {"{\"a\": 1}", "={ a=1 =} "},
    {"{\"a\": {\"b\": [\"x\", 2, {\"c\": true}]}}",
     "={ a={ a.b='x' a.b=2 a.b={ a.b.c=true a.b=} a.b=] a=} =} "},
    /* A number counts with what may follow it, a string with its quote, others not at all. */
    {"{\"a\": 12", "={ "},
    {"{\"a\": 12 ", "={ "},
    {"{\"a\": 12,", "={ a=12 "},
    {"{\"a\": 12\n34, \"b\": 5}", "={ b=5 =} "},
    {"{\"a\": \"x", "={ "},
    {"{\"a\": \"x\"", "={ a='x' "},
    {"{\"a\": 18446744073709551615, \"b\": 18446744073709551616, \"c\": -1, \"d\": 1.5, \"e\": null}",
     "={ a=18446744073709551615 =} "},
    /* Escapes; a slash that was escaped twice; a line end that pasting put there. */
    {"{\"a\": \"\\/x\\\\/y\\\"\\n\\u00e4\\u0000\\ud800\"}", "={ a='/x/y\"\n\xc3\xa4 ?' =} "},
    {"{\"a\": \"x\ny \nz\"}", "={ a='x y z' =} "},
    {"{\"a\n\": 1}", "={ a =1 =} "},
    /* Where it begins: not in the words before it, and also where its beginning is lost. */
    {"See {this} \"here\": 1\n{\"a\": 1}", "={ a=1 =} "},
    {"\"a\": {\"b\": 1},\n\"c\": 2}", "a={ a.b=1 a=} c=2 "},
    {"{\"a\": 1}\nwords\n{\"b\": 2}", "={ a=1 =} ={ b=2 =} "},
    {"no JSON", ""},
    /* Brackets that do not match. */
    {"{\"a\": [1, {\"b\": 2], \"c\": 3}", "={ a=1 a={ a.b=2 a=] c=3 =} "},
    {"{\"a\": 1]], \"b\": 2}", "={ a=1 b=2 =} "},
};

static void what_can_be_proven_is_told(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct pasted pasted = {rows[i].json, strlen(rows[i].json)};
        struct text text = {0};
        text_add(&text, "");
        loose_json_visit(&pasted, note, &text);
        assert_string_equal(text.data, rows[i].told);
        text_free(&text);
    }
}

/* What is too deep to be told is counted, so that the rest is told in its place. */
static void deep_containers_are_passed_over(void **state) {
    (void)state;
    struct text json = {0}, text = {0};
    text_add(&json, "{\"a\": ");
    for (size_t i = 0; i < 1000; i++)
        text_add(&json, "[");
    text_add(&json, "7");
    for (size_t i = 0; i < 1000; i++)
        text_add(&json, "]");
    text_add(&json, ", \"b\": 8}");
    const struct pasted pasted = {json.data, json.size};
    loose_json_visit(&pasted, note, &text);
    assert_null(strstr(text.data, "=7"));
    assert_non_null(strstr(text.data, " b=8 =} "));
    text_free(&json);
    text_free(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_can_be_proven_is_told),
        cmocka_unit_test(deep_containers_are_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
