#include <math.h>
#include <stdio.h>
#include <string.h>

#include "metropipe/bounds/registry.h"
#include "metropipe/length/registry.h"
#include "metropipe/midpoint/registry.h"
#include "metropipe/summary/registry.h"
#include "metropipe/tag/registry.h"

static void check(const char *name, bool held)
{
    if (held)
        printf("ok %s\n", name);
    else
        printf("FAIL %s: got %s\n", name, metropipe_error());
}

/* The functions of services.py, in C. */
static float my_length(const Segment *segment)
{
    return hypotf(segment->end.x - segment->start.x, segment->end.y - segment->start.y);
}

static int my_midpoint(const Segment *segment, Point *result)
{
    result->x = (segment->start.x + segment->end.x) / 2;
    result->y = (segment->start.y + segment->end.y) / 2;
    return 0;
}

static int my_bounds(const Point *points, size_t points_count, const char *label, metropipe_opt_Segment *result)
{
    memset(result, 0, sizeof *result);
    if (points_count == 0)
        return 0;
    Segment *box = &result->value;
    result->present = true;
    box->start = box->end = points[0];
    for (size_t i = 1; i < points_count; i++) {
        box->start.x = fminf(box->start.x, points[i].x);
        box->start.y = fminf(box->start.y, points[i].y);
        box->end.x = fmaxf(box->end.x, points[i].x);
        box->end.y = fmaxf(box->end.y, points[i].y);
    }
    strcpy(box->label, label);
    box->id = (int32_t)points_count;
    return 0;
}

static int my_summary(const Options *options, char result[252])
{
    int used = snprintf(result, 252, "%s ", options->closed ? "True" : "False");
    for (uint32_t i = 0; i < options->tags.count; i++) {
        const Tag *one = &options->tags.items[i];
        char weight[32] = "None";
        if (one->weight.present)
            snprintf(weight, sizeof weight, "%.1f", (double)one->weight.value);
        used += snprintf(result + used, 252 - (size_t)used, "%s%s=%s", i > 0 ? " " : "", one->word, weight);
    }
    return 0;
}

static int my_tag(const char *word, Tag *result)
{
    strcpy(result->word, word);
    result->weight.present = word[0] != '\0';
    result->weight.value = (float)strlen(word);
    return 0;
}

int main(void)
{
    metropipe_register_length(my_length);
    metropipe_register_midpoint(my_midpoint);
    metropipe_register_bounds(my_bounds);
    metropipe_register_summary(my_summary);
    metropipe_register_tag(my_tag);
    Segment segment = {{0, 0}, {3, 4}, "hyp", 1};
    check("record_in", metropipe_get_registry()->length(&segment) == 5.0f);
    Point middle;
    check("nested_in_record_out", metropipe_get_registry()->midpoint(&segment, &middle) == 0 && middle.x == 1.5f && middle.y == 2.0f);

    const Point points[] = {{1, 5}, {-2, 3}, {0, 9}};
    metropipe_opt_Segment box;
    bool held = metropipe_get_registry()->bounds(points, 3, "box", &box) == 0 && box.present && box.value.start.x == -2.0f && box.value.start.y == 3.0f;
    held = held && box.value.end.x == 1.0f && box.value.end.y == 9.0f;
    check("list_of_records_in_option_out", held && strcmp(box.value.label, "box") == 0 && box.value.id == 3);
    check("option_absent", metropipe_get_registry()->bounds(NULL, 0, "box", &box) == 0 && !box.present);

    static Options options;
    char text[252];
    options.closed = true;
    options.tags.count = 2;
    strcpy(options.tags.items[0].word, "a");
    options.tags.items[0].weight.present = true;
    options.tags.items[0].weight.value = 0.5f;
    strcpy(options.tags.items[1].word, "b");
    check("mapping_with_tags", metropipe_get_registry()->summary(&options, text) == 0 && strcmp(text, "True a=0.5 b=None") == 0);
    memset(&options, 0, sizeof options);
    check("mapping_without_tags", metropipe_get_registry()->summary(&options, text) == 0 && strcmp(text, "False ") == 0);

    Tag word;
    held = metropipe_get_registry()->tag("four", &word) == 0 && strcmp(word.word, "four") == 0;
    check("tag_with_weight", held && word.weight.present && word.weight.value == 4.0f);
    check("tag_without_weight", metropipe_get_registry()->tag("", &word) == 0 && word.word[0] == '\0' && !word.weight.present);
    check("ordinary_after_errors", metropipe_get_registry()->length(&segment) == 5.0f);
    return 0;
}
