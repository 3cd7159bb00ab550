# Real programs that use few of the exports of what they load, made by clang-19 and ld64.lld-19.

# unused_source NAME COUNT: as many functions of NAME that nobody asks for.
unused_source() {
    seq "$2" | sed "s/.*/int an_export_of_$1_that_nobody_asks_for_&(int v) { return v + &; }/"
}

# closed_program ARCH FOLDER [STYLE [UNUSED]]: main and other, which load libwide; libwide re-exports libinner,
# whose inner_used main imports; plugin.bundle, which main opens; it loads libwide too. Nobody asks for 3000
# exports of libwide, and for UNUSED (default 0) of each of the others.
closed_program() {
    local arch=$1 folder=$2 style=${3:--fixup_chains} unused=${4:-0} name
    mkdir -p "$folder"
    for name in inner main other plugin; do unused_source $name "$unused" >"$folder/$name.c"; done
    unused_source wide 3000 >"$folder/wide.c"
    cat >>"$folder/wide.c" <<'END'
int used_by_main(int v) { return v + 1; }
int used_by_other(int v) { return v + 2; }
int used_by_plugin(int v) { return v + 3; }
int named_by_string(int v) { return v + 4; }
int looked_up_by_its_whole_name(int v) { return v + 5; }
int kept_by_a_glob(int v) { return v + 6; }
int kept_by_the_same_glob(int v) { return v + 7; }
__attribute__((weak)) int defined_weakly(void) { return 8; }
int defined_weakly_elsewhere(void) { return 9; }
void *own_new(unsigned long size) __asm__("__Znwm");
void *own_new(unsigned long size) { (void)size; return 0; }
END
    cat >>"$folder/inner.c" <<'END'
int inner_used(void) { return 10; }
int inner_unused(void) { return 11; }
END
    cat >>"$folder/main.c" <<'END'
extern void host_print_int(const char *label, long value);
extern void *dlopen(const char *path, int mode);
extern void *dlsym(void *handle, const char *name);
int used_by_main(int v), inner_used(void), defined_weakly(void);
__attribute__((weak)) int defined_weakly_elsewhere(void) { return 20; }
int exported_by_main(void) { return 21; }
const char *volatile whole_name = "_looked_up_by_its_whole_name";
int main(void) {
    host_print_int("used", used_by_main(1));
    host_print_int("inner", inner_used());
    host_print_int("weak", defined_weakly());
    host_print_int("weak elsewhere", defined_weakly_elsewhere());
    int (*named)(int) = (int (*)(int))dlsym((void *)-2, "named_by_string");
    host_print_int("named", named == 0 ? -1 : named(1));
    int (*entry)(int) = (int (*)(int))dlsym(dlopen("@loader_path/plugin.bundle", 1), "plugin_entry");
    host_print_int("plugin", entry(1));
    return 12;
}
END
    cat >>"$folder/other.c" <<'END'
extern void host_print_int(const char *label, long value);
int used_by_other(int v);
const char *volatile as_much_data_as_main = "";
int main(void) {
    host_print_int("other", used_by_other(1));
    return 13;
}
END
    cat >>"$folder/plugin.c" <<'END'
int used_by_plugin(int v);
const char *volatile as_much_data_as_main = "";
int plugin_entry(int v) { return used_by_plugin(v); }
END
    for name in wide inner main other plugin; do
        clang-19 --target="$arch-apple-macos13" -O1 -g -fno-stack-protector -c "$folder/$name.c" \
            -o "$folder/$name.o" || return
    done
    link "$arch" "$style" -dylib -install_name @rpath/libinner.dylib -o "$folder/libinner.dylib" \
        "$folder/inner.o" &&
        link "$arch" "$style" -dylib -install_name @rpath/libwide.dylib -rpath @loader_path/. \
            -o "$folder/libwide.dylib" "$folder/wide.o" "$TESTS/programs/libSystem.tbd" \
            -reexport_library "$folder/libinner.dylib" &&
        link "$arch" "$style" -bundle -rpath @loader_path/. -o "$folder/plugin.bundle" \
            "$folder/plugin.o" "$folder/libwide.dylib" || return
    for name in main other; do
        link "$arch" "$style" -execute -rpath @loader_path/. -o "$folder/$name" "$folder/$name.o" \
            "$folder/libwide.dylib" || return
    done
    rm "$folder"/*.o "$folder"/*.c
}
