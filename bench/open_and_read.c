/* The yardstick of bench/check: opens each file it is given and reads its first 32 KiB, and nothing
 * else. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv) {
    static char buffer[32 * 1024];
    for (int i = 1; i < argc; i++) {
        int descriptor = open(argv[i], O_RDONLY);
        if (descriptor < 0 || read(descriptor, buffer, sizeof buffer) < 0) {
            perror(argv[i]);
            return 4;
        }
        close(descriptor);
    }
    return 0;
}
