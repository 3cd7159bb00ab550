/* The bottom of the linking program: libouter re-exports it. */
extern void host_print_string(const char *text);

char inner_bytes[4096];
long inner_value = 11;

__attribute__((constructor)) static void begin(void) {
    inner_bytes[1000] = 'x';
    host_print_string("inner begins");
}

long inner_twice(long value) {
    return 2 * value;
}
