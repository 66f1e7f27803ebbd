#include <stdio.h>
#include <string.h>

#include "metropipe/bounds/lib/bounds.h"
#include "metropipe/length/lib/length.h"
#include "metropipe/midpoint/lib/midpoint.h"
#include "metropipe/summary/lib/summary.h"
#include "metropipe/tag/lib/tag.h"

static void check(const char *name, bool held)
{
    if (held)
        printf("ok %s\n", name);
    else
        printf("FAIL %s: got %s\n", name, metropipe_error());
}

int main(void)
{
    Segment segment = {{0, 0}, {3, 4}, "hyp", 1};
    check("record_in", length(&segment) == 5.0f && metropipe_error_code() == METROPIPE_OK);
    Point middle;
    check("nested_in_record_out", midpoint(&segment, &middle) == 0 && middle.x == 1.5f && middle.y == 2.0f);

    const Point points[] = {{1, 5}, {-2, 3}, {0, 9}};
    metropipe_opt_Segment box;
    bool held = bounds(points, 3, "box", &box) == 0 && box.present && box.value.start.x == -2.0f && box.value.start.y == 3.0f;
    held = held && box.value.end.x == 1.0f && box.value.end.y == 9.0f;
    check("list_of_records_in_option_out", held && strcmp(box.value.label, "box") == 0 && box.value.id == 3);
    check("option_absent", bounds(NULL, 0, "box", &box) == 0 && !box.present);

    static Options options;
    char text[252];
    options.closed = true;
    options.tags.count = 2;
    strcpy(options.tags.items[0].word, "a");
    options.tags.items[0].weight.present = true;
    options.tags.items[0].weight.value = 0.5f;
    strcpy(options.tags.items[1].word, "b");
    check("mapping_with_tags", summary(&options, text) == 0 && strcmp(text, "True a=0.5 b=None") == 0);
    memset(&options, 0, sizeof options);
    check("mapping_without_tags", summary(&options, text) == 0 && strcmp(text, "False ") == 0);

    Tag word;
    held = tag("four", &word) == 0 && strcmp(word.word, "four") == 0;
    check("tag_with_weight", held && word.weight.present && word.weight.value == 4.0f);
    check("tag_without_weight", tag("", &word) == 0 && word.word[0] == '\0' && !word.weight.present);

    /* 252 characters fill the member, and leave no room for their NUL. */
    memset(segment.label, 'x', sizeof segment.label);
    bool unfit = length(&segment) == 0.0f && metropipe_error_code() == METROPIPE_UNFIT_ERROR && strstr(metropipe_error(), "length:") != NULL;
    check("field_too_long", unfit && strstr(metropipe_error(), "252 bytes do not fit string[256], which holds at most 251") != NULL);
    strcpy(segment.label, "hyp");
    check("ordinary_after_errors", length(&segment) == 5.0f && metropipe_error_code() == METROPIPE_OK);
    return 0;
}
