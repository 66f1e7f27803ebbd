#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "metropipe/floats/registry.h"
#include "metropipe/limits/registry.h"
#include "metropipe/numbers/registry.h"

static void check(const char *name, bool held)
{
    if (held)
        printf("ok %s\n", name);
    else
        printf("FAIL %s: got %s\n", name, metropipe_error());
}

/* The functions of services.py, in C. */
static int my_numbers(bool flag, int8_t a, int16_t b, int32_t c, int64_t d, uint8_t e, uint16_t f, uint32_t g, uint64_t h, char result[252])
{
    snprintf(result, 252, "%s %d %d %" PRId32 " %" PRId64 " %u %u %" PRIu32 " %" PRIu64, flag ? "True" : "False", a, b, c, d, e, f, g, h);
    return 0;
}

static int my_limits(bool largest, bool *flag, int8_t *a, int16_t *b, int32_t *c, int64_t *d, uint8_t *e, uint16_t *f, uint32_t *g, uint64_t *h)
{
    *flag = largest;
    *a = largest ? INT8_MAX : INT8_MIN;
    *b = largest ? INT16_MAX : INT16_MIN;
    *c = largest ? INT32_MAX : INT32_MIN;
    *d = largest ? INT64_MAX : INT64_MIN;
    *e = largest ? UINT8_MAX : 0;
    *f = largest ? UINT16_MAX : 0;
    *g = largest ? UINT32_MAX : 0;
    *h = largest ? UINT64_MAX : 0;
    return 0;
}

static int my_floats(float x, double y, float *same_x, double *same_y, char bits[252])
{
    uint32_t four;
    uint64_t eight;
    memcpy(&four, &x, sizeof four);
    memcpy(&eight, &y, sizeof eight);
    *same_x = x;
    *same_y = y;
    snprintf(bits, 252, "%08" PRIx32 " %016" PRIx64, four, eight);
    return 0;
}

int main(void)
{
    metropipe_register_numbers(my_numbers);
    metropipe_register_limits(my_limits);
    metropipe_register_floats(my_floats);
    char text[252];
    int code = metropipe_get_registry()->numbers(false, INT8_MIN, INT16_MIN, INT32_MIN, INT64_MIN, 0, 0, 0, 0, text);
    check("numbers_smallest", code == 0 && strcmp(text, "False -128 -32768 -2147483648 -9223372036854775808 0 0 0 0") == 0);
    code = metropipe_get_registry()->numbers(true, INT8_MAX, INT16_MAX, INT32_MAX, INT64_MAX, UINT8_MAX, UINT16_MAX, UINT32_MAX, UINT64_MAX, text);
    check("numbers_largest", code == 0 && strcmp(text, "True 127 32767 2147483647 9223372036854775807 255 65535 4294967295 18446744073709551615") == 0);

    bool flag;
    int8_t a;
    int16_t b;
    int32_t c;
    int64_t d;
    uint8_t e;
    uint16_t f;
    uint32_t g;
    uint64_t h;
    code = metropipe_get_registry()->limits(false, &flag, &a, &b, &c, &d, &e, &f, &g, &h);
    bool smallest = !flag && a == INT8_MIN && b == INT16_MIN && c == INT32_MIN && d == INT64_MIN;
    check("limits_smallest", code == 0 && smallest && e == 0 && f == 0 && g == 0 && h == 0);
    code = metropipe_get_registry()->limits(true, &flag, &a, &b, &c, &d, &e, &f, &g, &h);
    bool largest = flag && a == INT8_MAX && b == INT16_MAX && c == INT32_MAX && d == INT64_MAX;
    check("limits_largest", code == 0 && largest && e == UINT8_MAX && f == UINT16_MAX && g == UINT32_MAX && h == UINT64_MAX);

    float x;
    double y;
    code = metropipe_get_registry()->floats(0.5f, 0.1, &x, &y, text);
    check("floats_ordinary", code == 0 && x == 0.5f && y == 0.1 && strcmp(text, "3f000000 3fb999999999999a") == 0);
    code = metropipe_get_registry()->floats(-0.0f, -0.0, &x, &y, text);
    check("floats_negative_zero", code == 0 && signbit(x) && signbit(y) && strcmp(text, "80000000 8000000000000000") == 0);
    code = metropipe_get_registry()->floats(INFINITY, -(double)INFINITY, &x, &y, text);
    check("floats_infinities", code == 0 && isinf(x) && x > 0 && isinf(y) && y < 0 && strcmp(text, "7f800000 fff0000000000000") == 0);
    code = metropipe_get_registry()->floats(NAN, (double)NAN, &x, &y, text);
    check("floats_nan", code == 0 && isnan(x) && isnan(y));
    code = metropipe_get_registry()->floats(FLT_MAX, 5e-324, &x, &y, text);
    check("floats_largest_and_smallest", code == 0 && x == FLT_MAX && y == 5e-324 && strcmp(text, "7f7fffff 0000000000000001") == 0);
    return 0;
}
