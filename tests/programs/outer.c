/* libouter: built twice, first with more than is there when the program runs. */
extern void host_print_string(const char *text);
extern long inner_twice(long value);

__attribute__((constructor)) static void begin(void) {
    host_print_string("outer begins");
}

long outer_value(long value) {
    return inner_twice(value) + 1;
}

#ifdef WITH_OPTIONAL
long optional_value = 5;
#endif
