#include <stdio.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "metropipe/double/lib/double.h"

static void check(const char *name, bool held)
{
    if (held)
        printf("ok %s\n", name);
    else
        printf("FAIL %s: got %s\n", name, metropipe_error());
}

static bool hundred(void)
{
    bool held = true;
    for (int32_t k = 0; k < 100; k++) {
        held = double_(k) == 2 * k && held;
    }
    return held;
}

int main(void)
{
    check("parent_before", double_(1) == 2);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(hundred() ? 0 : 1);
    bool ours = hundred();
    int status = 1;
    bool ended = waitpid(child, &status, 0) == child;
    check("child", ended && status == 0);
    check("child_outlives_parent_call", ours);
    check("parent_after", double_(21) == 42);
    return 0;
}
