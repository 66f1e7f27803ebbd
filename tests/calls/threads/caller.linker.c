#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "metropipe/mix/lib/mix.h"

static void check(const char *name, bool held)
{
    if (held)
        printf("ok %s\n", name);
    else
        printf("FAIL %s: got %s\n", name, metropipe_error());
}

static void *work(void *number)
{
    int32_t thread = *(const int32_t *)number;
    char name[16], text[252], want[64];
    snprintf(name, sizeof name, "t%d", (int)thread);
    for (int32_t i = 0; i < 500; i++) {
        snprintf(want, sizeof want, "%d:%d:%s", (int)thread, (int)i, name);
        if (mix(thread, i, name, text) != 0 || strcmp(text, want) != 0)
            return number;
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[8];
    int32_t numbers[8];
    bool held = true;
    for (int32_t i = 0; i < 8; i++) {
        numbers[i] = i;
        held = pthread_create(&threads[i], NULL, work, &numbers[i]) == 0 && held;
    }
    for (int32_t i = 0; i < 8; i++) {
        void *wrong;
        held = pthread_join(threads[i], &wrong) == 0 && wrong == NULL && held;
    }
    check("eight_threads", held);
    return 0;
}
