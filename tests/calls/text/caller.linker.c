#include <stdio.h>
#include <string.h>

#include "metropipe/echo/lib/echo.h"
#include "metropipe/measure/lib/measure.h"
#include "metropipe/repeat/lib/repeat.h"
#include "metropipe/reverse/lib/reverse.h"

static void check(const char *name, bool held)
{
    if (held)
        printf("ok %s\n", name);
    else
        printf("FAIL %s: got %s\n", name, metropipe_error());
}

static const char *const too_long = "echo: text: 252 bytes do not fit string[256], which holds at most 251";

static void same(const char *name, const char *text)
{
    char back[252];
    check(name, echo(text, back) == 0 && strcmp(back, text) == 0);
}

static void refused(const char *name, const char *text, const char *want)
{
    char back[252];
    check(name, echo(text, back) == METROPIPE_UNFIT_ERROR && strstr(metropipe_error(), want) != NULL);
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
    char back[252];
    same("empty", "");
    same("full", times("x", 251, ""));
    refused("too_long", times("x", 252, ""), too_long);
    same("emoji", "grüße 🦀 漢字");
    check("emoji_counts_once", measure("🦀🦀") == 2);
    check("emoji_full", measure(times("🦀", 62, "xxx")) == 65);
    refused("emoji_too_long", times("🦀", 63, ""), too_long);
    refused("invalid_utf8", "\xff", "echo: text:");
    check("result_full", repeat("x", 251, back) == 0 && strcmp(back, times("x", 251, "")) == 0);
    bool channel = repeat("x", 252, back) == METROPIPE_CHANNEL_ERROR;
    check("result_too_long", channel && strstr(metropipe_error(), "the result does not fit") != NULL);

    static metropipe_bytes4096 blob;
    static uint8_t data[4093];
    check("bytes_empty", reverse(NULL, 0, &blob) == 0 && blob.size == 0);
    for (size_t i = 0; i < 256; i++)
        data[i] = (uint8_t)i;
    bool held = reverse(data, 256, &blob) == 0 && blob.size == 256;
    for (size_t i = 0; i < 256; i++)
        held = held && blob.data[i] == 255 - i;
    check("bytes_all_values", held);
    memset(data, 0, sizeof data);
    data[0] = 1;
    held = reverse(data, 4092, &blob) == 0 && blob.size == 4092;
    check("bytes_full", held && blob.data[0] == 0 && blob.data[4091] == 1);
    bool unfit = reverse(data, 4093, &blob) == METROPIPE_UNFIT_ERROR;
    check("bytes_too_long", unfit && strstr(metropipe_error(), "reverse: blob: 4093 bytes do not fit bytes[4096], which holds at most 4092") != NULL);
    same("ordinary_after_errors", "again");
    return 0;
}
