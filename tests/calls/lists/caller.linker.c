#include <stdio.h>
#include <string.h>

#include "metropipe/arrange/lib/arrange.h"
#include "metropipe/join/lib/join.h"
#include "metropipe/rotate/lib/rotate.h"
#include "metropipe/sparse/lib/sparse.h"
#include "metropipe/split/lib/split.h"
#include "metropipe/transpose/lib/transpose.h"

static void check(const char *name, bool held)
{
    if (held)
        printf("ok %s\n", name);
    else
        printf("FAIL %s: got %s\n", name, metropipe_error());
}

int main(void)
{
    static int32_t down[1024];
    static metropipe_list1023_i32 numbers;
    check("empty", arrange(NULL, 0, &numbers) == 0 && numbers.count == 0);
    const int32_t few[] = {3, -1, 2};
    bool held = arrange(few, 3, &numbers) == 0 && numbers.count == 3;
    check("ordinary", held && numbers.items[0] == -1 && numbers.items[1] == 2 && numbers.items[2] == 3);
    for (int32_t i = 0; i < 1023; i++)
        down[i] = 1023 - i;
    held = arrange(down, 1023, &numbers) == 0 && numbers.count == 1023;
    for (int32_t i = 0; i < 1023; i++)
        held = held && numbers.items[i] == i + 1;
    check("full", held);
    bool unfit = arrange(down, 1024, &numbers) == METROPIPE_UNFIT_ERROR;
    check("too_long", unfit && strstr(metropipe_error(), "arrange: values: 1024 elements do not fit list<i32,1023>, which holds at most 1023") != NULL);

    char text[252];
    const char *const words[] = {"a", "", "🦀"};
    check("strings", join(words, 3, ", ", text) == 0 && strcmp(text, "a, , 🦀") == 0);
    metropipe_list15_string256 back;
    held = split("one two  three", &back) == 0 && back.count == 3;
    check("strings_back", held && strcmp(back.items[0], "one") == 0 && strcmp(back.items[1], "two") == 0 && strcmp(back.items[2], "three") == 0);
    check("no_strings", split("", &back) == 0 && back.count == 0);

    const metropipe_list63_f32 rows[] = {{3, {1, 2, 3}}, {3, {4, 5, 6}}};
    metropipe_list15_list63_f32 matrix;
    held = transpose(rows, 2, &matrix) == 0 && matrix.count == 3;
    for (uint32_t row = 0; held && row < 3; row++) {
        const metropipe_list63_f32 *pair = &matrix.items[row];
        held = pair->count == 2 && pair->items[0] == (float)(row + 1) && pair->items[1] == (float)(row + 4);
    }
    check("matrix", held);
    const metropipe_list63_f32 ragged[] = {{2, {1, 2}}, {0, {0}}};
    check("ragged_rows", transpose(ragged, 2, &matrix) == 0 && matrix.count == 0);

    const uint8_t key[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    uint8_t rotated[16];
    held = rotate(key, rotated) == 0;
    for (size_t i = 0; i < 16; i++)
        held = held && rotated[i] == (i + 1) % 16;
    check("array", held);

    const metropipe_opt_i32 values[] = {{true, 1}, {false, 0}, {true, 0}};
    metropipe_list4092_bool present;
    held = sparse(values, 3, &present) == 0 && present.count == 3;
    check("options_in_a_list", held && present.items[0] && !present.items[1] && present.items[2]);
    const int32_t two[] = {2, 1};
    held = arrange(two, 2, &numbers) == 0 && numbers.count == 2;
    check("ordinary_after_errors", held && numbers.items[0] == 1 && numbers.items[1] == 2);
    return 0;
}
