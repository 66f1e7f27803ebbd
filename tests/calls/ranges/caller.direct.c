#include <stdio.h>
#include <string.h>

#include "metropipe/scale/registry.h"
#include "metropipe/square/registry.h"

static void check(const char *name, bool held)
{
    if (held)
        printf("ok %s\n", name);
    else
        printf("FAIL %s: got %s\n", name, metropipe_error());
}

/* The functions of services.py, in C. */
static float my_scale(int32_t k, float factor)
{
    return (float)k * factor;
}

static int32_t my_square(int32_t n)
{
    return n * n;
}

int main(void)
{
    metropipe_register_scale(my_scale);
    metropipe_register_square(my_square);
    check("ordinary", metropipe_get_registry()->scale(3, 0.5f) == 1.5f && metropipe_get_registry()->square(12) == 144);
    check("k_largest", metropipe_get_registry()->scale(2147483647, 0.0f) == 0.0f);
    /* Nothing is registered: an error that says so, and then all is as before. */
    metropipe_register_scale(NULL);
    bool refused = metropipe_get_registry()->scale(2, 2.0f) == 0.0f && metropipe_error_code() == METROPIPE_NO_PROVIDER_ERROR;
    refused = refused && strstr(metropipe_error(), "scale: no function is registered; call metropipe_register_scale first") != NULL;
    metropipe_register_scale(my_scale);
    check("ordinary_after_errors", refused && metropipe_get_registry()->scale(2, 2.0f) == 4.0f && metropipe_error_code() == METROPIPE_OK);
    return 0;
}
