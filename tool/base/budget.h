/* A budget of memory that pieces of work on several threads share. */
#ifndef VAFIT_BASE_BUDGET_H
#define VAFIT_BASE_BUDGET_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct budget {
    pthread_mutex_t lock;
    pthread_cond_t given;
    uint64_t total; /* bytes */
    uint64_t taken; /* bytes */
};

/* Release with budget_end. */
void budget_begin(struct budget *budget, uint64_t bytes);
/* Waits until so many bytes are left. What is larger than the whole budget waits to be alone; the
 * bytes taken are returned, for budget_give. */
uint64_t budget_take(struct budget *budget, uint64_t bytes);
/* Takes them only if they are left now. */
bool budget_try(struct budget *budget, uint64_t bytes);
void budget_give(struct budget *budget, uint64_t bytes);
void budget_end(struct budget *budget);

#endif
