#include <stdio.h>
#include <string.h>

#include "metropipe/greet_registry.h"
#include "metropipe/older_registry.h"

static void check(const char *name, bool held)
{
    if (held)
        printf("ok %s\n", name);
    else
        printf("FAIL %s: got %s\n", name, metropipe_error());
}

/* The functions of services.py, in C. */
static int my_greet(const Person *person, bool polite, char result[252])
{
    snprintf(result, 252, "%s, %.200s", polite ? "Good day" : "Hi", person->name);
    return 0;
}

static int my_older(const Person *person, int32_t years, Person *result)
{
    *result = *person;
    result->age += years;
    return 0;
}

int main(void)
{
    metropipe_register_greet(my_greet);
    metropipe_register_older(my_older);
    Person ada = {"Ada", 36};
    Person later;
    char text[252];
    check("first", metropipe_get_registry()->greet(&ada, true, text) == 0 && strcmp(text, "Good day, Ada") == 0);
    check("second", metropipe_get_registry()->older(&ada, 4, &later) == 0 && strcmp(later.name, "Ada") == 0 && later.age == 40);
    check("first_again", metropipe_get_registry()->greet(&ada, false, text) == 0 && strcmp(text, "Hi, Ada") == 0);
    bool held = true;
    for (int32_t years = 0; years < 100; years++) {
        held = held && metropipe_get_registry()->greet(&ada, true, text) == 0 && strcmp(text, "Good day, Ada") == 0;
        held = held && metropipe_get_registry()->older(&ada, years, &later) == 0 && later.age == 36 + years;
    }
    check("both_in_turn", held);
    return 0;
}
