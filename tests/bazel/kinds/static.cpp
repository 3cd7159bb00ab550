extern "C" int puts(const char *text);
extern "C" const char *library();

int main() {
    puts(library());
    return 5;
}
