extern "C" const char *library() {
    return "from library";
}
