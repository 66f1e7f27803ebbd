#include <stdio.h>
#include <string.h>
#include <time.h>

#include "metropipe/mix/stub.h"

static double now(void)
{
    struct timespec time;
    timespec_get(&time, TIME_UTC);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static void loop(int32_t count, int32_t a, int rest)
{
    int right = 0, wrong = 0, failed = 0;
    double slowest = 0;
    char text[32], want[96], answer[252], first[1024] = "";
    struct timespec pause = {rest / 1000, rest % 1000 * 1000000L};
    snprintf(text, sizeof text, "t%d", (int)a);
    for (int32_t i = 0; i < count; i++) {
        if (rest > 0)
            nanosleep(&pause, NULL);
        snprintf(want, sizeof want, "%d:%d:%s", (int)a, (int)i, text);
        double began = now();
        const char *said = NULL;
        if (mix(a, i, text, answer) != 0) {
            failed++;
            said = metropipe_error();
        } else if (strcmp(answer, want) != 0) {
            wrong++;
            said = answer;
        } else {
            right++;
        }
        if (said != NULL && first[0] == '\0')
            snprintf(first, sizeof first, "%s", said);
        if (now() - began > slowest)
            slowest = now() - began;
    }
    printf("done %d %d %d %d %s\n", right, wrong, failed, (int)slowest, first);
}

int main(void)
{
    char line[512], text[256], answer[252];
    int a, b, rest;
    while (fgets(line, sizeof line, stdin) != NULL) {
        if (sscanf(line, "call %d %d %255s", &a, &b, text) == 3) {
            if (mix(a, b, text, answer) == 0)
                printf("= %s\n", answer);
            else
                printf("! %s\n", metropipe_error());
        } else if (sscanf(line, "loop %d %d %d", &a, &b, &rest) == 3) {
            loop(a, b, rest);
        }
        fflush(stdout);
    }
    return 0;
}
