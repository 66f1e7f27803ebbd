#include <stdio.h>
#include <string.h>

#include "metropipe/describe/registry.h"
#include "metropipe/half/registry.h"
#include "metropipe/initial/registry.h"

static void check(const char *name, bool held)
{
    if (held)
        printf("ok %s\n", name);
    else
        printf("FAIL %s: got %s\n", name, metropipe_error());
}

/* The functions of services.py, in C. */
static int my_describe(const int32_t *count, const char *name, const float *ratio, char result[252])
{
    char parts[3][64] = {"None", "None", "None"};
    if (count != NULL)
        snprintf(parts[0], sizeof parts[0], "%d", (int)*count);
    if (name != NULL)
        snprintf(parts[1], sizeof parts[1], "'%s'", name);
    if (ratio != NULL)
        snprintf(parts[2], sizeof parts[2], "%.1f", (double)*ratio);
    snprintf(result, 252, "%s %s %s", parts[0], parts[1], parts[2]);
    return 0;
}

static int my_half(int32_t n, metropipe_opt_i32 *result)
{
    result->present = n % 2 == 0;
    result->value = n / 2;
    return 0;
}

static int my_initial(const char *text, metropipe_opt_string256 *result)
{
    result->present = text[0] != '\0';
    result->value[0] = text[0];
    result->value[1] = '\0';
    return 0;
}

int main(void)
{
    metropipe_register_describe(my_describe);
    metropipe_register_half(my_half);
    metropipe_register_initial(my_initial);
    char text[252];
    int32_t count = 7;
    float ratio = 0.5f;
    check("all_present", metropipe_get_registry()->describe(&count, "Ada", &ratio, text) == 0 && strcmp(text, "7 'Ada' 0.5") == 0);
    check("all_absent", metropipe_get_registry()->describe(NULL, NULL, NULL, text) == 0 && strcmp(text, "None None None") == 0);
    count = 0;
    ratio = 0.0f;
    check("zero_is_present", metropipe_get_registry()->describe(&count, "", &ratio, text) == 0 && strcmp(text, "0 '' 0.0") == 0);
    check("some_absent", metropipe_get_registry()->describe(NULL, "x", NULL, text) == 0 && strcmp(text, "None 'x' None") == 0);

    metropipe_opt_i32 number;
    check("number_present", metropipe_get_registry()->half(6, &number) == 0 && number.present && number.value == 3);
    check("number_absent", metropipe_get_registry()->half(7, &number) == 0 && !number.present);
    metropipe_opt_string256 first;
    check("text_present", metropipe_get_registry()->initial("Ada", &first) == 0 && first.present && strcmp(first.value, "A") == 0);
    check("text_absent", metropipe_get_registry()->initial("", &first) == 0 && !first.present);
    return 0;
}
