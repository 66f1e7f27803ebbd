#include <stdio.h>
#include <string.h>

#include "metropipe/describe/lib/describe.h"
#include "metropipe/half/lib/half.h"
#include "metropipe/initial/lib/initial.h"

static void check(const char *name, bool held)
{
    if (held)
        printf("ok %s\n", name);
    else
        printf("FAIL %s: got %s\n", name, metropipe_error());
}

int main(void)
{
    char text[252];
    int32_t count = 7;
    float ratio = 0.5f;
    check("all_present", describe(&count, "Ada", &ratio, text) == 0 && strcmp(text, "7 'Ada' 0.5") == 0);
    check("all_absent", describe(NULL, NULL, NULL, text) == 0 && strcmp(text, "None None None") == 0);
    count = 0;
    ratio = 0.0f;
    check("zero_is_present", describe(&count, "", &ratio, text) == 0 && strcmp(text, "0 '' 0.0") == 0);
    check("some_absent", describe(NULL, "x", NULL, text) == 0 && strcmp(text, "None 'x' None") == 0);

    metropipe_opt_i32 number;
    check("number_present", half(6, &number) == 0 && number.present && number.value == 3);
    check("number_absent", half(7, &number) == 0 && !number.present);
    metropipe_opt_string256 first;
    check("text_present", initial("Ada", &first) == 0 && first.present && strcmp(first.value, "A") == 0);
    check("text_absent", initial("", &first) == 0 && !first.present);
    return 0;
}
