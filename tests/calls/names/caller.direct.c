#include <stdio.h>
#include <string.h>

#include "metropipe/new/registry.h"
#include "metropipe/select/registry.h"

static void check(const char *name, bool held)
{
    if (held)
        printf("ok %s\n", name);
    else
        printf("FAIL %s: got %s\n", name, metropipe_error());
}

/* The functions of services.py, in C. */
static int32_t my_select_(int32_t p1, int32_t p2, int32_t p3, int32_t p4, int32_t p5, int32_t p6, int32_t p7, int32_t p8, int32_t p9, int32_t p10, int32_t p11, int32_t p12,
    int32_t p13, int32_t p14, int32_t p15, int32_t p16, int32_t p17, int32_t p18, int32_t p19, int32_t p20, int32_t p21, int32_t p22, int32_t p23, int32_t p24, int32_t p25, int32_t p26, int32_t p27, int32_t p28, int32_t p29, int32_t p30, int32_t p31, int32_t p32, int32_t p33, int32_t p34, int32_t p35,
    int32_t p36, int32_t p37, int32_t p38, int32_t p39, int32_t p40, int32_t p41, int32_t p42, int32_t p43, int32_t p44, int32_t p45, int32_t p46, int32_t p47, int32_t p48, int32_t p49, int32_t p50, int32_t p51, int32_t p52, int32_t p53, int32_t p54, int32_t p55, int32_t p56, int32_t p57, int32_t p58,
    int32_t p59, int32_t p60, int32_t p61, int32_t p62, int32_t p63, int32_t p64, int32_t p65, int32_t p66, int32_t p67)
{
    return 1 * p1 + 2 * p2 + 3 * p3 + 4 * p4 + 5 * p5 + 6 * p6 + 7 * p7 + 8 * p8 + 9 * p9 + 10 * p10 + 11 * p11 + 12 * p12 + 13 * p13 + 14 * p14 + 15 * p15 + 16 * p16 + 17 * p17 + 18 * p18 + 19 * p19 + 20 * p20 + 21 * p21 + 22 * p22 + 23 * p23 + 24 * p24 + 25 * p25 + 26 * p26 + 27 * p27 + 28 * p28 + 29 * p29 +
           30 * p30 + 31 * p31 + 32 * p32 + 33 * p33 + 34 * p34 + 35 * p35 + 36 * p36 + 37 * p37 + 38 * p38 + 39 * p39 + 40 * p40 + 41 * p41 + 42 * p42 + 43 * p43 + 44 * p44 + 45 * p45 + 46 * p46 + 47 * p47 + 48 * p48 + 49 * p49 + 50 * p50 + 51 * p51 + 52 * p52 + 53 * p53 + 54 * p54 + 55 * p55 + 56 * p56 +
           57 * p57 + 58 * p58 + 59 * p59 + 60 * p60 + 61 * p61 + 62 * p62 + 63 * p63 + 64 * p64 + 65 * p65 + 66 * p66 + 67 * p67;
}

static int my_new_(const char *text, int32_t times, char result[252])
{
    result[0] = '\0';
    for (; times > 0; times--)
        strcat(result, text);
    return 0;
}

int main(void)
{
    metropipe_register_select_(my_select_);
    metropipe_register_new_(my_new_);
    /* Both names are taken in C or in C++. */
    int32_t sum = metropipe_get_registry()->select_(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34,
        35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67);
    check("every_name_is_its_own_argument", sum == 102510);
    char text[252];
    check("a_function_named_like_a_keyword", metropipe_get_registry()->new_("ab", 2, text) == 0 && strcmp(text, "abab") == 0);
    return 0;
}
