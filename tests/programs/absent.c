/* A dylib that is linked weakly and is gone when the program runs. */
long absent_function(void) {
    return 1;
}
