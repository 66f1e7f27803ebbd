/* `caller FUNCTION COUNT`: nanoseconds, a line a call. */
#define _GNU_SOURCE
#include "metropipe/add/stub.h"
#include "metropipe/classify/stub.h"
#include "metropipe/echo_large/stub.h"
#include "metropipe/echo_small/stub.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint8_t blob[2097152];

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int call(const char *function) {
    static union {
        metropipe_bytes4096 small;
        metropipe_bytes2097156 large;
    } echo;
    int32_t sum = 0;
    float score = 0;
    if (strcmp(function, "add") == 0) return add(2, 3, &sum) != 0 || sum != 5;
    if (strcmp(function, "classify") == 0) return classify("some text", 3, 0.5f, true, &score) != 0 || score != 13.5f;
    if (strcmp(function, "echo_small") == 0) return echo_small(blob, 4092, &echo.small) != 0;
    return echo_large(blob, sizeof blob, &echo.large) != 0;
}

int main(int argc, char **argv) {
    size_t count = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
    int64_t *took = calloc(count + 1, sizeof *took);
    for (size_t i = 0; i < count + count / 4; i++) {
        int64_t start = now();
        if (call(argv[1]) != 0) {
            fprintf(stderr, "%s\n", metropipe_error());
            return 1;
        }
        if (i >= count / 4) took[i - count / 4] = now() - start;
    }
    for (size_t i = 0; i < count; i++) printf("%" PRId64 "\n", took[i]);
    free(took);
    return 0;
}
