#include "public.h"

#ifndef METROPIPE_ERRORS_H
#define METROPIPE_ERRORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#ifdef __cplusplus
#define METROPIPE_THREAD_LOCAL thread_local
extern "C" {
#else
#define METROPIPE_THREAD_LOCAL _Thread_local
#endif

/* What a program sees of errors is one thing in the whole program, in however many translation units and libraries it
   lies: weak functions become one when they are linked. */
#define METROPIPE_SHARED __attribute__((weak))

/* ---- 1. Errors ---- */

#define METROPIPE_TEXT_SIZE 5120

/* The last failure of a thread, and the time limit that it asked for. */
struct metropipe_thread {
    int code;
    int raised;                     /* 1 = by a function that runs in this process */
    double timeout;                 /* seconds; 0 = the default */
    size_t message;                 /* where in text the provider's own words begin */
    char type[256];                 /* ValueError */
    char text[METROPIPE_TEXT_SIZE]; /* classify: ValueError: the text */
};

/* How many of `size` bytes end a character: a text is cut there, never inside one. */
static inline size_t metropipe_whole_characters(const char *text, size_t size)
{
    size_t end = size;
    while (end > 0 && size - end < 4 && ((unsigned char)text[end - 1] & 0xC0) == 0x80)
        end--;
    if (end == 0)
        return size;
    unsigned char lead = (unsigned char)text[end - 1];
    size_t needs = 1 + (size_t)(lead >= 0xC0) + (size_t)(lead >= 0xE0) + (size_t)(lead >= 0xF0);
    return size - (end - 1) >= needs ? size : end - 1;
}

/* Copies a text, cut to the room at a character's end. */
static inline void metropipe_copy_text(char *to, size_t room, const char *text)
{
    size_t size = strlen(text);
    if (size > room - 1)
        size = metropipe_whole_characters(text, room - 1);
    memmove(to, text, size);
    to[size] = '\0';
}

struct metropipe_thread *metropipe_this_thread(void);

METROPIPE_SHARED struct metropipe_thread *metropipe_this_thread(void)
{
    static METROPIPE_THREAD_LOCAL struct metropipe_thread thread;
    return &thread;
}

METROPIPE_SHARED const char *metropipe_error(void)
{
    return metropipe_this_thread()->text;
}

METROPIPE_SHARED int metropipe_error_code(void)
{
    return metropipe_this_thread()->code;
}

METROPIPE_SHARED const char *metropipe_error_type(void)
{
    return metropipe_this_thread()->type;
}

METROPIPE_SHARED const char *metropipe_error_message(void)
{
    struct metropipe_thread *thread = metropipe_this_thread();
    return thread->text + thread->message;
}

METROPIPE_SHARED int metropipe_set_timeout(double seconds)
{
    struct metropipe_thread *thread = metropipe_this_thread();
    if (!(seconds >= 0.0 && seconds <= 1e9)) {
        thread->code = METROPIPE_UNFIT_ERROR;
        thread->type[0] = '\0';
        thread->message = 0;
        snprintf(thread->text, sizeof thread->text, "metropipe_set_timeout: %g s is no time limit, which is 0 to 1e9", seconds);
        return METROPIPE_UNFIT_ERROR;
    }
    thread->timeout = seconds;
    return METROPIPE_OK;
}

METROPIPE_SHARED int metropipe_raise(const char *type, const char *text)
{
    struct metropipe_thread *thread = metropipe_this_thread();
    thread->raised = 1;
    thread->code = METROPIPE_REMOTE_ERROR;
    metropipe_copy_text(thread->type, sizeof thread->type, type);
    metropipe_copy_text(thread->text, sizeof thread->text, text);
    return METROPIPE_REMOTE_ERROR;
}

/* Before a function of this process runs: whatever failed earlier is not its own. */
static inline void metropipe_enter(void)
{
    metropipe_this_thread()->raised = 0;
}

/* After it: its code, and the text where it failed; where it did not, no error is left. */
static inline int metropipe_finish(const char *name, int code)
{
    struct metropipe_thread *thread = metropipe_this_thread();
    if (thread->raised != 0) {
        char before[512];
        int size = snprintf(before, sizeof before, "%.200s: %s: ", name, thread->type);
        thread->message = size < 0 ? 0 : (size_t)size;
        metropipe_copy_text(thread->text + thread->message, sizeof thread->text - thread->message, thread->text);
        memcpy(thread->text, before, thread->message);
        thread->raised = 0;
        thread->code = METROPIPE_REMOTE_ERROR;
    } else if (code != METROPIPE_OK && code != thread->code) {
        thread->type[0] = '\0';
        thread->message = 0;
        thread->code = METROPIPE_REMOTE_ERROR;
        snprintf(thread->text, sizeof thread->text, "%s: the function returned %d", name, code);
    } else if (code == METROPIPE_OK) {
        thread->code = METROPIPE_OK;
        thread->type[0] = '\0';
        thread->message = 0;
        thread->text[0] = '\0';
    }
    return thread->code;
}

/* Where nothing is registered that a call could run. */
static inline int metropipe_refuse_unregistered(const char *name, const char *registers)
{
    struct metropipe_thread *thread = metropipe_this_thread();
    thread->code = METROPIPE_NO_PROVIDER_ERROR;
    thread->type[0] = '\0';
    thread->message = 0;
    snprintf(thread->text, sizeof thread->text, "%s: no function is registered; call %s first (the function was not run)", name, registers);
    return METROPIPE_NO_PROVIDER_ERROR;
}

#ifdef __cplusplus
}
#endif

#endif /* METROPIPE_ERRORS_H */
