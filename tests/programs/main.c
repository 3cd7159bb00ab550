/* The executable of the small program: prints what its dylibs say. */
extern int left_value(void);
extern int right_value(void);
extern void host_print_int(const char *label, long value);

int main(void) {
    host_print_int("left", left_value());
    host_print_int("right", right_value());
    return 0;
}
