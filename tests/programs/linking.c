/* The executable of the linking program: every way to name what another image has. FAR is what is
 * added to one pointer, so that the linker has to choose a wider form of imports. */
typedef __SIZE_TYPE__ size_t;

struct address_info {
    const char *image;
    void *image_start;
    const char *symbol;
    void *symbol_start;
};

extern void host_print_int(const char *label, long value);
extern void host_print_string(const char *text);
extern int dladdr(const void *address, struct address_info *info);
extern void *dlopen(const char *path, int mode);
extern void *dlsym(void *handle, const char *name);
extern size_t strlen(const char *text);

extern char inner_bytes[];
extern long inner_value;
extern long outer_value(long value);
extern long optional_value __attribute__((weak_import));
extern long absent_function(void) __attribute__((weak_import));

#ifndef FAR
#define FAR 4000
#endif

/* Volatile: what the linker made of them is not for the compiler to know. */
static char *volatile near_bytes = inner_bytes + 8;
static char *volatile far_bytes = inner_bytes + FAR;
static char *volatile back_bytes = inner_bytes - 16;
static long *volatile optional = &optional_value;
static long (*volatile absent)(void) = absent_function;

static const char *leaf(const char *path) {
    const char *result = path;
    for (; *path != '\0'; path++)
        if (*path == '/')
            result = path + 1;
    return result;
}

static void print_name_of(const void *address) {
    struct address_info info;
    if (dladdr(address, &info) == 0) {
        host_print_string("of no image");
        return;
    }
    host_print_string(leaf(info.image));
    host_print_string(info.symbol);
    host_print_int("into it", (const char *)address - (const char *)info.symbol_start);
}

int main(int argc, char **argv, char **environment) {
    (void)environment;
    host_print_string(argc > 1 ? argv[1] : "no argument");
    host_print_int("inner", inner_value);
    host_print_int("outer", outer_value(4));
    host_print_int("near", near_bytes - inner_bytes);
    host_print_int("far", far_bytes - inner_bytes);
    host_print_int("back", back_bytes - inner_bytes);
    host_print_int("optional is there", optional != 0);
    host_print_int("absent is there", absent != 0);
    host_print_int("not there", dlopen("/nowhere.dylib", 1) == 0);
    void *plugin = dlopen("@loader_path/libplugin.dylib", 1);
    long (*value)(long) = (long (*)(long))dlsym(plugin, "plugin_value");
    host_print_int("plugin", value(3));
    host_print_int("no such symbol", dlsym(plugin, "nothing") == 0);
    host_print_int("the same", dlsym((void *)-2, "inner_bytes") == inner_bytes);
    print_name_of(inner_bytes + 3);
    print_name_of((const void *)value);
    print_name_of((const void *)main);
    return (int)strlen(argv[0]) > 0 ? 5 : 6;
}
