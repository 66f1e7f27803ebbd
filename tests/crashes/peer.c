/* Both sides of one channel in C, killed at a step. `peer serve` serves `double`; `peer call K` prints `= 2K` or `! error`. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Dies, as by the hand of a stranger, at the step whose number the environment names. */
static void step(void)
{
    static int count;
    const char *wanted = getenv("STEP");
    if (__atomic_add_fetch(&count, 1, __ATOMIC_SEQ_CST) == (wanted == NULL ? -1 : atoi(wanted)))
        kill(getpid(), SIGKILL);
}
#define METROPIPE_STEP(name) step()
#include "channel.h"

static const struct metropipe_function function = {
    "double", "double", "(i32)->i32", FINGERPRINT, 4, 12, 4096, "peer serve",
};
static struct metropipe_channel channel;

static void run(struct metropipe_call *call, void *context)
{
    (void)context;
    int32_t k;
    memcpy(&k, call->payload, sizeof k);
    k *= 2;
    memcpy(call->payload + 8, &k, sizeof k);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "serve") == 0) {
        const struct metropipe_service service = {&function, run, NULL, 16, 2};
        return metropipe_serve(&service);
    }
    int32_t k = argc > 2 ? atoi(argv[2]) : 0;
    struct metropipe_call call;
    if (metropipe_begin(&call, &function, &channel) == METROPIPE_OK) {
        memcpy(call.payload, &k, sizeof k);
        if (metropipe_ask(&call) == METROPIPE_OK)
            memcpy(&k, call.payload + 8, sizeof k);
        metropipe_end(&call);
    }
    if (call.code == METROPIPE_OK)
        printf("= %d\n", k);
    else
        printf("! %s\n", metropipe_error());
    return 0;
}
