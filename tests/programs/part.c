/* A dylib of few words, called NAME: what it returns is VALUE, or what the one that it USES
 * returns. */
extern void host_print_string(const char *text);
#define JOIN(a, b) a##b
#define IN(a, b) JOIN(a, b)

static int number = VALUE;
int *const IN(NAME, _place) = &number;

int NAME(void) {
    return *IN(NAME, _place);
}
int IN(NAME, _other)(void) {
    return -VALUE;
}

#ifdef USES
extern int USES(void);
int IN(NAME, _used)(void) {
    return USES();
}
#endif

#ifdef MORE
MORE
#endif
