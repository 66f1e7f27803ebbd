#include <stdio.h>
#include <string.h>

#include "metropipe/analyse/lib/analyse.h"
#include "metropipe/center/lib/center.h"
#include "metropipe/divide/lib/divide.h"
#include "metropipe/origin/lib/origin.h"
#include "metropipe/pulse/lib/pulse.h"
#include "metropipe/touch/lib/touch.h"

static void check(const char *name, bool held)
{
    if (held)
        printf("ok %s\n", name);
    else
        printf("FAIL %s: got %s\n", name, metropipe_error());
}

int main(void)
{
    int32_t quotient, remainder;
    check("two_results", divide(17, 5, &quotient, &remainder) == 0 && quotient == 3 && remainder == 2);
    int32_t count;
    char capitals[252];
    metropipe_list15_string256 words;
    metropipe_opt_bool upper;
    bool held = analyse("Ab cd", &count, capitals, &words, &upper) == 0 && count == 5 && strcmp(capitals, "AB CD") == 0;
    held = held && words.count == 2 && strcmp(words.items[0], "Ab") == 0 && strcmp(words.items[1], "cd") == 0;
    check("many_results", held && upper.present && !upper.value);
    held = analyse("", &count, capitals, &words, &upper) == 0 && count == 0 && capitals[0] == '\0';
    check("many_results_of_nothing", held && words.count == 0 && !upper.present);
    check("no_result", touch("x") == 0);
    check("no_argument_no_result", pulse() == 0);
    float x, y;
    check("no_argument", origin(&x, &y) == 0 && x == 0.5f && y == -0.5f);
    const center_Box box = {1, 2};
    check("tuple_argument", center(&box) == 1.5f);
    bool raised = divide(1, 0, &quotient, &remainder) == METROPIPE_REMOTE_ERROR;
    check("raised", raised && strcmp(metropipe_error_type(), "ZeroDivisionError") == 0);
    return 0;
}
