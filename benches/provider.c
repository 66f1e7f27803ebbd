/* A provider without an interpreter, for what the stubs alone cost: add, classify and both echoes, `provider FUNCTION`. */
#define _GNU_SOURCE
#include "channel.h"

static void run_add(struct metropipe_call *call, void *context) {
    (void)context;
    int32_t a, b;
    memcpy(&a, call->payload, sizeof a);
    memcpy(&b, call->payload + 4, sizeof b);
    a += b;
    memcpy(call->payload + 8, &a, sizeof a);
}

static void run_classify(struct metropipe_call *call, void *context) {
    (void)context;
    uint32_t length;
    int32_t k;
    float threshold;
    memcpy(&length, call->payload, sizeof length);
    memcpy(&k, call->payload + 256, sizeof k);
    memcpy(&threshold, call->payload + 260, sizeof threshold);
    float score = (float)((int32_t)length * k) * threshold;
    if (!call->payload[264]) score = -score;
    memcpy(call->payload + 272, &score, sizeof score);
}

static void run_echo(struct metropipe_call *call, void *context) {
    const size_t *result = context;
    uint32_t length;
    memcpy(&length, call->payload, sizeof length);
    memcpy(call->payload + *result, call->payload, 4 + (size_t)length);
}

int main(int argc, char **argv) {
    static const struct metropipe_function functions[] = {
        FUNCTIONS
    };
    static size_t small = 4096, large = 2097160;
    for (size_t i = 0; argc > 1 && i < sizeof functions / sizeof functions[0]; i++) {
        if (strcmp(functions[i].name, argv[1]) == 0) {
            struct metropipe_service service = {&functions[i], i == 0 ? run_add : i == 1 ? run_classify : run_echo, i == 2 ? &small : &large, 16, 1};
            return metropipe_serve(&service);
        }
    }
    return 2;
}
