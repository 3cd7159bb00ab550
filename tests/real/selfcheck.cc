/* A self-check of abseil that runs in the tests' loader: what it prints must not change by a rewriting. Only
 * what needs no locks, files and locales of the system. */
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <absl/container/flat_hash_map.h>
#include <absl/numeric/int128.h>
#include <absl/strings/cord.h>
#include <absl/strings/escaping.h>
#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_replace.h>
#include <absl/strings/str_split.h>
#include <absl/time/civil_time.h>

extern "C" void host_print_string(const char *text);

static void say(const std::string &text) { host_print_string(text.c_str()); }

static void strings() {
    say(absl::StrCat("cat ", 1, " ", -2.5, " ", absl::Hex(255)));
    std::vector<std::string> parts = absl::StrSplit("one,two,,three", ',');
    say(absl::StrJoin(parts, "|"));
    say(absl::StrReplaceAll("a b c", {{"a", "x"}, {"c", "z"}}));
    say(absl::CEscape("tab\tand \"quotes\""));
    say(absl::Base64Escape("address space"));
    say(absl::EqualsIgnoreCase("LinkEdit", "LINKEDIT") ? "equal" : "different");
}

static void numbers() {
    std::int64_t whole;
    double real;
    say(absl::SimpleAtoi("-9223372036854775808", &whole) ? absl::StrCat(whole) : "no number");
    say(absl::SimpleAtod("6.02214076e23", &real) ? absl::StrCat(real) : "no number");
    say(absl::SimpleAtoi("12x", &whole) ? "a number" : "no number");
    absl::uint128 large = absl::MakeUint128(1, 2) * 3;
    say(absl::StrCat(absl::Uint128High64(large), " ", absl::Uint128Low64(large / 7)));
    say(absl::StrFormat("%5d|%x|%s", 42, 48879, "end"));
}

static void containers() {
    absl::flat_hash_map<std::string, int> map;
    for (int i = 0; i < 1000; i++)
        map[absl::StrCat("key", i % 313)] += i;
    std::map<std::string, int> sorted(map.begin(), map.end());
    say(absl::StrCat(map.size(), " ", sorted["key7"], " ", sorted["key312"]));
    absl::Cord cord("a cord");
    for (int i = 0; i < 50; i++)
        cord.Append(absl::StrCat(" of ", i, std::string(40, '.')));
    say(absl::StrCat(cord.size(), " ", std::string(cord.Subcord(100, 12))));
}

static void times() {
    absl::CivilDay day(2024, 2, 28);
    say(absl::FormatCivilTime(day + 2));
    say(absl::StrCat(absl::GetYearDay(day), " ", absl::CivilDay(2025, 1, 1) - day));
}

int main() {
    strings();
    numbers();
    containers();
    times();
    say("done");
    return 0;
}
