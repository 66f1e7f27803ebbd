#include <stdio.h>
#include <string.h>

#include "metropipe/greet/lib/greet.h"
#include "metropipe/older/lib/older.h"

static void check(const char *name, bool held)
{
    if (held)
        printf("ok %s\n", name);
    else
        printf("FAIL %s: got %s\n", name, metropipe_error());
}

int main(void)
{
    Person ada = {"Ada", 36};
    Person later;
    char text[252];
    check("first", greet(&ada, true, text) == 0 && strcmp(text, "Good day, Ada") == 0);
    check("second", older(&ada, 4, &later) == 0 && strcmp(later.name, "Ada") == 0 && later.age == 40);
    check("first_again", greet(&ada, false, text) == 0 && strcmp(text, "Hi, Ada") == 0);
    bool held = true;
    for (int32_t years = 0; years < 100; years++) {
        held = held && greet(&ada, true, text) == 0 && strcmp(text, "Good day, Ada") == 0;
        held = held && older(&ada, years, &later) == 0 && later.age == 36 + years;
    }
    check("both_in_turn", held);
    return 0;
}
