/* The executable of dylibs of few words. */
extern void host_print_int(const char *label, long value);
extern int a(void), b(void), x(void), x_used(void);

int main(void) {
    host_print_int("a", a());
    host_print_int("b", b());
#ifndef WITHOUT_X
    host_print_int("x", x());
    host_print_int("x uses", x_used());
#endif
    return 0;
}
