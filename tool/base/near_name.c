#include "base/near_name.h"

#include <stdio.h>
#include <string.h>

enum { LONGEST = 63, FARTHEST = 2 };

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Of two words of at most LONGEST letters. */
static size_t distance_of(const char *a, size_t a_size, const char *b, size_t b_size) {
    size_t rows[3][LONGEST + 1];
    for (size_t j = 0; j <= b_size; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_size; i++) {
        size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *above_that = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_size; j++) {
            row[j] = least(above[j - 1] + (a[i - 1] != b[j - 1]), least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], above_that[j - 2] + 1);
        }
    }
    return rows[a_size % 3][b_size];
}

void near_name_offer(struct near_name *near, const char *name) {
    size_t word_size = strlen(near->word), name_size = strlen(name);
    if (word_size > LONGEST || name_size > LONGEST)
        return;
    size_t distance = distance_of(near->word, word_size, name, name_size);
    size_t longer = word_size > name_size ? word_size : name_size;
    if (distance > FARTHEST || 2 * distance >= longer ||
        (near->name != NULL && distance >= near->distance))
        return;
    near->name = name;
    near->distance = distance;
}

const char *near_name_question(const struct near_name *near, const char *dashes,
                               char question[NEAR_NAME_QUESTION]) {
    question[0] = '\0';
    if (near->name != NULL)
        snprintf(question, NEAR_NAME_QUESTION, "; did you mean %s%s?", dashes, near->name);
    return question;
}
