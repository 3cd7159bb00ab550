/* Writes where the loader is to have taken the right to write away: it does not get to its end. */
extern void host_print_string(const char *text);

static const char *const names[] = {"first", "second"};

int main(int argc, char **argv) {
    const char **volatile name = (const char **)&names[argc - 1];
    host_print_string(*name);
    *name = argv[0];
    host_print_string("written");
    return 0;
}
