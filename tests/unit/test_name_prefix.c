#include "macho/name_prefix.h"

#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* "c++ std::vector<" */
static void expect(const char *name, const char *wanted) {
    struct name_prefix prefix;
    struct text text = {0};
    size_t size = strlen(name);
    name_prefix_read((struct bytes){(const uint8_t *)name, size}, &prefix);
    text_addf(&text, "%s ", name_kind_text(prefix.kind));
    for (size_t i = 0; i < prefix.count; i++) {
        text_add_bytes(&text, (const char *)prefix.parts[i].text.data, prefix.parts[i].text.size);
        text_add(&text, prefix.parts[i].after);
    }
    if (strcmp(text.data, wanted) != 0)
        print_error("%s: %s, not %s\n", name, text.data, wanted);
    assert_string_equal(text.data, wanted);
    text_free(&text);
}

/* What each is of, as llvm-cxxfilt-19 demangles it, stands beside it where that is not plain. */
static void scopes_of_cxx(void **state) {
    (void)state;
    expect("__Z3foov", "c++ ");
    expect("__ZL3foov", "c++ ");
    expect("__Z3maxIiET_S0_S0_", "c++ max<");
    expect("__ZN4absl12lts_2022062311StrContainsENS_11string_viewEc", "c++ absl::lts_20220623::");
    expect("__ZNK4absl6StatusD1Ev", "c++ absl::Status::");
    expect("__ZN3FoolsERKS_", "c++ Foo::"); /* Foo::operator<<(Foo const&) */
    expect("__ZNSt3__16vectorIiNS_9allocatorIiEEE9push_backEOi", "c++ std::__1::vector<");
    expect("__ZNSt6vectorIiSaIiEE3endEv", "c++ std::vector<");
    expect("__ZSt9terminatev", "c++ std::");
    expect("__ZStlsIcEvT_", "c++ std::"); /* std::operator<< <char> */
    expect("__ZNSs4swapERSs", "c++ std::string::");
    expect("__ZTVN4absl6StatusE", "c++ absl::Status::");
    expect("__ZTV3Foo", "c++ Foo::");
    expect("__ZThn16_N3Foo3barEv", "c++ Foo::");
    expect("__ZTv0_n24_N3Foo3barEv", "c++ Foo::");
    expect("__ZGVZN3Foo3barEvE1x", "c++ Foo::");
    expect("__ZZN3Foo3barEvE1x", "c++ Foo::");
    expect("__ZN12_GLOBAL__N_13barEv", "c++ (anonymous namespace)::");
    expect("__ZN3FooB5cxx113barEv", "c++ Foo::");
    expect("__ZNVK3Foo3barEv", "c++ Foo::");
    expect("__ZNKR3Foo3barEv", "c++ Foo::");
    expect("____ZN3Foo3barEv_block_invoke", "c++ Foo::");
    expect("__ZN1a1b1c1d1e1f1g1hEv", "c++ a::b::c::d::e::f::");
}

static void scopes_of_rust(void **state) {
    (void)state;
    expect("__ZN4core3fmt9Formatter3pad17h0123456789abcdefE", "rust core::fmt::Formatter::");
    expect("__ZN4main17h0123456789abcdefE", "rust ");
    expect("__ZN55_$LT$alloc..vec..Vec$LT$T$GT$$u20$as$u20$core..Drop$GT$4drop17h0123456789abcdefE",
           "rust alloc::vec::Vec::");
    expect("__ZN3foo3bar28_$u7b$$u7b$closure$u7d$$u7d$17h0123456789abcdefE", "rust foo::bar::");
    expect("__ZN3foo3bar17h0123456789abcdegE", "c++ foo::bar::");
    expect("__RNvNtC4core3fmt5write", "rust core::fmt::");
    expect("__RNvCs1234_7mycrate3foo", "rust mycrate::");
    expect("__RINvNtC3std3mem4swaphE", "rust std::mem::swap<");
    expect("__RNvMs_NtC3std4pathNtB4_4Path3new", "rust std::path::");
    expect("__RNvXs0_C3fooNtB5_3BarNtNtC4core5clone5Clone5clone", "rust foo::");
    expect("__RNCNvC3foo3bar0B3_", "rust foo::bar::");
    expect("__ResetAll", "other ");
}

static void scopes_of_others(void **state) {
    (void)state;
    expect("_$s4Main3FooV3baryyF", "swift Main.");
    expect("_$sSS8containsySbSJF", "swift Swift::");
    expect("-[NSFoo bar:]", "objective-c NSFoo ");
    expect("+[NSFoo(Category) bar]", "objective-c NSFoo ");
    expect("_OBJC_CLASS_$_NSFoo", "objective-c NSFoo ");
    expect("_OBJC_IVAR_$_NSFoo._bar", "objective-c NSFoo ");
    expect("/out/obj/base/foo.o", "path /out/obj/base/");
    expect("/out/libfoo.a(bar.o)", "path /out/libfoo.a(");
    expect("obj/foo.o", "path obj/");
    expect("_SSL_CTX_new", "other SSL_");
    expect("___cxa_throw", "other __cxa_");
    expect("_main", "other ");
    expect("_runtime.gcStart", "other runtime.");
    expect("ltmp0", "other ");
    expect("", "other ");
}

/* Sizes past the end, names that stop anywhere. */
static void what_is_cut_is_read_as_far_as_it_goes(void **state) {
    (void)state;
    expect("__ZN99foo", "c++ ");
    expect("__ZN3fooN", "c++ foo::");
    expect("__ZN99999999999999999999foo", "c++ ");
    static const char *const names[] = {
        "__ZNSt3__16vectorIiNS_9allocatorIiEEE9push_backEOi",
        "__ZTv0_n24_N3Foo3barEv",
        "__ZN55_$LT$alloc..vec..Vec$LT$T$GT$$u20$as$u20$core..Drop$GT$4drop17h0123456789abcdefE",
        "__RNvXs0_C3fooNtB5_3BarNtNtC4core5clone5Clone5clone",
        "__RINvNtC3std3mem4swaphE",
        "_$s4Main3FooV3baryyF",
        "/out/libfoo.a(bar.o)"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        for (size_t size = 0; size <= strlen(names[i]); size++) {
            struct name_prefix prefix;
            char *copy = test_malloc(size + 1);
            memcpy(copy, names[i], size);
            name_prefix_read((struct bytes){(const uint8_t *)copy, size}, &prefix);
            assert_true(prefix.count <= NAME_MOST_PARTS);
            for (size_t j = 0; j < prefix.count; j++)
                assert_true(prefix.parts[j].text.size <= 64);
            test_free(copy);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scopes_of_cxx),
        cmocka_unit_test(scopes_of_rust),
        cmocka_unit_test(scopes_of_others),
        cmocka_unit_test(what_is_cut_is_read_as_far_as_it_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
