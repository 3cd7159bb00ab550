extern "C" int puts(const char *text);
extern "C" const char *library();
extern "C" const char *shared();
extern "C" const char *imported();

int main() {
    puts(library());
    puts(shared());
    puts(imported());
    return 4;
}
