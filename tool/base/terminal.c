#include "base/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

static const char *const names[] = {
    [COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never"};

static enum color color = COLOR_AUTO;

const char *terminal_color_name(size_t i) {
    return i < sizeof names / sizeof names[0] ? names[i] : NULL;
}

void terminal_set_color(const char *name) {
    color = COLOR_AUTO;
    for (size_t i = 0; name != NULL && i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0)
            color = (enum color)i;
}

bool terminal_takes_color(int descriptor) {
    const char *no_color = getenv("NO_COLOR");
    if (color != COLOR_AUTO)
        return color == COLOR_ALWAYS;
    return (no_color == NULL || no_color[0] == '\0') && isatty(descriptor);
}

enum { LEAST = 40, MOST = 1000 };

size_t terminal_width(int descriptor) {
    const char *columns = getenv("COLUMNS");
    struct winsize size;
    unsigned long width = columns == NULL ? 0 : strtoul(columns, NULL, 10);
    if (width == 0 && isatty(descriptor) && ioctl(descriptor, TIOCGWINSZ, &size) == 0)
        width = size.ws_col;
    if (width == 0 || width > MOST)
        return 0;
    return width < LEAST ? LEAST : width;
}
