#include <stdio.h>
#include <string.h>
#include <time.h>

#include "metropipe/absent/lib/absent.h"
#include "metropipe/changed/lib/changed.h"
#include "metropipe/doze/lib/doze.h"
#include "metropipe/fail/lib/fail.h"

static void check(const char *name, bool held)
{
    if (held)
        printf("ok %s\n", name);
    else
        printf("FAIL %s: got %s\n", name, metropipe_error());
}

static bool fails(const char *how, const char *type)
{
    return fail(how) == 0 && metropipe_error_code() == METROPIPE_REMOTE_ERROR && strcmp(metropipe_error_type(), type) == 0;
}

int main(void)
{
    bool held = fails("value", "ValueError") && strcmp(metropipe_error_message(), "k must be positive: naïve ☃") == 0;
    check("value_error", held && strncmp(metropipe_error(), "fail: ValueError: k must", 24) == 0);
    check("own_error", fails("own", "Refused") && strcmp(metropipe_error_message(), "no\nway") == 0);
    held = fails("long", "RuntimeError");
    const char *message = metropipe_error_message();
    size_t letters = 0;
    while (strncmp(message + 2 * letters, "é", 2) == 0)
        letters++;
    check("long_message", held && letters >= 1000 && message[2 * letters] == '\0');
    check("exit_is_an_answer", fails("exit", "SystemExit"));
    check("empty_message", fails("empty", "KeyError"));
    check("ordinary_after_errors", fail("") == 7 && metropipe_error_code() == METROPIPE_OK && metropipe_error()[0] == '\0');

    struct timespec before, after;
    timespec_get(&before, TIME_UTC);
    metropipe_set_timeout(0.2);
    held = doze(1.0f) == 0.0f && metropipe_error_code() == METROPIPE_TIMEOUT_ERROR;
    timespec_get(&after, TIME_UTC);
    metropipe_set_timeout(0.0);
    double took = difftime(after.tv_sec, before.tv_sec) + (double)(after.tv_nsec - before.tv_nsec) / 1e9;
    check("timeout", held && took < 1.0 && strstr(metropipe_error(), "may still run") != NULL);
    check("ordinary_after_timeout", doze(0.0f) == 0.0f && metropipe_error_code() == METROPIPE_OK);
    held = absent(1) == 0 && metropipe_error_code() == METROPIPE_NO_PROVIDER_ERROR;
    check("no_provider", held && strstr(metropipe_error(), "absent/provider.py") != NULL);
    held = changed(1) == 0 && metropipe_error_code() == METROPIPE_LAYOUT_MISMATCH_ERROR && strstr(metropipe_error(), "(i32)->i32") != NULL;
    check("layout_mismatch", held && strstr(metropipe_error(), "(i32,string[256])->i32") != NULL);
    return 0;
}
