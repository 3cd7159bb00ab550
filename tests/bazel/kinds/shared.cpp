extern "C" const char *shared() {
    return "from shared";
}
