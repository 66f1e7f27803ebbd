#include <stdio.h>
#include <string.h>

#include "metropipe/analyse/registry.h"
#include "metropipe/center/registry.h"
#include "metropipe/divide/registry.h"
#include "metropipe/origin/registry.h"
#include "metropipe/pulse/registry.h"
#include "metropipe/touch/registry.h"

static void check(const char *name, bool held)
{
    if (held)
        printf("ok %s\n", name);
    else
        printf("FAIL %s: got %s\n", name, metropipe_error());
}

/* The functions of services.py, in C. */
static int my_divide(int32_t a, int32_t b, int32_t *quotient, int32_t *remainder)
{
    if (b == 0)
        return metropipe_raise("ZeroDivisionError", "integer division or modulo by zero");
    *quotient = a / b;
    *remainder = a % b;
    return 0;
}

static int my_analyse(const char *text, int32_t *count, char capitals[252], metropipe_list15_string256 *words, metropipe_opt_bool *upper)
{
    memset(words, 0, sizeof *words);
    upper->present = text[0] != '\0';
    upper->value = true;
    *count = 0;
    size_t used = 0;
    for (const char *at = text; *at != '\0'; at++, ++*count) {
        bool small = *at >= 'a' && *at <= 'z';
        capitals[*count] = small ? (char)(*at - 'a' + 'A') : *at;
        upper->value = upper->value && !small;
        if (*at == ' ') {
            used = 0;
            continue;
        }
        if (used == 0)
            words->count++;
        words->items[words->count - 1][used++] = *at;
    }
    capitals[*count] = '\0';
    return 0;
}

static int my_touch(const char *note)
{
    (void)note;
    return 0;
}

static int my_pulse(void)
{
    return 0;
}

static int my_origin(float *x, float *y)
{
    *x = 0.5f;
    *y = -0.5f;
    return 0;
}

static float my_center(const center_Box *box)
{
    return (box->item0 + box->item1) / 2;
}

int main(void)
{
    metropipe_register_divide(my_divide);
    metropipe_register_analyse(my_analyse);
    metropipe_register_touch(my_touch);
    metropipe_register_pulse(my_pulse);
    metropipe_register_origin(my_origin);
    metropipe_register_center(my_center);
    int32_t quotient, remainder;
    check("two_results", metropipe_get_registry()->divide(17, 5, &quotient, &remainder) == 0 && quotient == 3 && remainder == 2);
    int32_t count;
    char capitals[252];
    metropipe_list15_string256 words;
    metropipe_opt_bool upper;
    bool held = metropipe_get_registry()->analyse("Ab cd", &count, capitals, &words, &upper) == 0 && count == 5 && strcmp(capitals, "AB CD") == 0;
    held = held && words.count == 2 && strcmp(words.items[0], "Ab") == 0 && strcmp(words.items[1], "cd") == 0;
    check("many_results", held && upper.present && !upper.value);
    held = metropipe_get_registry()->analyse("", &count, capitals, &words, &upper) == 0 && count == 0 && capitals[0] == '\0';
    check("many_results_of_nothing", held && words.count == 0 && !upper.present);
    check("no_result", metropipe_get_registry()->touch("x") == 0);
    check("no_argument_no_result", metropipe_get_registry()->pulse() == 0);
    float x, y;
    check("no_argument", metropipe_get_registry()->origin(&x, &y) == 0 && x == 0.5f && y == -0.5f);
    const center_Box box = {1, 2};
    check("tuple_argument", metropipe_get_registry()->center(&box) == 1.5f);
    bool raised = metropipe_get_registry()->divide(1, 0, &quotient, &remainder) == METROPIPE_REMOTE_ERROR;
    check("raised", raised && strcmp(metropipe_error_type(), "ZeroDivisionError") == 0);
    return 0;
}
