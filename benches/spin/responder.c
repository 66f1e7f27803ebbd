/* The other side of every bare spin: answers status 1 with status 3, nothing else.
   Usage: responder FILE. It maps the file's first page, prints "ready", and ends when status is 9. */
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    int file = open(argv[1], O_RDWR | O_CREAT, 0600);
    if (file < 0 || ftruncate(file, 4096) != 0) return 1;
    _Atomic uint32_t *word = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (word == MAP_FAILED) return 1;
    atomic_store(word, 0);
    puts("ready");
    fflush(stdout);
    for (;;) {
        uint32_t status = atomic_load_explicit(word, memory_order_acquire);
        if (status == 1) atomic_store_explicit(word, 3, memory_order_release);
        if (status == 9) return 0;
    }
}
