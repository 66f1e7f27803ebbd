#include <stdio.h>
#include <string.h>

#include "metropipe/scale/stub.h"
#include "metropipe/square/stub.h"

static void check(const char *name, bool held)
{
    if (held)
        printf("ok %s\n", name);
    else
        printf("FAIL %s: got %s\n", name, metropipe_error());
}

int main(void)
{
    float number;
    int32_t result;
    check("ordinary", scale(3, 0.5f, &number) == 0 && number == 1.5f);
    check("k_largest", scale(2147483647, 0.0f, &number) == 0 && number == 0.0f);
    bool refused = square(65536, &result) == METROPIPE_CHANNEL_ERROR && strstr(metropipe_error(), "the result does not fit") != NULL;
    check("result_too_large", refused && strstr(metropipe_error(), "i32") != NULL);
    check("ordinary_after_errors", scale(2, 2.0f, &number) == 0 && number == 4.0f);
    return 0;
}
