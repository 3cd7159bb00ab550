/* The bottom of the small program: a dylib that the others share. */
static int count;

static int step(int by) {
    count += by;
    return count;
}

int base_next(void) {
    return step(1);
}

const char *base_names[] = {"one", "two", "three"};
