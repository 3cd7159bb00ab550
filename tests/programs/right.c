extern int base_next(void);

int right_value(void) {
    return 10 * base_next();
}
