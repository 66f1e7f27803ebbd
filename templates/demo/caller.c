/* Calls the Python function, and says what it returned and how long 10,000 calls took. HEADER is the
   stub, or the header of the shared library. */
#define _GNU_SOURCE
#include HEADER

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { WARM = 2000, CALLS = 10000 };

static int64_t took[CALLS];

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int ascending(const void *a, const void *b) {
    const int64_t *first = a, *second = b;
    return (*first > *second) - (*first < *second);
}

int main(void) {
    char result[252] = "";
    for (int i = -WARM; i < CALLS; i++) {
        int64_t start = now();
        if (weekday(1969, 7, 20, result) != 0) {
            fprintf(stderr, "%s\n", metropipe_error());
            return 1;
        }
        if (i >= 0) {
            took[i] = now() - start;
        }
    }
    qsort(took, CALLS, sizeof took[0], ascending);
    printf("%s\t%lld\t%lld\n", result, (long long)took[CALLS / 2], (long long)took[CALLS / 100 * 99]);
    return 0;
}
