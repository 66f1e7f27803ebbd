#include <stdio.h>
#include <string.h>

#include "metropipe/Shapes_area/lib/Shapes_area.h"
#include "metropipe/Shapes_name/lib/Shapes_name.h"
#include "metropipe/label/lib/label.h"
#include "metropipe/later/lib/later.h"

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
    check("all_given", label("a", "b", 3, 1.5f, true, "n", text) == 0 && strcmp(text, "a|b|3|1.5|True|n") == 0);
    check("static_method", Shapes_area(3.0f, 4.0f) == 12.0f);
    check("class_method", Shapes_name(text) == 0 && strcmp(text, "Shapes") == 0);
    check("coroutine", later(1) == 2);
    bool held = true;
    for (int32_t k = 0; k < 100; k++)
        held = later(k) == k + 1 && held;
    check("coroutine_again", held);
    return 0;
}
