extern "C" const char *imported() {
    return "from imported";
}
