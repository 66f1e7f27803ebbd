/* The least that a C caller can take: one word to and fro. Usage: spin FILE COUNT; prints nanoseconds, a line a call. */
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    int file = open(argv[1], O_RDWR);
    size_t count = strtoul(argv[2], NULL, 10);
    _Atomic uint32_t *word = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    int64_t *took = malloc(count * sizeof *took);
    if (file < 0 || word == MAP_FAILED || took == NULL) return 1;
    for (size_t i = 0; i < count; i++) {
        int64_t start = now();
        atomic_store_explicit(word, 1, memory_order_release);
        while (atomic_load_explicit(word, memory_order_acquire) != 3) {
        }
        took[i] = now() - start;
    }
    for (size_t i = 0; i < count; i++) printf("%lld\n", (long long)took[i]);
    return 0;
}
