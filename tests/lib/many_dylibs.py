"""Writes the sources of a program of many dylibs, with all that images have to do with each other.

    python3 many_dylibs.py FOLDER COUNT

Part I loads the parts in FOLDER/I.deps. Each part prints when it begins and ends, shares weak definitions with all,
has a class derived from that of a part below, thread-local variables, and exceptions that leave through other parts.
"""
import os
import random
import sys

HEADER = """
typedef unsigned long size_t;
extern "C" {
void host_print_int(const char *label, long value);
void host_print_string(const char *text);
void host_on_thread(void (*work)(void *context), void *context);
struct address_info { const char *image; void *image_start; const char *symbol; void *symbol_start; };
int dladdr(const void *address, address_info *info);
void *dlopen(const char *path, int mode);
void *dlsym(void *handle, const char *name);
}
#define WEAK_IMPORT __attribute__((weak_import))
struct Base { virtual ~Base() {} virtual long value() const { return 1; } long plain = 3; };
struct Other { virtual ~Other() {} virtual long other() const { return 2; } };
template <int N> struct Shared { static long count; static long next() { static long calls = 10 * N; return ++calls + ++count; } };
template <int N> long Shared<N>::count = N;
inline long everywhere = 0;
inline thread_local long of_all_threads = 5;
struct Error { virtual ~Error() {} long code; Error(long c) : code(c) {} virtual const char *text() const { return "error"; } };
struct Noisy { const char *name; Noisy(const char *n) : name(n) { host_print_string(name); } ~Noisy() { host_print_string(name); } };
struct Guard { long &n; Guard(long &l) : n(l) {} ~Guard() { n++; } };
inline long unwound = 0;
"""


def declare(i):
    return f"""
struct Class{i}; extern "C" {{ long f{i}(long); void *address{i}(void); extern __thread long tls{i}; extern long data{i}[];
void throw{i}(long); long catch{i}(long); Base *make{i}(void); long is{i}(Base *); void tell{i}(void); }}
struct Error{i} : Error {{ Error{i}(long c); const char *text() const override; }};
struct Class{i} : Base, Other {{ long value() const override; long other() const override; char pad[{8 + i % 5 * 8}]; }};
"""


def part(i, deps):
    calls = " + ".join([f"f{d}(n / 2)" for d in deps] or ["0"])
    below = deps[0] if deps else i
    text = '#include "many.h"\n' + "".join(declare(d) for d in deps + [i])
    text += f"""
static Noisy noisy("part {i}");
extern "C" long optional{i}(void) WEAK_IMPORT;
__attribute__((constructor)) static void begin() {{ everywhere += {i}; host_print_string("begin {i}"); }}
static long zeros[{100 + 97 * i}];
long data{i}[4] = {{{i}, 2, 3, 4}};
static long *const pointers[] = {{data{i} + 1, zeros + 5, {", ".join(f"data{d} + 2" for d in deps) or "data%d" % i}}};
extern "C" {{
__thread long tls{i} = {100 + i};
static __thread long tls_zero;
static __thread char tls_aligned[64] __attribute__((aligned({64 if i % 3 == 0 else 16}))) = {{1, {i % 100}}};
static __thread long *tls_pointer = data{i} + 3;
static __thread char tls_zero_aligned[100] __attribute__((aligned({64 if i % 4 == 1 else 8})));
long f{i}(long n) {{
    if (n <= 0) return *pointers[0] + zeros[5]++;
    return {i} + *pointers[0] + *pointers[2] + Shared<{i % 4}>::next() + {calls};
}}
void *address{i}(void) {{ return (void *)f{i}; }}
void throw{i}(long n) {{
    Guard guard(unwound);
    volatile long big[{20 + i * 40}];
    big[n % 7] = n;
    if (n <= 0) throw Error{below}(big[n % 7] + {i});
    {f"throw{deps[-1]}(n - 1);" if deps else f"throw Error{i}(n);"}
    big[1]++;
}}
long catch{i}(long n) {{
    try {{ throw{i}(n); }}
    catch (Error{i} &e) {{ return 1000 + e.code; }}
    catch (Error &e) {{ host_print_string(e.text()); if (n == 1) throw; return dynamic_cast<Error{below} *>(&e) != 0 ? e.code : -e.code; }}
    return 0;
}}
Base *make{i}(void) {{ return new Class{i}; }}
long is{i}(Base *base) {{ return dynamic_cast<Class{i} *>(base) != 0; }}
void tell{i}(void) {{
    host_print_int("tls {i}", tls{i}++ + tls_zero++ + tls_aligned[1] + *tls_pointer + tls_zero_aligned[99]);
    host_print_int("aligned", ((size_t)tls_aligned % {64 if i % 3 == 0 else 16}) + ((size_t)tls_zero_aligned % {64 if i % 4 == 1 else 8}));
    host_print_int("tls of others", {" + ".join(f"tls{d}++" for d in deps) or "0"});
    host_print_int("of all", of_all_threads++);
    host_print_int("optional", optional{i} != 0);
    host_print_int("same", {" + ".join(f"((void *)f{d} == address{d}())" for d in deps) or "1"});
}}
}}
Error{i}::Error{i}(long c) : Error(c) {{}}
const char *Error{i}::text() const {{ return "error {i}"; }}
long Class{i}::value() const {{ return {i} * 10 + plain; }}
long Class{i}::other() const {{ return {i} * 7 + {calls.replace("n / 2", "0")}; }}
"""
    return text


def program(count, first):
    text = '#include "many.h"\n' + "".join(declare(i) for i in range(first, count))
    text += """
static void attempt(long (*function)(long), long n) {
    try { host_print_int("caught", function(n)); }
    catch (Error &e) { host_print_string(e.text()); host_print_int("in main", e.code); }
}
static void all(void *) {
"""
    text += "".join(f"    tell{i}();\n" for i in range(first, count))
    text += "}\nint main() {\n    Base *bases[] = {" + ", ".join(f"make{i}()" for i in range(first, count)) + "};\n"
    for i in range(first, count):
        text += f"""    host_print_int("f{i}", f{i}(3));
    host_print_int("same", (void *)f{i} == address{i}());
    for (long n = 0; n < 4; n++) attempt(catch{i}, n);
    {{ long sum = 0; for (Base *base : bases) sum += is{i}(base); host_print_int("is {i}", sum); }}
    host_print_int("virtual", bases[{i - first}]->value() + dynamic_cast<Other *>(bases[{i - first}])->other());
    {{ void *handle = dlopen("@executable_path/{NAME % i}", 1); host_print_int("dlopen", handle != 0);
      host_print_int("dlsym", dlsym(handle, "f{i}") == (void *)f{i}); host_print_int("dlsym data", dlsym(handle, "data{i}") == (void *)data{i}); 
      host_print_int("default", dlsym((void *)-2, "f{i}") == (void *)f{i}); }}
    {{ address_info info; dladdr((void *)f{i}, &info); host_print_string(info.symbol); host_print_int("start", info.symbol_start == (void *)f{i}); }}
"""
    text += """    all(0);
    host_on_thread(all, 0);
    all(0);
    host_print_int("shared", Shared<0>::next() + Shared<1>::next() + Shared<2>::next() + Shared<3>::next());
    host_print_int("unwound", unwound);
    host_print_int("everywhere", everywhere);
    return 7;
}
"""
    return text


NAME = "libpart%d.dylib"


def main(folder, count):
    rng = random.Random(count)
    os.makedirs(folder, exist_ok=True)
    files = {"many.h": HEADER, "main.cpp": program(count, 0), "other.cpp": program(count, count // 2), "empty.cpp": "",
             "zero.c": "__attribute__((section(\"__ZEROS,__zeros,zerofill\"))) char only_zeros[70000];\n"}
    for i in range(count):
        deps = sorted(rng.sample(range(i), min(i, rng.choice((1, 1, 2, 3)))))
        files[f"{i}.cpp"], files[f"{i}.deps"] = part(i, deps), " ".join(map(str, deps)) + "\n"
    for name, text in files.items():
        with open(os.path.join(folder, name), "w") as file:
            file.write(text)


main(sys.argv[1], int(sys.argv[2]))
