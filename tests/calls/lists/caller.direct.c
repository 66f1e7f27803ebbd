#include <stdio.h>
#include <string.h>

#include "metropipe/arrange/registry.h"
#include "metropipe/join/registry.h"
#include "metropipe/rotate/registry.h"
#include "metropipe/sparse/registry.h"
#include "metropipe/split/registry.h"
#include "metropipe/transpose/registry.h"

static void check(const char *name, bool held)
{
    if (held)
        printf("ok %s\n", name);
    else
        printf("FAIL %s: got %s\n", name, metropipe_error());
}

/* The functions of services.py, in C. */
static int my_arrange(const int32_t *values, size_t values_count, metropipe_list1023_i32 *result)
{
    result->count = (uint32_t)values_count;
    for (size_t i = 0; i < values_count; i++) {
        size_t place = i;
        for (; place > 0 && result->items[place - 1] > values[i]; place--)
            result->items[place] = result->items[place - 1];
        result->items[place] = values[i];
    }
    return 0;
}

static int my_join(const char *const *words, size_t words_count, const char *separator, char result[252])
{
    result[0] = '\0';
    for (size_t i = 0; i < words_count; i++) {
        strcat(result, i > 0 ? separator : "");
        strcat(result, words[i]);
    }
    return 0;
}

static int my_split(const char *text, metropipe_list15_string256 *result)
{
    result->count = 0;
    while (*(text += strspn(text, " ")) != '\0') {
        size_t size = strcspn(text, " ");
        char *word = result->items[result->count++];
        memcpy(word, text, size);
        word[size] = '\0';
        text += size;
    }
    return 0;
}

static int my_transpose(const metropipe_list63_f32 *matrix, size_t matrix_count, metropipe_list15_list63_f32 *result)
{
    result->count = 63;
    for (size_t i = 0; i < matrix_count; i++)
        result->count = matrix[i].count < result->count ? matrix[i].count : result->count;
    for (size_t column = 0; column < result->count; column++) {
        result->items[column].count = (uint32_t)matrix_count;
        for (size_t row = 0; row < matrix_count; row++)
            result->items[column].items[row] = matrix[row].items[column];
    }
    return 0;
}

static int my_rotate(const uint8_t key[16], uint8_t result[16])
{
    for (size_t i = 0; i < 16; i++)
        result[i] = key[(i + 1) % 16];
    return 0;
}

static int my_sparse(const metropipe_opt_i32 *values, size_t values_count, metropipe_list4092_bool *result)
{
    result->count = (uint32_t)values_count;
    for (size_t i = 0; i < values_count; i++)
        result->items[i] = values[i].present;
    return 0;
}

int main(void)
{
    metropipe_register_arrange(my_arrange);
    metropipe_register_join(my_join);
    metropipe_register_split(my_split);
    metropipe_register_transpose(my_transpose);
    metropipe_register_rotate(my_rotate);
    metropipe_register_sparse(my_sparse);
    static int32_t down[1023];
    static metropipe_list1023_i32 numbers;
    check("empty", metropipe_get_registry()->arrange(NULL, 0, &numbers) == 0 && numbers.count == 0);
    const int32_t few[] = {3, -1, 2};
    bool held = metropipe_get_registry()->arrange(few, 3, &numbers) == 0 && numbers.count == 3;
    check("ordinary", held && numbers.items[0] == -1 && numbers.items[1] == 2 && numbers.items[2] == 3);
    for (int32_t i = 0; i < 1023; i++)
        down[i] = 1023 - i;
    held = metropipe_get_registry()->arrange(down, 1023, &numbers) == 0 && numbers.count == 1023;
    for (int32_t i = 0; i < 1023; i++)
        held = held && numbers.items[i] == i + 1;
    check("full", held);

    char text[252];
    const char *const words[] = {"a", "", "🦀"};
    check("strings", metropipe_get_registry()->join(words, 3, ", ", text) == 0 && strcmp(text, "a, , 🦀") == 0);
    metropipe_list15_string256 back;
    held = metropipe_get_registry()->split("one two  three", &back) == 0 && back.count == 3;
    check("strings_back", held && strcmp(back.items[0], "one") == 0 && strcmp(back.items[1], "two") == 0 && strcmp(back.items[2], "three") == 0);
    check("no_strings", metropipe_get_registry()->split("", &back) == 0 && back.count == 0);

    const metropipe_list63_f32 rows[] = {{3, {1, 2, 3}}, {3, {4, 5, 6}}};
    metropipe_list15_list63_f32 matrix;
    held = metropipe_get_registry()->transpose(rows, 2, &matrix) == 0 && matrix.count == 3;
    for (uint32_t row = 0; held && row < 3; row++) {
        const metropipe_list63_f32 *pair = &matrix.items[row];
        held = pair->count == 2 && pair->items[0] == (float)(row + 1) && pair->items[1] == (float)(row + 4);
    }
    check("matrix", held);
    const metropipe_list63_f32 ragged[] = {{2, {1, 2}}, {0, {0}}};
    check("ragged_rows", metropipe_get_registry()->transpose(ragged, 2, &matrix) == 0 && matrix.count == 0);

    const uint8_t key[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    uint8_t rotated[16];
    held = metropipe_get_registry()->rotate(key, rotated) == 0;
    for (size_t i = 0; i < 16; i++)
        held = held && rotated[i] == (i + 1) % 16;
    check("array", held);

    const metropipe_opt_i32 values[] = {{true, 1}, {false, 0}, {true, 0}};
    metropipe_list4092_bool present;
    held = metropipe_get_registry()->sparse(values, 3, &present) == 0 && present.count == 3;
    check("options_in_a_list", held && present.items[0] && !present.items[1] && present.items[2]);
    const int32_t two[] = {2, 1};
    held = metropipe_get_registry()->arrange(two, 2, &numbers) == 0 && numbers.count == 2;
    check("ordinary_after_errors", held && numbers.items[0] == 1 && numbers.items[1] == 2);
    return 0;
}
