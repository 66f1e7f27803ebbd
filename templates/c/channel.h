#ifndef METROPIPE_CHANNEL_H
#define METROPIPE_CHANNEL_H

#if !defined(__linux__)
#error "metropipe's C channel needs Linux: open-file-description locks and futex"
#elif __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "metropipe's C channel needs a little-endian machine"
#endif

#include "errors.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

/* A program in strict C11 that included a system header first has settled that these are hidden. They are declared here
   word for word, so that neither the order of includes nor a feature macro matters, and none is forced upon the program. */
#if !defined(__cplusplus) && !defined(__USE_MISC)
long syscall(long number, ...);
int clock_gettime(clockid_t clock, struct timespec *time);
int ftruncate(int descriptor, off_t size);
int lstat(const char *path, struct stat *found);
ssize_t pread(int descriptor, void *bytes, size_t size, off_t at);
ssize_t pwrite(int descriptor, const void *bytes, size_t size, off_t at);
#endif
#if !defined(O_NOFOLLOW) && defined(__O_NOFOLLOW)
#define METROPIPE_O_NOFOLLOW __O_NOFOLLOW
#define METROPIPE_O_CLOEXEC __O_CLOEXEC
#else
#define METROPIPE_O_NOFOLLOW O_NOFOLLOW
#define METROPIPE_O_CLOEXEC O_CLOEXEC
#endif

/* Tests kill the process in the middle of a step: they define METROPIPE_STEP(name) before they include this file. In a
   product it is nothing. */
#ifndef METROPIPE_STEP
#define METROPIPE_STEP(name) ((void)0)
#endif

/* Everything but the errors is static, and each translation unit has lanes of its own. That is right because
   open-file-description locks belong to a descriptor and not to the process: two translation units exclude each other
   just as two processes do. */

/* One exported function: what the generator knows of it. */
struct metropipe_function {
    const char *name;
    const char *channel;
    const char *canonical;
    uint32_t fingerprint;
    uint32_t request_size;
    uint32_t payload_size;
    uint32_t capacity;
    const char *provider; /* the command that starts one */
};

#define METROPIPE_LINE 64
#define METROPIPE_PATH_SIZE 4096

/* One lane that this translation unit holds: everything that a call needs, shared with nobody but the next call. */
struct metropipe_lane {
    uint32_t busy;     /* 1 while a thread is in a call on it */
    uint32_t attached; /* 0 = the rest means nothing */
    int lock;          /* a descriptor of its own, which holds the kernel's lock */
    uint32_t lanes;    /* how many the file has */
    uint8_t *map;      /* the file: lane 0 first */
    size_t map_size;
    uint8_t *at;  /* this lane's header in it */
    off_t offset; /* the same in the file */
    uint32_t capacity;
    uint32_t single; /* 1 = from the last quarter: given back after the call */
    uint32_t missed; /* spins in a row that ran out */
    uint32_t rest;   /* calls that still go to sleep without a spin */
} __attribute__((aligned(METROPIPE_LINE)));

#define METROPIPE_HELD 64

/* A channel as this translation unit uses it. Zeros are a channel that nobody has called yet. */
struct metropipe_channel {
    struct metropipe_lane held[METROPIPE_HELD];
    struct metropipe_channel *next; /* the fork hook walks them all */
    uint32_t listed;
};

/* A call on its way, or on the serving side a call that came in. */
struct metropipe_call {
    const struct metropipe_function *function;
    struct metropipe_channel *channel;
    struct metropipe_lane *lane;
    uint8_t *payload;
    uint32_t size;    /* bytes of the request, or of the answer when that came */
    int code;         /* METROPIPE_OK, or the first failure: what follows it does nothing */
    int64_t limit;    /* nanoseconds of the time limit */
    int64_t deadline; /* on the monotonic clock; 0 = the clock was not needed yet */
};

/* Keeps a failure of a call: the text begins with the function's name. The first one counts. */
__attribute__((format(printf, 3, 4))) static inline int metropipe_fail(struct metropipe_call *call, int code, const char *format, ...)
{
    if (call->code == METROPIPE_OK) {
        struct metropipe_thread *thread = metropipe_this_thread();
        call->code = code;
        thread->code = code;
        thread->type[0] = '\0';
        thread->message = 0;
        int name = snprintf(thread->text, sizeof thread->text, "%s: ", call->function->name);
        size_t used = name < 0 || (size_t)name >= sizeof thread->text ? 0 : (size_t)name;
        va_list values;
        va_start(values, format);
        vsnprintf(thread->text + used, sizeof thread->text - used, format, values);
        va_end(values);
    }
    return call->code;
}

/* ---- 2. Path ---- */

static char metropipe_folder[METROPIPE_PATH_SIZE]; /* made absolute once: a program may change its directory later */
static int64_t metropipe_default_limit;            /* nanoseconds; 0 = METROPIPE_TIMEOUT_MS is no time limit */
static long metropipe_processors;
static pthread_once_t metropipe_started = PTHREAD_ONCE_INIT;

static inline void metropipe_close_in_child(void);
static inline void metropipe_before_fork(void);
static inline void metropipe_after_fork(void);

static inline void metropipe_start(void)
{
    const char *asked = getenv("METROPIPE_DIR");
    if (asked == NULL || asked[0] == '\0')
        asked = access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm" : ".metropipe";
    char here[METROPIPE_PATH_SIZE];
    int written = -1;
    if (asked[0] == '/')
        written = snprintf(metropipe_folder, sizeof metropipe_folder, "%s", asked);
    else if (getcwd(here, sizeof here) != NULL)
        written = snprintf(metropipe_folder, sizeof metropipe_folder, "%s/%s", here, asked);
    if (written < 0 || (size_t)written >= sizeof metropipe_folder)
        metropipe_folder[0] = '\0';

    const char *milliseconds = getenv("METROPIPE_TIMEOUT_MS");
    if (milliseconds == NULL || milliseconds[0] == '\0') {
        metropipe_default_limit = INT64_C(5000000000);
    } else {
        int64_t limit = 0;
        for (const char *digit = milliseconds; *digit != '\0'; digit++) {
            if (*digit < '0' || *digit > '9' || limit > INT64_C(100000000000)) {
                limit = 0;
                break;
            }
            limit = limit * 10 + (*digit - '0');
        }
        metropipe_default_limit = limit * 1000000;
    }
    metropipe_processors = sysconf(_SC_NPROCESSORS_ONLN);
    pthread_atfork(metropipe_before_fork, metropipe_after_fork, metropipe_close_in_child);
}

/* The path of a channel; false where its name may not become one. */
static inline bool metropipe_channel_path(const char *name, char path[METROPIPE_PATH_SIZE])
{
    size_t size = strlen(name);
    if (size == 0 || size > 64 || metropipe_folder[0] == '\0')
        return false;
    for (size_t i = 0; i < size; i++) {
        char c = name[i];
        bool first = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
        bool later = (c >= '0' && c <= '9') || c == '.' || c == '-';
        if (!first && !(later && i > 0))
            return false;
    }
    int written = snprintf(path, METROPIPE_PATH_SIZE, "%s/metro_%s", metropipe_folder, name);
    return written > 0 && written < METROPIPE_PATH_SIZE;
}

/* ---- 3. Opening ---- */

#define METROPIPE_HEADER 32
#define METROPIPE_STATUS 0
#define METROPIPE_LOCK 4
#define METROPIPE_SIZE 8
#define METROPIPE_CAPACITY 12
#define METROPIPE_CODE 16
#define METROPIPE_FINGERPRINT 20
#define METROPIPE_PROVIDER 24
#define METROPIPE_FLAGS 28
#define METROPIPE_PROVIDER_ASLEEP 28
#define METROPIPE_CONSUMER_ASLEEP 29
#define METROPIPE_CANNOT_WAKE 30
#define METROPIPE_VERSION 31

#define METROPIPE_IDLE 0u
#define METROPIPE_REQUEST 1u
#define METROPIPE_RUNNING 2u
#define METROPIPE_RESPONSE 3u
#define METROPIPE_ERROR 4u

#define METROPIPE_PING 0x474E4950u

/* What a judged file looks like. */
struct metropipe_shape {
    dev_t device;
    ino_t inode;
    size_t size;
    size_t stride;
    uint32_t capacity;
    uint32_t lanes;
    uint32_t fingerprint;
};

static inline uint32_t metropipe_u32(const uint8_t *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static inline void metropipe_set_u32(uint8_t *at, uint32_t value)
{
    memcpy(at, &value, sizeof value);
}

static inline size_t metropipe_stride(uint32_t capacity)
{
    return ((size_t)capacity + METROPIPE_HEADER + 63) / 64 * 64;
}

/* Opens what stands at the path, without following a link and without waiting for a FIFO's other end. */
static inline int metropipe_open_channel(const char *path)
{
    return open(path, O_RDWR | O_NONBLOCK | METROPIPE_O_NOFOLLOW | METROPIPE_O_CLOEXEC);
}

/* Says why the path could not be opened. */
static inline int metropipe_refuse_path(struct metropipe_call *call, const char *path, int why)
{
    struct stat found;
    if (why == ENOENT)
        return metropipe_fail(call, METROPIPE_NO_PROVIDER_ERROR, "no provider serves %s; start one with: %s (the function was not run)", path, call->function->provider);
    if (lstat(path, &found) == 0) {
        if (!S_ISREG(found.st_mode))
            return metropipe_fail(call, METROPIPE_CHANNEL_ERROR, "%s: is not a regular file; remove it (the function was not run)", path);
        if (found.st_uid != geteuid())
            return metropipe_fail(call, METROPIPE_CHANNEL_ERROR, "%s: is owned by user %lu, not by %lu; remove it, or call as its owner (the function was not run)", path, (unsigned long)found.st_uid, (unsigned long)geteuid());
    }
    return metropipe_fail(call, METROPIPE_CHANNEL_ERROR, "%s: %s (the function was not run)", path, strerror(why));
}

/* Judges the descriptor and not the path, which may lead elsewhere by now. */
static inline int metropipe_judge(struct metropipe_call *call, const char *path, int descriptor, struct metropipe_shape *shape)
{
    struct stat found;
    if (fstat(descriptor, &found) != 0)
        return metropipe_refuse_path(call, path, errno);
    if (!S_ISREG(found.st_mode))
        return metropipe_fail(call, METROPIPE_CHANNEL_ERROR, "%s: is not a regular file; remove it (the function was not run)", path);
    if (found.st_uid != geteuid())
        return metropipe_fail(call, METROPIPE_CHANNEL_ERROR, "%s: is owned by user %lu, not by %lu; remove it, or call as its owner (the function was not run)", path, (unsigned long)found.st_uid, (unsigned long)geteuid());
    if ((found.st_mode & 077) != 0)
        return metropipe_fail(call, METROPIPE_CHANNEL_ERROR, "%s: others may read or write it (mode %04o); run: chmod 600 %s (the function was not run)", path, (unsigned)(found.st_mode & 07777), path);

    uint8_t first[METROPIPE_HEADER];
    shape->device = found.st_dev;
    shape->inode = found.st_ino;
    shape->size = (size_t)found.st_size;
    if (pread(descriptor, first, sizeof first, 0) != (ssize_t)sizeof first)
        return metropipe_fail(call, METROPIPE_CHANNEL_ERROR, "%s: %zu bytes are no channel (the function was not run)", path, shape->size);
    if (first[METROPIPE_VERSION] != 1)
        return metropipe_fail(call, METROPIPE_CHANNEL_ERROR, "%s: speaks version %u of the protocol, this stub 1 (the function was not run)", path, (unsigned)first[METROPIPE_VERSION]);
    shape->capacity = metropipe_u32(first + METROPIPE_CAPACITY);
    shape->fingerprint = metropipe_u32(first + METROPIPE_FINGERPRINT);
    shape->stride = metropipe_stride(shape->capacity);
    if (shape->size % shape->stride != 0 || shape->size / shape->stride > UINT32_MAX)
        return metropipe_fail(call, METROPIPE_CHANNEL_ERROR, "%s: %zu bytes are no whole number of lanes of %zu (the function was not run)", path, shape->size, shape->stride);
    shape->lanes = (uint32_t)(shape->size / shape->stride);
    for (uint32_t k = 1; k < shape->lanes; k++) {
        uint8_t lane[METROPIPE_HEADER];
        if (pread(descriptor, lane, sizeof lane, (off_t)(k * shape->stride)) != (ssize_t)sizeof lane || memcmp(lane + METROPIPE_CAPACITY, first + METROPIPE_CAPACITY, 4) != 0 || lane[METROPIPE_VERSION] != 1)
            return metropipe_fail(call, METROPIPE_CHANNEL_ERROR, "%s: lane %u disagrees with lane 0 (the function was not run)", path, (unsigned)k);
    }
    return METROPIPE_OK;
}

/* ---- 4. Locks ---- */

/* Open-file-description locks, which strict C11 hides; the numbers are the same on every Linux. */
#define METROPIPE_OFD_GETLK 36
#define METROPIPE_OFD_SETLK 37

static inline struct flock metropipe_range(short type, off_t start, off_t size)
{
    struct flock range;
    memset(&range, 0, sizeof range);
    range.l_type = type;
    range.l_whence = SEEK_SET;
    range.l_start = start;
    range.l_len = size;
    return range;
}

/* Takes a range if it is free. The kernel frees it when its holder dies, however it dies. */
static inline bool metropipe_lock(int descriptor, off_t start, off_t size)
{
    struct flock range = metropipe_range(F_WRLCK, start, size);
    return fcntl(descriptor, METROPIPE_OFD_SETLK, &range) == 0;
}

static inline void metropipe_unlock(int descriptor, off_t start, off_t size)
{
    struct flock range = metropipe_range(F_UNLCK, start, size);
    (void)fcntl(descriptor, METROPIPE_OFD_SETLK, &range);
}

/* Whether somebody else holds a range: asks for a shared lock, and takes nothing. */
static inline bool metropipe_is_locked(int descriptor, off_t start, off_t size)
{
    struct flock range = metropipe_range(F_RDLCK, start, size);
    return fcntl(descriptor, METROPIPE_OFD_GETLK, &range) == 0 && range.l_type != F_UNLCK;
}

static inline bool metropipe_provider_lives(int descriptor)
{
    return metropipe_is_locked(descriptor, 0, 4);
}

/* A lock counts only on the file that the path leads to. */
static inline bool metropipe_leads_here(const char *path, int descriptor)
{
    struct stat at_path, here;
    return lstat(path, &at_path) == 0 && fstat(descriptor, &here) == 0 && at_path.st_dev == here.st_dev && at_path.st_ino == here.st_ino;
}

/* ---- 5. Forks ---- */

static pthread_mutex_t metropipe_opening = PTHREAD_MUTEX_INITIALIZER; /* held from opening a lock's descriptor until it is noted here */
static struct metropipe_channel *metropipe_channels;
static int metropipe_serving = -1; /* the descriptor that holds the provider's lock */

/* No descriptor is on its way while a fork copies them: the child would never learn of it. */
static inline void metropipe_before_fork(void)
{
    pthread_mutex_lock(&metropipe_opening);
}

static inline void metropipe_after_fork(void)
{
    pthread_mutex_unlock(&metropipe_opening);
}

/* A child shares its parent's locks, beyond the parent's death. It closes its descriptors first thing, and only closes
   them: an unlock here would be the parent's. When it calls, it takes a lane of its own. */
static inline void metropipe_close_in_child(void)
{
    for (struct metropipe_channel *channel = metropipe_channels; channel != NULL; channel = channel->next) {
        for (size_t i = 0; i < METROPIPE_HELD; i++) {
            struct metropipe_lane *lane = &channel->held[i];
            if (lane->attached != 0) {
                close(lane->lock);
                munmap(lane->map, lane->map_size);
            }
            lane->attached = 0;
            lane->busy = 0;
        }
    }
    if (metropipe_serving >= 0) {
        close(metropipe_serving);
        metropipe_serving = -1;
    }
    pthread_mutex_unlock(&metropipe_opening);
}

/* ---- 6. Words ---- */

/* All sequentially consistent: release and acquire alone lose wake-ups, also on x86. */
static inline uint32_t metropipe_load(const uint8_t *word)
{
    return __atomic_load_n((const uint32_t *)(const void *)word, __ATOMIC_SEQ_CST);
}

/* A store that no load of ours waits behind: that a call is over, that it began. It leaves the core when the line comes, and
   until then joins what is written beside it, instead of a journey between the cores for each. */
static inline void metropipe_store_later(uint8_t *word, uint32_t value)
{
    __atomic_store_n((uint32_t *)(void *)word, value, __ATOMIC_RELEASE);
}

static inline void metropipe_store(uint8_t *word, uint32_t value)
{
    __atomic_store_n((uint32_t *)(void *)word, value, __ATOMIC_SEQ_CST);
}

static inline bool metropipe_replace(uint8_t *word, uint32_t old, uint32_t value)
{
    return __atomic_compare_exchange_n((uint32_t *)(void *)word, &old, value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

static inline uint8_t metropipe_load_byte(const uint8_t *byte)
{
    return __atomic_load_n(byte, __ATOMIC_SEQ_CST);
}

static inline void metropipe_store_byte(uint8_t *byte, uint8_t value)
{
    __atomic_store_n(byte, value, __ATOMIC_SEQ_CST);
}

/* Sleeps while the word holds the value, at most this long. FUTEX_WAIT, not the private kind: the peer is another process. */
static inline void metropipe_wait_on(uint8_t *word, uint32_t value, int64_t nanoseconds)
{
    struct timespec time;
    time.tv_sec = (time_t)(nanoseconds / 1000000000);
    time.tv_nsec = (long)(nanoseconds % 1000000000);
    (void)syscall(SYS_futex, word, 0, value, &time, NULL, 0);
}

static inline void metropipe_wake(uint8_t *word)
{
    (void)syscall(SYS_futex, word, 1, INT32_MAX, NULL, NULL, 0);
}

static inline int64_t metropipe_now(void)
{
    struct timespec time;
    clock_gettime((clockid_t)1, &time); /* CLOCK_MONOTONIC, by the number that strict C11 hides */
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* A futex that nobody wakes: nanosleep would be a point where a cancelled thread ends, with the lane in its hand. */
static inline void metropipe_nap(int64_t nanoseconds)
{
    uint32_t word = 0;
    metropipe_wait_on((uint8_t *)(void *)&word, 0, nanoseconds);
}

static inline void metropipe_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ __volatile__("yield");
#endif
}

/* ---- 7. Lanes ---- */

#define METROPIPE_AGAIN (-1) /* what was tried may succeed a moment later */
#define METROPIPE_MOVED (-2) /* the file is no longer the path's, and the request was not begun */

/* Looks at the clock, and from the first time on knows when the call's time is over. */
static inline int64_t metropipe_clock(struct metropipe_call *call)
{
    int64_t now = metropipe_now();
    if (call->deadline == 0) {
        double asked = metropipe_this_thread()->timeout;
        call->limit = asked > 0.0 ? (int64_t)(asked * 1e9) : metropipe_default_limit;
        call->deadline = now + call->limit;
    }
    return now;
}

/* Gives the lane back. Status stays: what is not answered yet is nobody's until a provider answers it. */
static inline void metropipe_leave_lane_locked(struct metropipe_lane *lane)
{
    if (lane->attached == 0)
        return;
    lane->attached = 0;
    metropipe_store(lane->at + METROPIPE_LOCK, 0);
    METROPIPE_STEP("leave: word cleared");
    metropipe_unlock(lane->lock, lane->offset + METROPIPE_LOCK, 4);
    close(lane->lock);
    munmap(lane->map, lane->map_size);
}

static inline void metropipe_leave_lane(struct metropipe_lane *lane)
{
    pthread_mutex_lock(&metropipe_opening);
    metropipe_leave_lane_locked(lane);
    pthread_mutex_unlock(&metropipe_opening);
}

/* Writes zeros through the descriptor: on a full file system that is an error, through the mapping it would be a fault. */
static inline bool metropipe_allocate(int descriptor, off_t at, size_t size)
{
    static const uint8_t zeros[4096] = {0};
    while (size > 0) {
        ssize_t written = pwrite(descriptor, zeros, size < sizeof zeros ? size : sizeof zeros, at);
        if (written <= 0) {
            if (written < 0 && errno == EINTR)
                continue;
            return false;
        }
        at += (off_t)written;
        size -= (size_t)written;
    }
    return true;
}

/* One attempt on a file that is open and judged: the first lane whose lock can be had and whose status allows it. */
static inline int metropipe_try_lanes(struct metropipe_call *call, const char *path, const struct metropipe_shape *shape, struct metropipe_lane *lane)
{
    for (uint32_t k = 0; k < shape->lanes; k++) {
        lane->offset = (off_t)(k * shape->stride);
        if (!metropipe_lock(lane->lock, lane->offset + METROPIPE_LOCK, 4)) {
            if (errno != EAGAIN && errno != EACCES)
                return metropipe_fail(call, METROPIPE_CHANNEL_ERROR, "%s: cannot be locked: %s (the function was not run)", path, strerror(errno));
            continue;
        }
        METROPIPE_STEP("take: locked");
        /* The status counts only now: before the lock was ours it was another's to change. */
        lane->at = lane->map + lane->offset;
        uint32_t status = metropipe_load(lane->at + METROPIPE_STATUS);
        if (status == METROPIPE_REQUEST || status == METROPIPE_RUNNING || status > METROPIPE_ERROR) {
            metropipe_unlock(lane->lock, lane->offset + METROPIPE_LOCK, 4);
            continue;
        }
        if (!metropipe_leads_here(path, lane->lock))
            return METROPIPE_MOVED;
        if (!metropipe_allocate(lane->lock, lane->offset + METROPIPE_HEADER, shape->capacity))
            return metropipe_fail(call, METROPIPE_CHANNEL_ERROR, "%s: no room for a lane: %s (the function was not run)", path, strerror(errno));
        METROPIPE_STEP("take: zeroed");
        metropipe_store_byte(lane->at + METROPIPE_CONSUMER_ASLEEP, 0);
        metropipe_store_byte(lane->at + METROPIPE_CANNOT_WAKE, 0);
        metropipe_store(lane->at + METROPIPE_LOCK, (uint32_t)getpid());
        METROPIPE_STEP("take: word written");
        lane->single = k >= shape->lanes - (shape->lanes >= 4 ? shape->lanes / 4 : 1);
        return METROPIPE_OK;
    }
    return METROPIPE_AGAIN;
}

/* Opens the path and takes a lane there; where the call holds one already, its request moves over. The lock has a
   descriptor of its own: a mapping keeps its file description alive, and a lock on it with it, in every child. */
static inline int metropipe_take_lane(struct metropipe_call *call, const char *path, struct metropipe_shape *shape)
{
    struct metropipe_lane fresh;
    memset(&fresh, 0, sizeof fresh);
    int mapped = metropipe_open_channel(path);
    if (mapped < 0)
        return metropipe_refuse_path(call, path, errno);
    int outcome = metropipe_judge(call, path, mapped, shape);
    if (outcome != METROPIPE_OK) {
        close(mapped);
        return outcome;
    }
    fresh.lock = metropipe_open_channel(path);
    struct stat found;
    if (fresh.lock < 0 || fstat(fresh.lock, &found) != 0 || found.st_dev != shape->device || found.st_ino != shape->inode) {
        if (fresh.lock >= 0)
            close(fresh.lock);
        close(mapped);
        return METROPIPE_MOVED;
    }
    bool lives = metropipe_provider_lives(fresh.lock);
    void *map = lives ? mmap(NULL, shape->size, PROT_READ | PROT_WRITE, MAP_SHARED, mapped, 0) : MAP_FAILED;
    int why = errno;
    close(mapped);
    if (map == MAP_FAILED) {
        if (lives)
            outcome = metropipe_fail(call, METROPIPE_CHANNEL_ERROR, "%s: cannot be mapped: %s (the function was not run)", path, strerror(why));
        else if (!metropipe_leads_here(path, fresh.lock))
            outcome = METROPIPE_MOVED; /* a provider that ends removes its file before it lets go of the lock */
        else
            outcome = metropipe_refuse_path(call, path, ENOENT);
        close(fresh.lock);
        return outcome;
    }
    fresh.map = (uint8_t *)map;
    fresh.map_size = shape->size;
    fresh.lanes = shape->lanes;
    fresh.capacity = shape->capacity;
    outcome = metropipe_try_lanes(call, path, shape, &fresh);
    if (outcome != METROPIPE_OK) {
        close(fresh.lock); /* and with it whatever it holds */
        munmap(fresh.map, fresh.map_size);
        return outcome;
    }
    if (call->lane->attached != 0) {
        if (call->size <= fresh.capacity)
            memcpy(fresh.at + METROPIPE_HEADER, call->lane->at + METROPIPE_HEADER, call->size);
        metropipe_leave_lane_locked(call->lane);
    }
    fresh.busy = 1;
    fresh.attached = 1;
    fresh.missed = call->lane->missed;
    fresh.rest = call->lane->rest;
    /* Every member but `busy`, which other threads look at meanwhile. */
    memcpy((uint8_t *)call->lane + offsetof(struct metropipe_lane, attached), (uint8_t *)&fresh + offsetof(struct metropipe_lane, attached), sizeof fresh - offsetof(struct metropipe_lane, attached));
    call->payload = call->lane->at + METROPIPE_HEADER;
    return METROPIPE_OK;
}

static inline int metropipe_refuse_layout(struct metropipe_call *call);

/* Takes a lane, trying again until the call's time is over, and compares the layouts. */
static inline int metropipe_attach_uncancelled(struct metropipe_call *call)
{
    char path[METROPIPE_PATH_SIZE];
    struct metropipe_shape shape;
    memset(&shape, 0, sizeof shape);
    pthread_once(&metropipe_started, metropipe_start);
    if (!metropipe_channel_path(call->function->channel, path))
        return metropipe_fail(call, METROPIPE_CHANNEL_ERROR, "\"%s\" cannot name a channel: 1 to 64 of A-Z a-z 0-9 _ . -, beginning with a letter or _, in a folder that exists (the function was not run)", call->function->channel);
    int64_t now = metropipe_clock(call);
    if (call->limit == 0)
        return metropipe_fail(call, METROPIPE_CHANNEL_ERROR, "METROPIPE_TIMEOUT_MS is no whole number above 0 (the function was not run)");
    for (int64_t nap = 200000;; nap = nap < 2500000 ? nap * 2 : 5000000) {
        pthread_mutex_lock(&metropipe_opening);
        if (call->channel->listed == 0) {
            call->channel->listed = 1;
            call->channel->next = metropipe_channels;
            metropipe_channels = call->channel;
        }
        int outcome = metropipe_take_lane(call, path, &shape);
        pthread_mutex_unlock(&metropipe_opening);
        if (outcome == METROPIPE_OK) {
            if (shape.fingerprint != call->function->fingerprint)
                return metropipe_refuse_layout(call);
            if (shape.capacity < call->function->payload_size)
                return metropipe_fail(call, METROPIPE_CHANNEL_ERROR, "%s: its lanes hold %u bytes, a call needs %u (the function was not run)", path, (unsigned)shape.capacity, (unsigned)call->function->payload_size);
            return METROPIPE_OK;
        }
        if (outcome > 0)
            return outcome;
        now = metropipe_clock(call);
        if (now >= call->deadline)
            return metropipe_fail(call, METROPIPE_TIMEOUT_ERROR, "all %u lanes of %s stayed taken for %g s (the function was not run)", (unsigned)shape.lanes, path, (double)call->limit / 1e9);
        if (outcome == METROPIPE_AGAIN)
            metropipe_nap(nap < call->deadline - now ? nap : call->deadline - now);
    }
}

/* A thread that is cancelled while it attaches would take a descriptor and a mutex with it. */
static inline int metropipe_attach(struct metropipe_call *call)
{
    int cancelled;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancelled);
    int code = metropipe_attach_uncancelled(call);
    pthread_setcancelstate(cancelled, NULL);
    return code;
}

/* ---- 8. Waiting ---- */

#define METROPIPE_SPIN 50000    /* more than one wake-up across cores, which a shorter spin would fall into */
#define METROPIPE_SLEEP 2000000 /* a lost wake-up costs this and never hangs */
#define METROPIPE_PROBE 50000000

/* After a spin that ran out the next calls go to sleep at once, more of them each time in a row: where both sides share
   a core, a spin keeps the peer from running. */
static inline void metropipe_missed(uint32_t *missed, uint32_t *rest)
{
    *missed = *missed < 7 ? *missed + 1 : 7;
    *rest = (1u << (*missed - 1)) - 1;
}

static inline int metropipe_give_up(struct metropipe_call *call);

static inline bool metropipe_is_waiting(uint32_t status)
{
    return status == METROPIPE_REQUEST || status == METROPIPE_RUNNING;
}

/* METROPIPE_OK: the status is final. METROPIPE_MOVED: to be called again on the new file. Else a failure. */
static inline int metropipe_wait_for_answer(struct metropipe_call *call)
{
    struct metropipe_lane *lane = call->lane;
    uint8_t *status = lane->at + METROPIPE_STATUS;
    if (lane->rest > 0) {
        lane->rest--;
    } else if (metropipe_processors > 1) {
        int64_t end = 0;
        for (uint32_t turn = 1;; turn++) {
            if (!metropipe_is_waiting(metropipe_load(status))) {
                lane->missed = 0;
                return METROPIPE_OK;
            }
            metropipe_pause();
            if (turn % 128 == 0) {
                int64_t now = metropipe_clock(call);
                if (end == 0)
                    end = now + METROPIPE_SPIN;
                else if (now >= end)
                    break;
            }
        }
        metropipe_missed(&lane->missed, &lane->rest);
    }
    int64_t now = metropipe_clock(call);
    int64_t probe = now + METROPIPE_SLEEP;
    for (;;) {
        metropipe_store_byte(lane->at + METROPIPE_CONSUMER_ASLEEP, 1);
        METROPIPE_STEP("wait: asleep");
        uint32_t seen = metropipe_load(status); /* look again: the answer may have come before the provider could see the byte */
        if (metropipe_is_waiting(seen) && now < call->deadline)
            metropipe_wait_on(status, seen, METROPIPE_SLEEP < call->deadline - now ? METROPIPE_SLEEP : call->deadline - now);
        metropipe_store_byte(lane->at + METROPIPE_CONSUMER_ASLEEP, 0);
        if (!metropipe_is_waiting(metropipe_load(status)))
            return METROPIPE_OK;
        now = metropipe_clock(call);
        if (now >= probe) {
            int outcome = metropipe_give_up(call);
            if (outcome != METROPIPE_AGAIN)
                return outcome;
            probe = now + METROPIPE_PROBE;
        }
        if (now >= call->deadline) {
            if (!metropipe_is_waiting(metropipe_load(status)))
                return METROPIPE_OK;
            char path[METROPIPE_PATH_SIZE];
            if (!metropipe_channel_path(call->function->channel, path))
                path[0] = '\0';
            return metropipe_fail(call, METROPIPE_TIMEOUT_ERROR, "no answer within %g s on %s (the function may still run)", (double)call->limit / 1e9, path);
        }
    }
}

/* ---- 9. Giving up ---- */

/* Probes the provider. METROPIPE_AGAIN: it lives, wait on; METROPIPE_OK: the answer is there after all. */
static inline int metropipe_give_up(struct metropipe_call *call)
{
    struct metropipe_lane *lane = call->lane;
    char path[METROPIPE_PATH_SIZE];
    if (metropipe_provider_lives(lane->lock) || !metropipe_lock(lane->lock, 0, 4))
        return METROPIPE_AGAIN; /* it lives, or somebody serves again */
    METROPIPE_STEP("give up: locked");
    /* With its lock in hand nobody serves, and nobody begins to: the status is final. */
    int outcome = METROPIPE_OK;
    uint32_t status = metropipe_load(lane->at + METROPIPE_STATUS);
    if (status == METROPIPE_REQUEST || status == METROPIPE_RUNNING) {
        bool known = metropipe_channel_path(call->function->channel, path);
        bool here = known && metropipe_leads_here(path, lane->lock);
        metropipe_store(lane->at + METROPIPE_STATUS, METROPIPE_IDLE);
        METROPIPE_STEP("give up: status cleared");
        if (status == METROPIPE_RUNNING)
            outcome = metropipe_fail(call, METROPIPE_CHANNEL_ERROR, "the provider died or was restarted during the call (the function may have run)");
        else if (here)
            outcome = metropipe_refuse_path(call, path, ENOENT);
        else
            outcome = METROPIPE_MOVED;
    }
    metropipe_unlock(lane->lock, 0, 4);
    return outcome;
}

/* ---- 10. Calling ---- */

/* Begins a call: after it the payload is the caller's to write. Every call that was begun is ended. */
static inline int metropipe_begin(struct metropipe_call *call, const struct metropipe_function *function, struct metropipe_channel *channel)
{
    call->function = function;
    call->channel = channel;
    call->lane = NULL;
    call->payload = NULL;
    call->size = function->request_size;
    call->code = METROPIPE_OK;
    call->limit = 0;
    call->deadline = 0;
    for (;;) {
        for (size_t i = 0; i < METROPIPE_HELD && call->lane == NULL; i++) {
            uint32_t idle = 0;
            struct metropipe_lane *lane = &channel->held[i];
            if (__atomic_load_n(&lane->busy, __ATOMIC_RELAXED) == 0 && __atomic_compare_exchange_n(&lane->busy, &idle, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
                call->lane = lane;
        }
        if (call->lane != NULL)
            break;
        pthread_once(&metropipe_started, metropipe_start);
        int64_t now = metropipe_clock(call);
        if (now >= call->deadline)
            return metropipe_fail(call, METROPIPE_TIMEOUT_ERROR, "%d threads were in a call for %g s (the function was not run)", METROPIPE_HELD, (double)call->limit / 1e9);
        metropipe_nap(200000);
    }
    if (call->lane->attached != 0) {
        uint32_t status = metropipe_load(call->lane->at + METROPIPE_STATUS);
        if (!metropipe_is_waiting(status) && status <= METROPIPE_ERROR) {
            call->payload = call->lane->at + METROPIPE_HEADER;
            return METROPIPE_OK;
        }
        metropipe_leave_lane(call->lane); /* the call before was broken off: its answer may still come, to nobody */
    }
    int code = metropipe_attach(call);
    if (code != METROPIPE_OK) {
        metropipe_leave_lane(call->lane);
        __atomic_store_n(&call->lane->busy, 0, __ATOMIC_RELEASE);
    }
    return code;
}

/* Publishes the request, and wakes the provider where it sleeps. */
static inline void metropipe_publish(struct metropipe_call *call, uint32_t code)
{
    struct metropipe_lane *lane = call->lane;
    metropipe_set_u32(lane->at + METROPIPE_SIZE, call->size);
    metropipe_set_u32(lane->at + METROPIPE_CODE, code);
    METROPIPE_STEP("call: written");
    metropipe_store(lane->at + METROPIPE_STATUS, METROPIPE_REQUEST);
    METROPIPE_STEP("call: published");
    /* Both sides store first and look then, each with a full fence between: one of them sees the other. */
    if (metropipe_load_byte(lane->map + METROPIPE_PROVIDER_ASLEEP) == 1) {
        metropipe_store_byte(lane->map + METROPIPE_PROVIDER_ASLEEP, 0);
        metropipe_wake(lane->map + METROPIPE_FLAGS);
        METROPIPE_STEP("call: woken");
    }
}

/* Whether bytes are UTF-8, without surrogates and overlong forms. */
static inline bool metropipe_is_text(const char *text, size_t size)
{
    const unsigned char *at = (const unsigned char *)text;
    const unsigned char *end = at + size;
    while (at < end) {
        uint64_t eight;
        if (end - at >= 8 && (memcpy(&eight, at, 8), (eight & UINT64_C(0x8080808080808080)) == 0)) {
            at += 8;
            continue;
        }
        unsigned char lead = *at++;
        if (lead < 0x80)
            continue;
        if (lead < 0xC2 || lead > 0xF4)
            return false;
        int more = 1 + (lead >= 0xE0) + (lead >= 0xF0);
        if (end - at < more)
            return false;
        if ((lead == 0xE0 && *at < 0xA0) || (lead == 0xED && *at > 0x9F) || (lead == 0xF0 && *at < 0x90) || (lead == 0xF4 && *at > 0x8F))
            return false;
        for (; more > 0; more--, at++)
            if ((*at & 0xC0) != 0x80)
                return false;
    }
    return true;
}

/* Copies what another process calls a text: cut to the room, and where it is no text, with '?' for what is none. */
static inline void metropipe_copy_message(char *to, size_t room, const uint8_t *from, size_t size)
{
    bool cut = size > room - 1;
    if (cut)
        size = room - 1;
    memcpy(to, from, size);
    if (cut)
        size = metropipe_whole_characters(to, size);
    bool text = metropipe_is_text(to, size);
    for (size_t i = 0; i < size; i++)
        if (to[i] == '\0' || (!text && ((unsigned char)to[i] & 0x80) != 0))
            to[i] = '?';
    to[size] = '\0';
}

/* The provider speaks another layout: asks it which, by a ping, and shows both. */
static inline int metropipe_refuse_layout(struct metropipe_call *call)
{
    char theirs[2048];
    call->size = 0;
    metropipe_publish(call, METROPIPE_PING);
    int outcome = metropipe_wait_for_answer(call);
    if (outcome > 0)
        return outcome;
    uint32_t size = metropipe_u32(call->lane->at + METROPIPE_SIZE);
    if (outcome != METROPIPE_OK || metropipe_load(call->lane->at + METROPIPE_STATUS) != METROPIPE_RESPONSE || size > call->lane->capacity)
        snprintf(theirs, sizeof theirs, "another signature");
    else
        metropipe_copy_message(theirs, sizeof theirs, call->payload, size);
    metropipe_store(call->lane->at + METROPIPE_STATUS, METROPIPE_IDLE);
    return metropipe_fail(call, METROPIPE_LAYOUT_MISMATCH_ERROR, "the provider speaks %s, this stub %s; export again (the function was not run)", theirs, call->function->canonical);
}

/* Turns an error that the provider answered into this call's. */
static inline int metropipe_take_error(struct metropipe_call *call)
{
    char said[METROPIPE_TEXT_SIZE - 512];
    uint32_t code = metropipe_u32(call->lane->at + METROPIPE_CODE);
    uint32_t size = metropipe_u32(call->lane->at + METROPIPE_SIZE);
    if (size > call->lane->capacity)
        return metropipe_fail(call, METROPIPE_CHANNEL_ERROR, "the provider's error claims %u bytes in a lane of %u (the function may have run)", (unsigned)size, (unsigned)call->lane->capacity);
    metropipe_copy_message(said, sizeof said, call->payload, size);
    memset(call->payload, 0, size); /* padding between arguments is zero, and nobody writes it: the text may have */
    switch (code) {
    case 1: {
        struct metropipe_thread *thread = metropipe_this_thread();
        metropipe_fail(call, METROPIPE_REMOTE_ERROR, "%s", said);
        const char *colon = strstr(said, ": ");
        size_t type = colon == NULL ? 0 : (size_t)(colon - said);
        if (call->code == METROPIPE_REMOTE_ERROR && type > 0 && type < sizeof thread->type) {
            memcpy(thread->type, said, type);
            thread->type[type] = '\0';
            thread->message = strlen(call->function->name) + 2 + type + 2;
        }
        return call->code;
    }
    case 2:
        return metropipe_fail(call, METROPIPE_LAYOUT_MISMATCH_ERROR, "the provider refused the request: %s; export again (the function was not run)", said);
    case 3:
        return metropipe_fail(call, METROPIPE_CHANNEL_ERROR, "the result does not fit: %s (the function was run)", said);
    case 4: {
        char path[METROPIPE_PATH_SIZE];
        if (!metropipe_channel_path(call->function->channel, path))
            path[0] = '\0';
        return metropipe_refuse_path(call, path, ENOENT);
    }
    case 5:
        return metropipe_fail(call, METROPIPE_CHANNEL_ERROR, "the provider died or was restarted during the call (the function may have run)");
    default:
        return metropipe_fail(call, METROPIPE_CHANNEL_ERROR, "the provider answered the unknown error %u: %s (the function may have run)", (unsigned)code, said);
    }
}

/* Sends the request and waits. METROPIPE_OK: the payload holds the result, to be read before the call is ended. */
static inline int metropipe_ask(struct metropipe_call *call)
{
    if (call->code != METROPIPE_OK)
        return call->code; /* a value did not fit: nothing was published */
    int outcome;
    for (;;) {
        metropipe_publish(call, 0);
        outcome = metropipe_wait_for_answer(call);
        if (outcome != METROPIPE_MOVED)
            break;
        outcome = metropipe_attach(call);
        if (outcome != METROPIPE_OK)
            break;
    }
    if (outcome != METROPIPE_OK)
        return outcome;
    uint32_t status = metropipe_load(call->lane->at + METROPIPE_STATUS);
    METROPIPE_STEP("call: answered");
    if (status == METROPIPE_ERROR)
        return metropipe_take_error(call);
    call->size = metropipe_u32(call->lane->at + METROPIPE_SIZE);
    if (status != METROPIPE_RESPONSE || call->size < call->function->payload_size || call->size > call->lane->capacity)
        return metropipe_fail(call, METROPIPE_CHANNEL_ERROR, "the answer has status %u and %u bytes, not %u and %u (the function may have run)", (unsigned)status, (unsigned)call->size, METROPIPE_RESPONSE, (unsigned)call->function->payload_size);
    return METROPIPE_OK;
}

/* Ends a call that was begun, and returns its code. */
static inline int metropipe_end(struct metropipe_call *call)
{
    struct metropipe_lane *lane = call->lane;
    if (lane->attached != 0) {
        uint32_t status = metropipe_load(lane->at + METROPIPE_STATUS);
        if (status == METROPIPE_RESPONSE || status == METROPIPE_ERROR)
            metropipe_store_later(lane->at + METROPIPE_STATUS, METROPIPE_IDLE);
        METROPIPE_STEP("call: ended");
        /* A lane for single calls goes back. So does one whose answer may still come, or whose file nobody serves: the next
           call then looks at the path first. */
        bool kept = call->code == METROPIPE_OK || call->code == METROPIPE_REMOTE_ERROR || call->code == METROPIPE_UNFIT_ERROR;
        if (lane->single != 0 || !kept)
            metropipe_leave_lane(lane);
    }
    __atomic_store_n(&lane->busy, 0, __ATOMIC_RELEASE);
    return call->code;
}

/* ---- 11. Serving ---- */

/* What a provider serves: `run` reads its arguments from the call, calls the function, and writes the result. */
struct metropipe_service {
    const struct metropipe_function *function;
    void (*run)(struct metropipe_call *call, void *context);
    void *context;
    uint32_t lanes;
    uint32_t workers;
};

struct metropipe_server {
    const struct metropipe_service *service;
    struct metropipe_call call; /* for the texts of what goes wrong outside a call */
    struct metropipe_shape shape;
    char path[METROPIPE_PATH_SIZE];
    uint8_t *map;
    int lock;
    pthread_mutex_t turn; /* of several workers one waits; it lets the next wait before it calls */
    uint32_t next;        /* the lane to look at first: none is kept waiting by those before it */
    uint32_t missed;
    uint32_t rest;
    int64_t verified;
    uint32_t running; /* workers in a call */
    uint32_t ended;
};

/* A function that failed: this is the answer. */
static inline void metropipe_answer_failure(struct metropipe_call *call, const char *type, const char *text)
{
    metropipe_fail(call, METROPIPE_REMOTE_ERROR, "%s: %s", type, text);
}

static volatile sig_atomic_t metropipe_signalled;

/* The first signal ends it in order, a second one at once. */
static inline void metropipe_on_signal(int number)
{
    (void)number;
    metropipe_signalled = 1;
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
}

/* Makes a channel whole under a name that nobody looks for, and holds the provider's lock of it. */
static inline int metropipe_make_channel(struct metropipe_server *server, char temporary[METROPIPE_PATH_SIZE])
{
    const struct metropipe_function *function = server->service->function;
    size_t stride = metropipe_stride(function->capacity);
    uint8_t header[METROPIPE_HEADER] = {0};
    metropipe_set_u32(header + METROPIPE_CAPACITY, function->capacity);
    metropipe_set_u32(header + METROPIPE_FINGERPRINT, function->fingerprint);
    header[METROPIPE_VERSION] = 1;
    int descriptor;
    do {
        int written = snprintf(temporary, METROPIPE_PATH_SIZE, "%s/.metro_%s.%ld.%llx", metropipe_folder, function->channel, (long)getpid(), (unsigned long long)metropipe_now());
        if (written < 0 || written >= METROPIPE_PATH_SIZE)
            return -1;
        descriptor = open(temporary, O_RDWR | O_CREAT | O_EXCL | METROPIPE_O_NOFOLLOW | METROPIPE_O_CLOEXEC, 0600);
    } while (descriptor < 0 && errno == EEXIST);
    if (descriptor < 0)
        return -1;
    METROPIPE_STEP("make: created");
    bool whole = metropipe_lock(descriptor, 0, 4) && ftruncate(descriptor, (off_t)(stride * server->service->lanes)) == 0;
    METROPIPE_STEP("make: locked");
    for (uint32_t k = 0; whole && k < server->service->lanes; k++)
        whole = pwrite(descriptor, header, sizeof header, (off_t)(k * stride)) == (ssize_t)sizeof header;
    METROPIPE_STEP("make: written");
    if (whole)
        return descriptor;
    int why = errno;
    unlink(temporary);
    close(descriptor);
    errno = why;
    return -1;
}

/* Removes what makers of this channel left who died before they were done: a temporary file that nobody locks, or one that is
   a second name of the channel's own file. The names are `.metro_<name>.<process>.<random>`. */
static inline void metropipe_remove_left_behind(const char *name, int own)
{
    char temporary[METROPIPE_PATH_SIZE];
    size_t length = strlen(name);
    DIR *folder = opendir(metropipe_folder);
    if (folder == NULL)
        return;
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        const char *found = entry->d_name;
        if (strncmp(found, ".metro_", 7) != 0 || strncmp(found + 7, name, length) != 0 || found[7 + length] != '.')
            continue;
        const char *dot = strchr(found + 8 + length, '.');
        if (dot == NULL || strchr(dot + 1, '.') != NULL)
            continue;
        int written = snprintf(temporary, sizeof temporary, "%s/%s", metropipe_folder, found);
        int descriptor = written < 0 || (size_t)written >= sizeof temporary ? -1 : metropipe_open_channel(temporary);
        struct stat status;
        if (descriptor >= 0 && fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid() && (metropipe_leads_here(temporary, own) || metropipe_lock(descriptor, 0, 4)))
            unlink(temporary);
        if (descriptor >= 0)
            close(descriptor);
    }
    closedir(folder);
}

/* One attempt to become the provider. */
static inline int metropipe_become_provider(struct metropipe_server *server)
{
    const struct metropipe_function *function = server->service->function;
    struct metropipe_call *call = &server->call;
    char temporary[METROPIPE_PATH_SIZE];
    server->lock = metropipe_open_channel(server->path);
    if (server->lock < 0) {
        if (errno != ENOENT)
            return metropipe_refuse_path(call, server->path, errno);
        server->lock = metropipe_make_channel(server, temporary);
        if (server->lock < 0)
            return metropipe_fail(call, METROPIPE_CHANNEL_ERROR, "%s: cannot be made: %s", server->path, strerror(errno));
        bool linked = link(temporary, server->path) == 0;
        int why = errno;
        METROPIPE_STEP("make: linked");
        unlink(temporary);
        /* Somebody else was faster, or tidied up before the lock was there. */
        if (!linked && (why == EEXIST || why == ENOENT))
            return METROPIPE_MOVED;
        if (!linked)
            return metropipe_fail(call, METROPIPE_CHANNEL_ERROR, "%s: cannot be made: %s", server->path, strerror(why));
        return metropipe_judge(call, server->path, server->lock, &server->shape);
    }
    int outcome = metropipe_judge(call, server->path, server->lock, &server->shape);
    if (outcome != METROPIPE_OK)
        return outcome;
    if (!metropipe_lock(server->lock, 0, 4))
        return METROPIPE_AGAIN; /* a provider, or for a moment one who gives up */
    METROPIPE_STEP("serve: locked");
    if (!metropipe_leads_here(server->path, server->lock))
        return METROPIPE_MOVED;
    if (server->shape.fingerprint == function->fingerprint && server->shape.capacity == function->capacity && server->shape.lanes == server->service->lanes)
        return METROPIPE_OK;
    /* Another layout: the file is never changed under those who have it mapped. */
    int fresh = metropipe_make_channel(server, temporary);
    if (fresh < 0)
        return metropipe_fail(call, METROPIPE_CHANNEL_ERROR, "%s: cannot be made anew: %s", server->path, strerror(errno));
    int renamed = rename(temporary, server->path);
    METROPIPE_STEP("make: renamed");
    close(server->lock);
    server->lock = fresh;
    if (renamed != 0 && errno == ENOENT)
        return METROPIPE_MOVED;
    if (renamed != 0)
        return metropipe_fail(call, METROPIPE_CHANNEL_ERROR, "%s: cannot be replaced: %s", server->path, strerror(errno));
    return metropipe_judge(call, server->path, server->lock, &server->shape);
}

/* Answers with an error, if the status is still the one that was seen. */
static inline void metropipe_answer_error(uint8_t *at, uint32_t seen, uint32_t code)
{
    metropipe_set_u32(at + METROPIPE_SIZE, 0);
    metropipe_set_u32(at + METROPIPE_CODE, code);
    if (metropipe_replace(at + METROPIPE_STATUS, seen, METROPIPE_ERROR))
        metropipe_wake(at + METROPIPE_STATUS);
}

/* Becomes the provider of the path, maps the file and settles what an earlier provider left. */
static inline int metropipe_start_serving(struct metropipe_server *server)
{
    struct metropipe_call *call = &server->call;
    pthread_once(&metropipe_started, metropipe_start);
    mkdir(metropipe_folder, 0700);
    if (!metropipe_channel_path(server->service->function->channel, server->path))
        return metropipe_fail(call, METROPIPE_CHANNEL_ERROR, "\"%s\" cannot name a channel", server->service->function->channel);
    int64_t until = metropipe_now() + 1000000000;
    for (;;) {
        pthread_mutex_lock(&metropipe_opening);
        server->lock = -1;
        int outcome = metropipe_become_provider(server);
        if (outcome == METROPIPE_OK)
            metropipe_serving = server->lock;
        else if (server->lock >= 0)
            close(server->lock);
        pthread_mutex_unlock(&metropipe_opening);
        if (outcome == METROPIPE_OK)
            break;
        if (outcome > 0)
            return outcome;
        if (metropipe_now() >= until)
            return metropipe_fail(call, METROPIPE_CHANNEL_ERROR, "another provider serves %s", server->path);
        if (outcome == METROPIPE_AGAIN)
            metropipe_nap(5000000);
    }
    metropipe_remove_left_behind(server->service->function->channel, server->lock);
    int mapped = metropipe_open_channel(server->path);
    void *map = mapped < 0 || !metropipe_leads_here(server->path, server->lock) ? MAP_FAILED : mmap(NULL, server->shape.size, PROT_READ | PROT_WRITE, MAP_SHARED, mapped, 0);
    if (mapped >= 0)
        close(mapped);
    if (map == MAP_FAILED)
        return metropipe_fail(call, METROPIPE_CHANNEL_ERROR, "%s: cannot be mapped: %s", server->path, strerror(errno));
    server->map = (uint8_t *)map;
    for (uint32_t k = 0; k < server->shape.lanes; k++) {
        uint8_t *at = server->map + k * server->shape.stride;
        uint32_t status = metropipe_load(at + METROPIPE_STATUS);
        if (status == METROPIPE_RUNNING)
            metropipe_answer_error(at, status, 5);
        else if (status > METROPIPE_ERROR || (status == METROPIPE_REQUEST && !metropipe_is_locked(server->lock, (off_t)(k * server->shape.stride) + METROPIPE_LOCK, 4)))
            metropipe_store(at + METROPIPE_STATUS, METROPIPE_IDLE);
        METROPIPE_STEP("serve: lane settled");
    }
    metropipe_store_byte(server->map + METROPIPE_PROVIDER_ASLEEP, 0);
    metropipe_store(server->map + METROPIPE_PROVIDER, (uint32_t)getpid());
    return METROPIPE_OK;
}

/* The lane of a request, which is now running; NULL where there is none. Only who has the turn looks, so that nobody else
   takes the same one. */
static inline uint8_t *metropipe_find_request(struct metropipe_server *server)
{
    uint32_t lanes = server->shape.lanes;
    for (uint32_t i = 0; i < lanes; i++) {
        uint32_t k = server->next + i < lanes ? server->next + i : server->next + i - lanes;
        uint8_t *at = server->map + k * server->shape.stride;
        if (metropipe_load(at + METROPIPE_STATUS) == METROPIPE_REQUEST) {
            metropipe_store_later(at + METROPIPE_STATUS, METROPIPE_RUNNING);
            METROPIPE_STEP("serve: running");
            server->next = k; /* the same one first: its consumer is the likeliest to come back */
            return at;
        }
    }
    return NULL;
}

/* Once a second while idle: is the path still ours, and are there lanes whose consumer died? */
static inline bool metropipe_verify(struct metropipe_server *server)
{
    if (!metropipe_leads_here(server->path, server->lock)) {
        metropipe_fail(&server->call, METROPIPE_CHANNEL_ERROR, "%s leads to another file, or was removed; this provider ends", server->path);
        return false;
    }
    for (uint32_t k = 0; k < server->shape.lanes; k++) {
        uint8_t *at = server->map + k * server->shape.stride;
        off_t word = (off_t)(k * server->shape.stride) + METROPIPE_LOCK;
        /* Under the lane's lock: else a consumer that takes it just now would lose what it writes. */
        if (metropipe_load(at + METROPIPE_LOCK) != 0 && metropipe_lock(server->lock, word, 4)) {
            metropipe_store_byte(at + METROPIPE_CONSUMER_ASLEEP, 0);
            metropipe_store_byte(at + METROPIPE_CANNOT_WAKE, 0);
            metropipe_store(at + METROPIPE_LOCK, 0);
            metropipe_unlock(server->lock, word, 4);
        }
    }
    return true;
}

/* Waits for a request; NULL when it is time to end. */
static inline uint8_t *metropipe_wait_for_request(struct metropipe_server *server)
{
    uint8_t *word = server->map + METROPIPE_FLAGS;
    uint8_t *found;
    uint32_t naps = 0;
    for (;;) {
        if (metropipe_signalled != 0 || __atomic_load_n(&server->ended, __ATOMIC_SEQ_CST) != 0)
            return NULL;
        if (server->rest > 0) {
            server->rest--;
            if ((found = metropipe_find_request(server)) != NULL)
                return found;
        } else if (metropipe_processors > 1) {
            const uint8_t *likely = server->map + server->next * server->shape.stride;
            int64_t end = 0;
            for (uint32_t turn = 0;; turn++) {
                /* The lane of the last call is looked at every time, the others now and then: each is a line of its own. */
                bool look = turn % 16 == 0 || metropipe_load(likely + METROPIPE_STATUS) == METROPIPE_REQUEST;
                if (look && (found = metropipe_find_request(server)) != NULL) {
                    server->missed = 0;
                    return found;
                }
                metropipe_pause();
                if (turn % 128 == 127) {
                    int64_t now = metropipe_now();
                    if (end == 0)
                        end = now + METROPIPE_SPIN;
                    else if (now >= end)
                        break;
                }
            }
            metropipe_missed(&server->missed, &server->rest);
        }
        /* Asleep until a request wakes it; the spin is over until then. */
        for (;;) {
            int64_t now = metropipe_now();
            if (now - server->verified >= 1000000000) {
                server->verified = now;
                if (!metropipe_verify(server)) {
                    __atomic_store_n(&server->ended, 1, __ATOMIC_SEQ_CST);
                    return NULL;
                }
            }
            /* A timer that ends is not free, and an hour without a call should cost nothing: after the first second the naps are longer. */
            int64_t sleep = naps < 20 ? 50000000 : 200000000;
            naps++;
            for (uint32_t k = 0; k < server->shape.lanes; k++) {
                uint8_t *at = server->map + k * server->shape.stride;
                if (metropipe_load(at + METROPIPE_LOCK) != 0 && metropipe_load_byte(at + METROPIPE_CANNOT_WAKE) != 0)
                    sleep = 1000000;
            }
            metropipe_store_byte(server->map + METROPIPE_PROVIDER_ASLEEP, 1);
            METROPIPE_STEP("serve: asleep");
            /* Look again, for a request that came before its consumer could see the byte. */
            found = metropipe_find_request(server);
            uint32_t seen = metropipe_load(word);
            if (found == NULL && (seen & 0xFF) == 1)
                metropipe_wait_on(word, seen, sleep);
            metropipe_store_byte(server->map + METROPIPE_PROVIDER_ASLEEP, 0);
            if (found != NULL || (found = metropipe_find_request(server)) != NULL)
                return found;
            if (metropipe_signalled != 0 || __atomic_load_n(&server->ended, __ATOMIC_SEQ_CST) != 0)
                return NULL;
        }
    }
}

/* Runs one request and answers it. */
static inline void metropipe_answer(struct metropipe_server *server, uint8_t *at)
{
    const struct metropipe_function *function = server->service->function;
    struct metropipe_call call;
    memset(&call, 0, sizeof call);
    call.function = function;
    call.payload = at + METROPIPE_HEADER;
    call.size = metropipe_u32(at + METROPIPE_SIZE);
    uint32_t request = metropipe_u32(at + METROPIPE_CODE);
    uint32_t answer = METROPIPE_RESPONSE;
    uint32_t code = 0;
    if (request == METROPIPE_PING) {
        size_t size = strlen(function->canonical);
        call.size = (uint32_t)(size < server->shape.capacity ? size : server->shape.capacity);
        memcpy(call.payload, function->canonical, call.size);
    } else {
        if (request != 0)
            metropipe_fail(&call, METROPIPE_LAYOUT_MISMATCH_ERROR, "the request code %u is unknown", (unsigned)request);
        else if (call.size < function->request_size || call.size > server->shape.capacity)
            metropipe_fail(&call, METROPIPE_LAYOUT_MISMATCH_ERROR, "a request of %u bytes was sent, the layout has %u", (unsigned)call.size, (unsigned)function->request_size);
        else
            server->service->run(&call, server->service->context);
        if (call.code == METROPIPE_OK) {
            if (function->payload_size > 0)
                call.size = function->payload_size;
        } else {
            const char *said = metropipe_error() + strlen(function->name) + 2;
            size_t size = strlen(said);
            if (size > server->shape.capacity)
                size = metropipe_whole_characters(said, server->shape.capacity);
            memcpy(call.payload, said, size);
            call.size = (uint32_t)size;
            answer = METROPIPE_ERROR;
            code = call.code == METROPIPE_REMOTE_ERROR ? 1 : call.code == METROPIPE_UNFIT_ERROR ? 3
                                                                                                : 2;
        }
    }
    METROPIPE_STEP("serve: written");
    metropipe_set_u32(at + METROPIPE_SIZE, call.size);
    metropipe_set_u32(at + METROPIPE_CODE, code);
    /* Not where the lane was answered for this worker, which took too long to end. */
    if (metropipe_replace(at + METROPIPE_STATUS, METROPIPE_RUNNING, answer)) {
        METROPIPE_STEP("serve: answered");
        if (metropipe_load_byte(at + METROPIPE_CONSUMER_ASLEEP) != 0)
            metropipe_wake(at + METROPIPE_STATUS);
    }
}

static inline void *metropipe_work(void *context)
{
    struct metropipe_server *server = (struct metropipe_server *)context;
    for (;;) {
        pthread_mutex_lock(&server->turn);
        uint8_t *at = metropipe_wait_for_request(server);
        if (at != NULL)
            __atomic_fetch_add(&server->running, 1, __ATOMIC_SEQ_CST);
        pthread_mutex_unlock(&server->turn);
        if (at == NULL)
            return NULL;
        metropipe_answer(server, at);
        __atomic_fetch_sub(&server->running, 1, __ATOMIC_SEQ_CST);
    }
}

/* Serves until SIGINT or SIGTERM; says so on standard output when it is ready, and when it ends. */
static inline int metropipe_serve(const struct metropipe_service *service)
{
    struct metropipe_server server;
    memset(&server, 0, sizeof server);
    server.service = service;
    server.call.function = service->function;
    pthread_mutex_init(&server.turn, NULL);
    signal(SIGINT, metropipe_on_signal);
    signal(SIGTERM, metropipe_on_signal);
    int code = metropipe_start_serving(&server);
    if (code != METROPIPE_OK)
        return code;
    printf("metropipe: %s ready on %s (%u lanes, pid %ld)\n", service->function->name, server.path, (unsigned)server.shape.lanes, (long)getpid());
    fflush(stdout);

    pthread_t workers[64];
    uint32_t count = service->workers < 1 ? 1 : service->workers > 64 ? 64
                                                                      : service->workers;
    uint32_t started = 0;
    while (started < count - 1 && pthread_create(&workers[started], NULL, metropipe_work, &server) == 0)
        started++;
    metropipe_work(&server);
    __atomic_store_n(&server.ended, 1, __ATOMIC_SEQ_CST);

    /* No new call is taken any more; running ones have a second. */
    for (int64_t until = metropipe_now() + 1000000000; __atomic_load_n(&server.running, __ATOMIC_SEQ_CST) != 0 && metropipe_now() < until;)
        metropipe_nap(1000000);
    /* With the turn no worker can take what is answered here. */
    pthread_mutex_lock(&server.turn);
    bool idle = __atomic_load_n(&server.running, __ATOMIC_SEQ_CST) == 0;
    for (uint32_t k = 0; k < server.shape.lanes; k++) {
        uint8_t *at = server.map + k * server.shape.stride;
        uint32_t status = metropipe_load(at + METROPIPE_STATUS);
        if (metropipe_is_waiting(status))
            metropipe_answer_error(at, status, status == METROPIPE_RUNNING ? 5 : 4); /* 5: it may have run */
        METROPIPE_STEP("end: lane answered");
    }
    pthread_mutex_unlock(&server.turn);
    metropipe_store(server.map + METROPIPE_PROVIDER, 0);
    if (metropipe_leads_here(server.path, server.lock))
        unlink(server.path);
    METROPIPE_STEP("end: removed");
    if (idle) {
        for (uint32_t i = 0; i < started; i++)
            pthread_join(workers[i], NULL);
        pthread_mutex_lock(&metropipe_opening);
        metropipe_serving = -1;
        close(server.lock);
        pthread_mutex_unlock(&metropipe_opening);
        munmap(server.map, server.shape.size);
        printf("metropipe: %s ended\n", service->function->name);
        fflush(stdout);
        return server.call.code;
    }
    /* A worker that still runs may still write to its lane: the lock goes with the process, and not before it. */
    printf("metropipe: %s ended while a call was running\n", service->function->name);
    fflush(stdout);
    _exit(server.call.code);
}

/* ---- 12. Values ---- */

/* The texts of what another process got wrong. */
static inline const char *metropipe_was_run(const struct metropipe_call *call)
{
    return call->lane == NULL ? "" : " (the function was run)";
}

#define METROPIPE_SCALAR(name, type)                                                            \
    static inline void metropipe_put_##name(struct metropipe_call *call, size_t at, type value) \
    {                                                                                           \
        memcpy(call->payload + at, &value, sizeof value);                                       \
    }                                                                                           \
    static inline type metropipe_get_##name(const struct metropipe_call *call, size_t at)       \
    {                                                                                           \
        type value;                                                                             \
        memcpy(&value, call->payload + at, sizeof value);                                       \
        return value;                                                                           \
    }

METROPIPE_SCALAR(i8, int8_t)
METROPIPE_SCALAR(u8, uint8_t)
METROPIPE_SCALAR(i16, int16_t)
METROPIPE_SCALAR(u16, uint16_t)
METROPIPE_SCALAR(i32, int32_t)
METROPIPE_SCALAR(u32, uint32_t)
METROPIPE_SCALAR(i64, int64_t)
METROPIPE_SCALAR(u64, uint64_t)
METROPIPE_SCALAR(f32, float)
METROPIPE_SCALAR(f64, double)

static inline void metropipe_put_bool(struct metropipe_call *call, size_t at, bool value)
{
    call->payload[at] = value ? 1 : 0;
}

static inline bool metropipe_get_bool(struct metropipe_call *call, size_t at)
{
    uint8_t byte = metropipe_load_byte(call->payload + at);
    if (byte > 1)
        metropipe_fail(call, METROPIPE_CHANNEL_ERROR, "byte %zu of the payload is %u, where a bool is 0 or 1%s", at, (unsigned)byte, metropipe_was_run(call));
    return byte == 1;
}

/* Whether a pointer that may not be NULL is none. */
static inline bool metropipe_given(struct metropipe_call *call, const char *parameter, const void *value)
{
    if (value == NULL)
        metropipe_fail(call, METROPIPE_UNFIT_ERROR, "%s: is NULL", parameter);
    return value != NULL;
}

/* A string or JSON: its length, the text, a NUL. */
static inline void metropipe_put_text(struct metropipe_call *call, const char *parameter, const char *type, size_t at, size_t room, const char *value, size_t size)
{
    if (size > room - 5) {
        metropipe_fail(call, METROPIPE_UNFIT_ERROR, "%s: %zu bytes do not fit %s[%zu], which holds at most %zu", parameter, size, type, room, room - 5);
        return;
    }
    if (!metropipe_is_text(value, size)) {
        metropipe_fail(call, METROPIPE_UNFIT_ERROR, "%s: is not valid Unicode text (invalid UTF-8)", parameter);
        return;
    }
    metropipe_set_u32(call->payload + at, (uint32_t)size);
    memcpy(call->payload + at + 4, value, size);
    call->payload[at + 4 + size] = 0;
}

/* A text that a program passes: it ends at its NUL. */
static inline void metropipe_put_string(struct metropipe_call *call, const char *parameter, const char *type, size_t at, size_t room, const char *value)
{
    if (value == NULL)
        metropipe_fail(call, METROPIPE_UNFIT_ERROR, "%s: is NULL, where %s[%zu] takes a text", parameter, type, room);
    else
        metropipe_put_text(call, parameter, type, at, room, value, strlen(value));
}

/* A text that a struct holds in char[room - 4]: without a NUL it is one byte too long. */
static inline void metropipe_put_held_string(struct metropipe_call *call, const char *parameter, const char *type, size_t at, size_t room, const char *value)
{
    const char *end = (const char *)memchr(value, 0, room - 4);
    metropipe_put_text(call, parameter, type, at, room, value, end == NULL ? room - 4 : (size_t)(end - value));
}

/* Copies first and checks the copy: the other process may still write to the original. */
static inline void metropipe_get_string(struct metropipe_call *call, size_t at, size_t room, char *value)
{
    uint32_t size = metropipe_load(call->payload + at);
    value[0] = '\0';
    if (size > room - 5) {
        metropipe_fail(call, METROPIPE_CHANNEL_ERROR, "a string claims %u bytes where at most %zu fit%s", (unsigned)size, room - 5, metropipe_was_run(call));
        return;
    }
    memcpy(value, call->payload + at + 4, size);
    value[size] = '\0';
    if (memchr(value, 0, size) != NULL || !metropipe_is_text(value, size)) {
        value[0] = '\0';
        metropipe_fail(call, METROPIPE_CHANNEL_ERROR, "a string is no UTF-8 text, or holds a NUL%s", metropipe_was_run(call));
    }
}

static inline void metropipe_put_bytes(struct metropipe_call *call, const char *parameter, size_t at, size_t room, const void *data, size_t size)
{
    if (size > room - 4) {
        metropipe_fail(call, METROPIPE_UNFIT_ERROR, "%s: %zu bytes do not fit bytes[%zu], which holds at most %zu", parameter, size, room, room - 4);
        return;
    }
    metropipe_set_u32(call->payload + at, (uint32_t)size);
    if (size > 0 && metropipe_given(call, parameter, data))
        memcpy(call->payload + at + 4, data, size);
}

static inline uint32_t metropipe_get_bytes(struct metropipe_call *call, size_t at, size_t room, uint8_t *data)
{
    uint32_t size = metropipe_load(call->payload + at);
    if (size > room - 4) {
        metropipe_fail(call, METROPIPE_CHANNEL_ERROR, "bytes claim a size of %u where at most %zu fit%s", (unsigned)size, room - 4, metropipe_was_run(call));
        return 0;
    }
    memcpy(data, call->payload + at + 4, size);
    return size;
}

/* The count of a list; how many elements are to be written after it. */
static inline size_t metropipe_put_count(struct metropipe_call *call, const char *parameter, const char *type, size_t at, size_t most, size_t count)
{
    if (count > most) {
        metropipe_fail(call, METROPIPE_UNFIT_ERROR, "%s: %zu elements do not fit %s, which holds at most %zu", parameter, count, type, most);
        return 0;
    }
    metropipe_set_u32(call->payload + at, (uint32_t)count);
    return count;
}

static inline uint32_t metropipe_get_count(struct metropipe_call *call, size_t at, size_t most)
{
    uint32_t count = metropipe_load(call->payload + at);
    if (count > most) {
        metropipe_fail(call, METROPIPE_CHANNEL_ERROR, "a list claims %u elements where at most %zu fit%s", (unsigned)count, most, metropipe_was_run(call));
        return 0;
    }
    return count;
}

/* Numbers in a row lie on the wire as they lie in memory. */
static inline void metropipe_put_numbers(struct metropipe_call *call, size_t at, const void *numbers, size_t size)
{
    if (size > 0)
        memcpy(call->payload + at, numbers, size);
}

static inline void metropipe_get_numbers(const struct metropipe_call *call, size_t at, void *numbers, size_t size)
{
    memcpy(numbers, call->payload + at, size);
}

/* The presence byte of an option of `size` bytes in all; an absent one is zeros. Whether its value is to be written. */
static inline bool metropipe_put_present(struct metropipe_call *call, size_t at, size_t size, bool present)
{
    if (present)
        call->payload[at] = 1;
    else
        memset(call->payload + at, 0, size);
    return present;
}

static inline bool metropipe_get_present(struct metropipe_call *call, size_t at)
{
    return metropipe_get_bool(call, at);
}

#endif /* METROPIPE_CHANNEL_H */
