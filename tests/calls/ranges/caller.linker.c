#include <stdio.h>
#include <string.h>

#include "metropipe/scale/lib/scale.h"
#include "metropipe/square/lib/square.h"

static void check(const char *name, bool held)
{
    if (held)
        printf("ok %s\n", name);
    else
        printf("FAIL %s: got %s\n", name, metropipe_error());
}

int main(void)
{
    check("ordinary", scale(3, 0.5f) == 1.5f && metropipe_error_code() == METROPIPE_OK);
    check("k_largest", scale(2147483647, 0.0f) == 0.0f && metropipe_error_code() == METROPIPE_OK);
    bool refused = square(65536) == 0 && metropipe_error_code() == METROPIPE_CHANNEL_ERROR && strstr(metropipe_error(), "the result does not fit") != NULL;
    check("result_too_large", refused && strstr(metropipe_error(), "i32") != NULL);
    check("ordinary_after_errors", scale(2, 2.0f) == 4.0f && metropipe_error_code() == METROPIPE_OK);
    return 0;
}
