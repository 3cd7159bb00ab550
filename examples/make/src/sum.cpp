// The executable: loads libadd and libshow.
#include "steps.h"

int main(int argc, char **) {
    show("sum", add(40, argc + 1));
    show("steps", steps(argc));
    return 6;
}
