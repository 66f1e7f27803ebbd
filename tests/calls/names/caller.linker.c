#include <stdio.h>
#include <string.h>

#include "metropipe/new/lib/new.h"
#include "metropipe/select/lib/select.h"

static void check(const char *name, bool held)
{
    if (held)
        printf("ok %s\n", name);
    else
        printf("FAIL %s: got %s\n", name, metropipe_error());
}

int main(void)
{
    /* Both names are taken in C or in C++. */
    int32_t sum = select_(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34,
        35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67);
    check("every_name_is_its_own_argument", sum == 102510);
    char text[252];
    check("a_function_named_like_a_keyword", new_("ab", 2, text) == 0 && strcmp(text, "abab") == 0);
    return 0;
}
