/* What a call returns; 0 is success. */
#define METROPIPE_OK 0
#define METROPIPE_UNFIT_ERROR 1           /* a value does not fit its type; not run */
#define METROPIPE_REMOTE_ERROR 2          /* the function raised */
#define METROPIPE_TIMEOUT_ERROR 3         /* no answer in time; the function may still run */
#define METROPIPE_NO_PROVIDER_ERROR 4     /* nobody serves the function; not run */
#define METROPIPE_LAYOUT_MISMATCH_ERROR 5 /* the provider has another signature; not run */
#define METROPIPE_CHANNEL_ERROR 6         /* anything else; the text says whether it was run */

#ifdef __cplusplus
extern "C" {
#endif

/* The text of this thread's last failed call, such as "classify: ValueError: k must be positive". */
const char *metropipe_error(void);

/* Its code. */
int metropipe_error_code(void);

/* What the function raised, as its own language calls it ("ValueError"); "" for every other error. */
const char *metropipe_error_type(void);

/* The words that came with it, without function and type; the whole text for every other error. */
const char *metropipe_error_message(void);

/* The time limit of this thread's calls from now on; 0 brings back the default (METROPIPE_TIMEOUT_MS, else 5 s).
   What is no time (negative, NaN, infinite) changes nothing and returns METROPIPE_UNFIT_ERROR. */
int metropipe_set_timeout(double seconds);

/* For functions that are registered: the call that runs now fails with this, as if another language had raised it. */
int metropipe_raise(const char *type, const char *text);

#ifdef __cplusplus
}
#endif
