#include "base/budget.h"

void budget_begin(struct budget *budget, uint64_t bytes) {
    pthread_mutex_init(&budget->lock, NULL);
    pthread_cond_init(&budget->given, NULL);
    budget->total = bytes;
    budget->taken = 0;
}

uint64_t budget_take(struct budget *budget, uint64_t bytes) {
    if (bytes > budget->total)
        bytes = budget->total;
    pthread_mutex_lock(&budget->lock);
    while (bytes > budget->total - budget->taken)
        pthread_cond_wait(&budget->given, &budget->lock);
    budget->taken += bytes;
    pthread_mutex_unlock(&budget->lock);
    return bytes;
}

bool budget_try(struct budget *budget, uint64_t bytes) {
    pthread_mutex_lock(&budget->lock);
    bool taken = bytes <= budget->total - budget->taken;
    budget->taken += taken ? bytes : 0;
    pthread_mutex_unlock(&budget->lock);
    return taken;
}

void budget_give(struct budget *budget, uint64_t bytes) {
    pthread_mutex_lock(&budget->lock);
    budget->taken -= bytes;
    pthread_cond_broadcast(&budget->given);
    pthread_mutex_unlock(&budget->lock);
}

void budget_end(struct budget *budget) {
    pthread_cond_destroy(&budget->given);
    pthread_mutex_destroy(&budget->lock);
}
