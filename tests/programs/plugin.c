/* Loaded by dlopen. */
extern void host_print_string(const char *text);
extern long outer_value(long value);

__attribute__((constructor)) static void begin(void) {
    host_print_string("plugin begins");
}

long plugin_value(long value) {
    return outer_value(value) * 10;
}
