#include <stdio.h>
#include <string.h>

#include "metropipe/echo/registry.h"
#include "metropipe/measure/registry.h"
#include "metropipe/repeat/registry.h"
#include "metropipe/reverse/registry.h"

static void check(const char *name, bool held)
{
    if (held)
        printf("ok %s\n", name);
    else
        printf("FAIL %s: got %s\n", name, metropipe_error());
}

/* The functions of services.py, in C. */
static int my_echo(const char *text, char result[252])
{
    strcpy(result, text);
    return 0;
}

static int32_t my_measure(const char *text)
{
    int32_t characters = 0;
    for (; *text != '\0'; text++)
        characters += ((unsigned char)*text & 0xC0) != 0x80;
    return characters;
}

static int my_repeat(const char *text, int32_t count, char result[252])
{
    result[0] = '\0';
    for (; count > 0; count--)
        strcat(result, text);
    return 0;
}

static int my_reverse(const uint8_t *blob, size_t blob_size, metropipe_bytes4096 *result)
{
    result->size = (uint32_t)blob_size;
    for (size_t i = 0; i < blob_size; i++)
        result->data[i] = blob[blob_size - 1 - i];
    return 0;
}

static void same(const char *name, const char *text)
{
    char back[252];
    check(name, metropipe_get_registry()->echo(text, back) == 0 && strcmp(back, text) == 0);
}

/* The text as often as asked, and more behind it. */
static const char *times(const char *text, size_t count, const char *more)
{
    static char out[512];
    size_t used = 0;
    for (size_t i = 0; i < count; i++, used += strlen(text))
        strcpy(out + used, text);
    strcpy(out + used, more);
    return out;
}

int main(void)
{
    metropipe_register_echo(my_echo);
    metropipe_register_measure(my_measure);
    metropipe_register_repeat(my_repeat);
    metropipe_register_reverse(my_reverse);
    char back[252];
    same("empty", "");
    same("full", times("x", 251, ""));
    same("emoji", "grüße 🦀 漢字");
    check("emoji_counts_once", metropipe_get_registry()->measure("🦀🦀") == 2);
    check("emoji_full", metropipe_get_registry()->measure(times("🦀", 62, "xxx")) == 65);
    check("result_full", metropipe_get_registry()->repeat("x", 251, back) == 0 && strcmp(back, times("x", 251, "")) == 0);

    static metropipe_bytes4096 blob;
    static uint8_t data[4092];
    check("bytes_empty", metropipe_get_registry()->reverse(NULL, 0, &blob) == 0 && blob.size == 0);
    for (size_t i = 0; i < 256; i++)
        data[i] = (uint8_t)i;
    bool held = metropipe_get_registry()->reverse(data, 256, &blob) == 0 && blob.size == 256;
    for (size_t i = 0; i < 256; i++)
        held = held && blob.data[i] == 255 - i;
    check("bytes_all_values", held);
    memset(data, 0, sizeof data);
    data[0] = 1;
    held = metropipe_get_registry()->reverse(data, 4092, &blob) == 0 && blob.size == 4092;
    check("bytes_full", held && blob.data[0] == 0 && blob.data[4091] == 1);
    same("ordinary_after_errors", "again");
    return 0;
}
