/* Serves `mix` from C: the answer is `a:b:text`, which shows whose it is. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "channel.h"

static void run(struct metropipe_call *call, void *context)
{
    (void)context;
    int32_t a, b;
    uint32_t length;
    memcpy(&a, call->payload, sizeof a);
    memcpy(&b, call->payload + 4, sizeof b);
    memcpy(&length, call->payload + 8, sizeof length);
    if (length > 64)
        length = 64;
    char *answer = (char *)call->payload + 268;
    int written = snprintf(answer, 252, "%d:%d:%.*s", (int)a, (int)b, (int)length, (const char *)call->payload + 12);
    memcpy(call->payload + 264, &written, 4);
}

int main(void)
{
    static const struct metropipe_function function = {
        "mix", "mix", "(i32,i32,string[256])->string[256]", FINGERPRINT, 264, 520, 4096, "provider",
    };
    const struct metropipe_service service = {&function, run, NULL, 16, 2};
    return metropipe_serve(&service);
}
