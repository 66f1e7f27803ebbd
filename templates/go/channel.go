package metropipe

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unicode/utf8"
	"unsafe"
)

// ---- 1. Errors ----

// Every error of a call is ErrMetropipe and one of the others, as errors.Is sees it.
var (
	ErrMetropipe      = errors.New("metropipe")
	ErrRemote         = errors.New("metropipe: the function raised")
	ErrTimeout        = errors.New("metropipe: no answer in time")
	ErrNoProvider     = errors.New("metropipe: no provider")
	ErrLayoutMismatch = errors.New("metropipe: the layouts differ")
	ErrUnfit          = errors.New("metropipe: a value does not fit")
	ErrChannel        = errors.New("metropipe: the channel failed")
)

// MetropipeError is an error of the call itself; errors.Is tells which one.
type MetropipeError struct {
	kind  error
	text  string
	cause error
}

func (e *MetropipeError) Error() string { return e.text }

// Is finds ErrMetropipe and the one that tells the kind.
func (e *MetropipeError) Is(target error) bool { return target == ErrMetropipe || target == e.kind }

// Unwrap gives the context's or the system's error where one is behind this one.
func (e *MetropipeError) Unwrap() error { return e.cause }

// RemoteError is what the function itself raised: the name of its type, and its message.
type RemoteError struct {
	Function string
	Type     string
	Message  string
}

func (e *RemoteError) Error() string {
	if e.Message == "" {
		return e.Function + ": " + e.Type
	}
	return e.Function + ": " + e.Type + ": " + e.Message
}

// Is finds ErrMetropipe and ErrRemote.
func (e *RemoteError) Is(target error) bool { return target == ErrMetropipe || target == ErrRemote }

// ---- 2. Path ----

// The folder is made absolute once, so that a later change of directory leads nowhere else.
var (
	channelFolder     string
	channelFolderOnce sync.Once
)

// channelPath gives the file of a channel. A name that could lead out of the folder is refused.
func channelPath(name string) (string, error) {
	for i := 0; i < len(name); i++ {
		c := name[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
		if !letter && (i == 0 || !(c >= '0' && c <= '9' || c == '.' || c == '-')) {
			return "", fmt.Errorf("%q is no name of a channel", name)
		}
	}
	if name == "" || len(name) > 64 {
		return "", fmt.Errorf("%q is no name of a channel", name)
	}
	channelFolderOnce.Do(func() {
		folder := os.Getenv("METROPIPE_DIR")
		if folder == "" {
			folder = "/dev/shm"
			if syscall.Access(folder, 2) != nil {
				folder = ".metropipe"
			}
		}
		if absolute, err := filepath.Abs(folder); err == nil {
			folder = absolute
		}
		channelFolder = folder
	})
	return filepath.Join(channelFolder, "metro_"+name), nil
}

// ---- 3. Opening ----

// Offsets in the header of a lane; the payload follows it.
const (
	offsetStatus      = 0
	offsetLock        = 4
	offsetSize        = 8
	offsetCapacity    = 12
	offsetCode        = 16
	offsetFingerprint = 20
	offsetProvider    = 24
	offsetFlags       = 28
	offsetPayload     = 32
)

// The status of a lane.
const (
	statusIdle uint32 = iota
	statusRequest
	statusRunning
	statusResponse
	statusError
)

// The version that stands in every lane's flags, and the request code of a ping.
const (
	channelVersion = 1
	codePing       = 0x474E4950
)

// channelFile is a mapped file: its lanes, and who it is.
type channelFile struct {
	path     string
	memory   []byte
	device   uint64
	inode    uint64
	stride   int
	lanes    int
	capacity int
}

// openDescriptor opens the file anew. Go starts other programs only by fork and exec at once, so
// close-on-exec keeps every lock in this process.
func openDescriptor(path string) (int, error) {
	flags := syscall.O_RDWR | syscall.O_NOFOLLOW | syscall.O_CLOEXEC | syscall.O_NONBLOCK
	descriptor, err := syscall.Open(path, flags, 0)
	for err == syscall.EINTR {
		descriptor, err = syscall.Open(path, flags, 0)
	}
	if err == syscall.ELOOP || err == syscall.EISDIR || err == syscall.ENXIO {
		return -1, fmt.Errorf("%s: is not a regular file", path)
	}
	if err != nil {
		return -1, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	return descriptor, nil
}

// openChannel maps the file whole. The descriptor of the mapping is closed at once and never bears
// a lock: the mapping would keep the lock alive.
func openChannel(path string) (*channelFile, error) {
	descriptor, err := openDescriptor(path)
	if err != nil {
		return nil, err
	}
	defer syscall.Close(descriptor)
	var identity syscall.Stat_t
	if err := syscall.Fstat(descriptor, &identity); err != nil {
		return nil, &fs.PathError{Op: "stat", Path: path, Err: err}
	}
	if err := judge(path, &identity); err != nil {
		return nil, err
	}
	protection := syscall.PROT_READ | syscall.PROT_WRITE
	memory, err := syscall.Mmap(descriptor, 0, int(identity.Size), protection, syscall.MAP_SHARED)
	if err != nil {
		return nil, &fs.PathError{Op: "mmap", Path: path, Err: err}
	}
	opened := &channelFile{path: path, memory: memory, device: uint64(identity.Dev), inode: identity.Ino}
	if err := opened.judgeLanes(); err != nil {
		_ = syscall.Munmap(memory)
		return nil, err
	}
	return opened, nil
}

// judge looks at the descriptor, not at the path: what was judged is what is used.
func judge(path string, identity *syscall.Stat_t) error {
	if identity.Mode&syscall.S_IFMT != syscall.S_IFREG {
		return fmt.Errorf("%s: is not a regular file", path)
	}
	if int(identity.Uid) != os.Geteuid() {
		return fmt.Errorf("%s: is owned by user %d, not by %d", path, identity.Uid, os.Geteuid())
	}
	if mode := identity.Mode & 0o777; mode&0o077 != 0 {
		return fmt.Errorf("%s: others may read or write it (mode %04o); chmod 600 it", path, mode)
	}
	if identity.Size < offsetPayload || identity.Size > math.MaxInt32 {
		return fmt.Errorf("%s: is no channel, it has %d bytes", path, identity.Size)
	}
	return nil
}

// judgeLanes checks version, capacity and size: they are another process's words.
func (f *channelFile) judgeLanes() error {
	version := load(f.word(0, offsetFlags)) >> 24
	if version != channelVersion {
		return fmt.Errorf("%s: speaks version %d of the protocol, this stub speaks %d", f.path, version, channelVersion)
	}
	capacity := int64(load(f.word(0, offsetCapacity)))
	stride := (offsetPayload + capacity + 63) / 64 * 64
	if size := int64(len(f.memory)); capacity == 0 || size%stride != 0 {
		return fmt.Errorf("%s: is no channel, its %d bytes are no multiple of a lane's %d", f.path, size, stride)
	}
	f.capacity, f.stride, f.lanes = int(capacity), int(stride), len(f.memory)/int(stride)
	for lane := 1; lane < f.lanes; lane++ {
		if int64(load(f.word(lane, offsetCapacity))) != capacity || load(f.word(lane, offsetFlags))>>24 != channelVersion {
			return fmt.Errorf("%s: is no channel, lane %d and lane 0 disagree", f.path, lane)
		}
	}
	return nil
}

func (f *channelFile) word(lane, offset int) *uint32 {
	return (*uint32)(unsafe.Pointer(&f.memory[lane*f.stride+offset]))
}

// ---- 4. Locks ----

// Open-file-description locks: they belong to the descriptor, so that two goroutines exclude each
// other. The syscall package does not name them.
const (
	fcntlGetLock = 36
	fcntlSetLock = 37
)

// Bytes 0-3 of the file are the provider's lock, bytes 4-7 of each lane the consumer's.
const lockLength = 4

// lock takes the lock or says at once that somebody has it.
func lock(descriptor, start int) (bool, error) {
	request := syscall.Flock_t{Type: syscall.F_WRLCK, Start: int64(start), Len: lockLength}
	err := syscall.FcntlFlock(uintptr(descriptor), fcntlSetLock, &request)
	if err == syscall.EAGAIN || err == syscall.EACCES {
		return false, nil
	}
	return err == nil, err
}

func unlock(descriptor, start int) {
	request := syscall.Flock_t{Type: syscall.F_UNLCK, Start: int64(start), Len: lockLength}
	_ = syscall.FcntlFlock(uintptr(descriptor), fcntlSetLock, &request)
}

// providerLives asks the kernel, which frees a lock however its holder dies.
func providerLives(descriptor int) bool {
	request := syscall.Flock_t{Type: syscall.F_RDLCK, Start: 0, Len: lockLength}
	err := syscall.FcntlFlock(uintptr(descriptor), fcntlGetLock, &request)
	return err == nil && request.Type != syscall.F_UNLCK
}

// leadsHere tells whether the path still leads to this file: a lock on another one counts nothing.
func (f *channelFile) leadsHere() bool {
	var now syscall.Stat_t
	return syscall.Lstat(f.path, &now) == nil && f.is(&now)
}

func (f *channelFile) is(other *syscall.Stat_t) bool {
	return uint64(other.Dev) == f.device && other.Ino == f.inode
}

// ---- 5. Forks ----

// A Go program cannot go on after a fork without exec, and exec closes every descriptor of this
// file: there is nothing to do in a child.

// ---- 6. Words ----

// load is sequentially consistent, as everything in sync/atomic.
func load(word *uint32) uint32 { return atomic.LoadUint32(word) }

// store is a full fence too: what is published is seen before the store's author looks for
// sleepers.
func store(word *uint32, value uint32) { atomic.StoreUint32(word, value) }

// storeLater is no fence: nothing that its author reads next waits behind it, and it leaves the core
// together with what is written beside it.
func storeLater(word *uint32, value uint32) { *word = value }

// storeByte changes one byte of a word whose other bytes have other authors.
func storeByte(word *uint32, index uint, value uint32) {
	for {
		before := atomic.LoadUint32(word)
		after := before&^(0xFF<<(8*index)) | value<<(8*index)
		if atomic.CompareAndSwapUint32(word, before, after) {
			return
		}
	}
}

// waitOn sleeps while the word has the value, for the given time at most.
func waitOn(word *uint32, value uint32, limit time.Duration) {
	timeout := syscall.NsecToTimespec(int64(limit))
	_, _, _ = syscall.Syscall6(syscall.SYS_FUTEX, uintptr(unsafe.Pointer(word)), 0, uintptr(value), uintptr(unsafe.Pointer(&timeout)), 0, 0)
}

// wake wakes everybody who sleeps on the word.
func wake(word *uint32) {
	_, _, _ = syscall.RawSyscall6(syscall.SYS_FUTEX, uintptr(unsafe.Pointer(word)), 1, math.MaxInt32, 0, 0, 0)
}

// ---- 7. Lanes ----

// channel is one function's channel, and the lanes of it that this process holds and no call uses.
type channel struct {
	function    string
	name        string
	canonical   string
	command     string
	fingerprint uint32
	requestSize int
	payloadSize int

	last     unsafe.Pointer // *lane: the one that was used last, without the mutex
	mutex    sync.Mutex
	idle     []*lane
	waiting  int32
	returned chan struct{}
}

// lane is a lane that this process has locked, on a descriptor of its own.
type lane struct {
	*channelFile
	descriptor int
	index      int
	status     *uint32
	size       *uint32
	code       *uint32
	flags      *uint32
	sleeper    *uint32
	misses     uint
	unspun     uint
	contents   buffer
}

func newChannel(function, name, canonical, command string, fingerprint uint32, requestSize, payloadSize int) *channel {
	return &channel{
		function: function, name: name, canonical: canonical, command: command, fingerprint: fingerprint,
		requestSize: requestSize, payloadSize: payloadSize, returned: make(chan struct{}, 1),
	}
}

// takeLane gives a lane that no other call uses: one that this process holds already, else a new
// one. Goroutines move between threads, so the lanes stand in a pool.
func (c *channel) takeLane(clock *clock) (*lane, error) {
	if l := c.idleLane(); l != nil {
		return l, nil
	}
	atomic.AddInt32(&c.waiting, 1)
	defer atomic.AddInt32(&c.waiting, -1)
	for pause := 200 * time.Microsecond; ; pause = shorter(2*pause, 5*time.Millisecond) {
		lanes, l, err := c.attach(clock)
		if l != nil || err != nil {
			return l, err
		}
		left := clock.left()
		if left <= 0 || clock.ctx.Err() != nil {
			path, _ := channelPath(c.name)
			return nil, c.late(clock, fmt.Sprintf("all %d lanes of %s stayed taken for %s", lanes, path, clock.String()), "was not run")
		}
		timer := time.NewTimer(shorter(pause, left))
		select {
		case <-c.returned:
		case <-timer.C:
		case <-clock.ctx.Done():
		}
		timer.Stop()
		if l := c.idleLane(); l != nil {
			return l, nil
		}
	}
}

func (c *channel) idleLane() *lane {
	if l := (*lane)(atomic.SwapPointer(&c.last, nil)); l != nil {
		return l
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	last := len(c.idle) - 1
	if last < 0 {
		return nil
	}
	l := c.idle[last]
	c.idle[last] = nil
	c.idle = c.idle[:last]
	return l
}

// attach takes a lane that nobody holds. Where there is none it says how many there are.
func (c *channel) attach(clock *clock) (int, *lane, error) {
	path, err := channelPath(c.name)
	if err != nil {
		return 0, nil, c.broken(err)
	}
	for {
		opened, err := openChannel(path)
		if errors.Is(err, fs.ErrNotExist) {
			return 0, nil, c.noProvider(path)
		}
		if err != nil {
			return 0, nil, c.broken(err)
		}
		l, again, err := c.lockLane(opened)
		if l == nil {
			_ = syscall.Munmap(opened.memory)
		}
		if l != nil && (load(opened.word(0, offsetFingerprint)) != c.fingerprint || opened.capacity < c.payloadSize) {
			err = c.mismatch(l, clock)
			l.leave()
			l = nil
		}
		if !again {
			return opened.lanes, l, err
		}
	}
}

// lockLane tries each lane of the file, and says whether the path led to another file meanwhile.
func (c *channel) lockLane(opened *channelFile) (*lane, bool, error) {
	descriptor, err := openDescriptor(opened.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, true, nil
	}
	if err != nil {
		return nil, false, c.broken(err)
	}
	var own syscall.Stat_t
	if err := syscall.Fstat(descriptor, &own); err != nil || !opened.is(&own) {
		syscall.Close(descriptor)
		return nil, true, nil
	}
	if !providerLives(descriptor) {
		syscall.Close(descriptor)
		if opened.leadsHere() {
			return nil, false, c.noProvider(opened.path)
		}
		return nil, true, nil
	}
	for index := 0; index < opened.lanes; index++ {
		start := index*opened.stride + offsetLock
		taken, err := lock(descriptor, start)
		if err != nil {
			syscall.Close(descriptor)
			return nil, false, c.broken(err)
		}
		if !taken {
			continue
		}
		if !opened.leadsHere() {
			syscall.Close(descriptor)
			return nil, true, nil
		}
		// Requests that nobody waits for any more are still answered, and their lanes stay theirs.
		if !free(load(opened.word(index, offsetStatus))) {
			unlock(descriptor, start)
			continue
		}
		if err := allocate(descriptor, opened, index); err != nil {
			syscall.Close(descriptor)
			return nil, false, c.broken(err)
		}
		return c.newLane(opened, descriptor, index), false, nil
	}
	syscall.Close(descriptor)
	return nil, false, nil
}

// free tells whether no request stands in a lane of this status.
func free(status uint32) bool {
	return status == statusIdle || status == statusResponse || status == statusError
}

// allocate writes zeros through the descriptor: on a full file system that is an error, where the
// mapping would fault.
func allocate(descriptor int, opened *channelFile, index int) error {
	zeros := make([]byte, opened.capacity)
	for at := int64(index*opened.stride + offsetPayload); len(zeros) > 0; {
		written, err := syscall.Pwrite(descriptor, zeros, at)
		if err != nil && err != syscall.EINTR {
			return &fs.PathError{Op: "write", Path: opened.path, Err: err}
		}
		if err == nil {
			zeros, at = zeros[written:], at+int64(written)
		}
	}
	return nil
}

func (c *channel) newLane(opened *channelFile, descriptor, index int) *lane {
	l := &lane{
		channelFile: opened,
		descriptor:  descriptor,
		index:       index,
		status:      opened.word(index, offsetStatus),
		size:        opened.word(index, offsetSize),
		code:        opened.word(index, offsetCode),
		flags:       opened.word(index, offsetFlags),
		sleeper:     opened.word(0, offsetFlags),
	}
	start := index*opened.stride + offsetPayload
	l.contents = buffer{function: c.function, payload: opened.memory[start : start+opened.capacity : start+opened.capacity]}
	store(opened.word(index, offsetLock), uint32(os.Getpid()))
	storeByte(l.flags, 1, 0)
	storeByte(l.flags, 2, 0)
	return l
}

// leaveLane keeps the lane for the next call, but for one of the last quarter: those are for single
// calls, so that no number of idle consumers shuts out another.
func (c *channel) leaveLane(l *lane) {
	last := l.lanes / 4
	if last == 0 {
		last = 1
	}
	if l.index >= l.lanes-last {
		l.leave()
	} else if !atomic.CompareAndSwapPointer(&c.last, nil, unsafe.Pointer(l)) {
		c.mutex.Lock()
		c.idle = append(c.idle, l)
		c.mutex.Unlock()
	}
	if atomic.LoadInt32(&c.waiting) > 0 {
		select {
		case c.returned <- struct{}{}:
		default:
		}
	}
}

// leave gives the lane back to the kernel: word 0, then the lock.
func (l *lane) leave() {
	store(l.word(l.index, offsetLock), 0)
	unlock(l.descriptor, l.index*l.stride+offsetLock)
	syscall.Close(l.descriptor)
	_ = syscall.Munmap(l.memory)
}

// forget leaves every idle lane of a file whose provider is gone.
func (c *channel) forget(gone *channelFile) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	kept := c.idle[:0]
	for _, l := range c.idle {
		if l.device == gone.device && l.inode == gone.inode {
			l.leave()
		} else {
			kept = append(kept, l)
		}
	}
	for i := len(kept); i < len(c.idle); i++ {
		c.idle[i] = nil
	}
	c.idle = kept
}

// ---- 8. Waiting ----

// A spin is longer than one wake-up from core to core, or it is not done at all.
const (
	spinTime  = 50 * time.Microsecond
	sleepTime = 2 * time.Millisecond
	probeTime = 50 * time.Millisecond
)

// Spinning on the only processor keeps the provider from it.
var canSpin = runtime.NumCPU() > 1

// clock is the time that a call has. It starts when somebody first looks at it: a quick call never does.
type clock struct {
	ctx   context.Context
	limit time.Duration
	end   time.Time
}

func (c *clock) left() time.Duration {
	if c.end.IsZero() {
		c.end = time.Now().Add(c.limit)
	}
	return time.Until(c.end)
}

func (c *clock) String() string {
	return strconv.FormatFloat(c.limit.Round(time.Millisecond).Seconds(), 'g', -1, 64) + " s"
}

var (
	defaultLimit     = 5 * time.Second
	errDefaultLimit  error
	defaultLimitOnce sync.Once
)

func newClock(ctx context.Context) (clock, error) {
	if end, ok := ctx.Deadline(); ok {
		return clock{ctx: ctx, limit: time.Until(end), end: end}, nil
	}
	defaultLimitOnce.Do(func() {
		text := os.Getenv("METROPIPE_TIMEOUT_MS")
		if text == "" {
			return
		}
		milliseconds, err := strconv.ParseUint(text, 10, 32)
		if err != nil || milliseconds == 0 {
			errDefaultLimit = fmt.Errorf("METROPIPE_TIMEOUT_MS is %q, it takes a whole number above 0", text)
		}
		defaultLimit = time.Duration(milliseconds) * time.Millisecond
	})
	return clock{ctx: ctx, limit: defaultLimit}, errDefaultLimit
}

func shorter(a, b time.Duration) time.Duration {
	if a < b {
		return a
	}
	return b
}

// What a wait without an answer came to.
var (
	errNotRun     = errors.New("it was not run")
	errMayHaveRun = errors.New("it may have run")
	errLate       = errors.New("it may still run")
)

func answered(status uint32) bool { return status == statusResponse || status == statusError }

// waitForAnswer spins for a bounded time, then sleeps in the kernel.
func (l *lane) waitForAnswer(clock *clock) (uint32, error) {
	if status := l.spin(); answered(status) {
		return status, nil
	}
	var probe time.Time
	for {
		// Asleep first, then another look: the provider answers first, then looks for sleepers.
		storeByte(l.flags, 1, 1)
		status := load(l.status)
		if !answered(status) && time.Since(probe) >= probeTime {
			if !providerLives(l.descriptor) {
				if final, err := l.giveUp(); err != nil || answered(final) {
					storeByte(l.flags, 1, 0)
					return final, err
				}
			}
			probe = time.Now()
		}
		left := clock.left()
		if !answered(status) && left > 0 && clock.ctx.Err() == nil {
			waitOn(l.status, status, shorter(sleepTime, left))
		}
		storeByte(l.flags, 1, 0)
		if status = load(l.status); answered(status) {
			return status, nil
		}
		if left <= 0 || clock.ctx.Err() != nil {
			return status, errLate
		}
	}
}

// spin looks at the status until it is an answer or the time is over. While spins keep running out
// (both sides share a core, or the function takes long) fewer and fewer calls begin with one.
func (l *lane) spin() uint32 {
	if !canSpin {
		return load(l.status)
	}
	if l.unspun > 0 {
		l.unspun--
		return load(l.status)
	}
	var end time.Time
	for {
		for i := 0; i < 100; i++ {
			if status := load(l.status); answered(status) {
				l.misses = 0
				return status
			}
		}
		now := time.Now()
		if end.IsZero() {
			end = now.Add(spinTime)
		} else if now.After(end) {
			break
		}
	}
	if l.misses < 10 {
		l.misses++
	}
	l.unspun = 1 << l.misses >> 2
	return load(l.status)
}

// ---- 9. Giving up ----

// giveUp ends a request that no provider will answer. With the provider's lock no other provider
// can begin to answer it, so what the status says is final.
func (l *lane) giveUp() (uint32, error) {
	taken, err := lock(l.descriptor, 0)
	if err != nil || !taken {
		return load(l.status), nil
	}
	defer unlock(l.descriptor, 0)
	status := load(l.status)
	if answered(status) {
		return status, nil
	}
	store(l.status, statusIdle)
	if status == statusRequest {
		return status, errNotRun
	}
	return status, errMayHaveRun
}

// ---- 10. Calling ----

// call writes the arguments into a lane, waits and reads the result.
func (c *channel) call(ctx context.Context, write, read func(*buffer)) error {
	clock, err := newClock(ctx)
	if err != nil {
		return c.broken(err)
	}
	if ctx.Err() != nil {
		return c.late(&clock, "the call began", "was not run")
	}
	for {
		l, err := c.takeLane(&clock)
		if err != nil {
			return err
		}
		if !free(load(l.status)) {
			l.leave()
			continue
		}
		l.contents.err = nil
		write(&l.contents)
		if err := l.contents.err; err != nil {
			c.leaveLane(l)
			return err
		}
		status, err := l.exchange(0, c.requestSize, &clock)
		if err == errNotRun {
			// The request is withdrawn: where the path leads to another file by now, that one gets it.
			c.forget(l.channelFile)
			l.leave()
			continue
		}
		if err != nil {
			l.leave()
			return c.unanswered(l.path, &clock, err)
		}
		if status == statusError {
			err = c.refused(l)
		} else {
			err = c.finish(l, read)
		}
		storeLater(l.status, statusIdle)
		c.leaveLane(l)
		return err
	}
}

// exchange publishes a request, wakes the provider where it sleeps, and waits.
func (l *lane) exchange(code uint32, size int, clock *clock) (uint32, error) {
	*l.size = uint32(size)
	*l.code = code
	store(l.status, statusRequest)
	// The request first, then a look for sleepers: the provider lies down first, then looks again.
	if load(l.sleeper)&0xFF == 1 {
		storeByte(l.sleeper, 0, 0)
		wake(l.sleeper)
	}
	return l.waitForAnswer(clock)
}

func (c *channel) finish(l *lane, read func(*buffer)) error {
	if size := *l.size; size != uint32(c.payloadSize) {
		return c.broken(fmt.Errorf("the answer has %d bytes instead of %d (the function was run)", size, c.payloadSize))
	}
	read(&l.contents)
	return l.contents.err
}

// message reads a text from the beginning of the payload.
func (l *lane) message() string {
	size := int(*l.size)
	if size > l.capacity {
		size = l.capacity
	}
	text := strings.ToValidUTF8(string(l.contents.payload[:size]), "\uFFFD")
	// The message stands where arguments stand: their padding has to be zero again.
	for i := range l.contents.payload[:size] {
		l.contents.payload[i] = 0
	}
	return text
}

// refused turns the provider's error code into an error.
func (c *channel) refused(l *lane) error {
	code := *l.code
	text := l.message()
	switch code {
	case 1:
		kind, message, _ := strings.Cut(text, ": ")
		return &RemoteError{Function: c.function, Type: kind, Message: message}
	case 2:
		return c.failure(ErrLayoutMismatch, "%s; export again (the function was not run)", text)
	case 3:
		return c.failure(ErrChannel, "the result does not fit: %s (the function was run)", text)
	case 4:
		return c.noProvider(l.path)
	case 5:
		return c.unanswered(l.path, nil, errMayHaveRun)
	}
	return c.failure(ErrChannel, "error %d: %s (the function may have run)", code, text)
}

func (c *channel) failure(kind error, format string, values ...any) error {
	return &MetropipeError{kind: kind, text: c.function + ": " + fmt.Sprintf(format, values...)}
}

func (c *channel) broken(cause error) error {
	return &MetropipeError{kind: ErrChannel, text: c.function + ": " + cause.Error(), cause: cause}
}

func (c *channel) noProvider(path string) error {
	return c.failure(ErrNoProvider, "no provider serves %s; start one with: %s (the function was not run)", path, c.command)
}

func (c *channel) unanswered(path string, clock *clock, cause error) error {
	if cause == errLate {
		return c.late(clock, fmt.Sprintf("no answer within %s on %s", clock.String(), path), "may still run")
	}
	return c.failure(ErrChannel, "the provider died or was restarted during the call (the function may have run)")
}

// late tells the end of the call's time from the context's being cancelled.
func (c *channel) late(clock *clock, text, run string) error {
	if clock.ctx.Err() == context.Canceled {
		return &MetropipeError{kind: ErrChannel, cause: context.Canceled, text: c.function + ": the call was cancelled (the function " + run + ")"}
	}
	return &MetropipeError{kind: ErrTimeout, cause: context.DeadlineExceeded, text: c.function + ": " + text + " (the function " + run + ")"}
}

// mismatch asks the provider which layout it speaks.
func (c *channel) mismatch(l *lane, clock *clock) error {
	theirs := fmt.Sprintf("another layout (fingerprint 0x%08x)", load(l.word(0, offsetFingerprint)))
	status, err := l.exchange(codePing, 0, clock)
	if err == nil && status == statusResponse {
		theirs = l.message()
	}
	if err == nil {
		store(l.status, statusIdle)
	}
	return c.failure(ErrLayoutMismatch, "the provider speaks %s, this stub %s; export again (the function was not run)", theirs, c.canonical)
}

// ---- 12. Values ----

// JSON is a document as encoding/json reads and writes it; none at all is null.
type JSON = json.RawMessage

// buffer is a lane's payload. It keeps the first error: what stands after it counts nothing.
type buffer struct {
	payload  []byte
	function string
	err      error
}

// unfit reports a value of the caller's that has no place in the payload.
func (b *buffer) unfit(where, format string, values ...any) {
	if b.err == nil {
		b.err = &MetropipeError{kind: ErrUnfit, text: b.function + ": " + where + ": " + fmt.Sprintf(format, values...)}
	}
}

// untrue reports a value of the provider's that cannot be: it is another process's word.
func (b *buffer) untrue(where, format string, values ...any) {
	if b.err == nil {
		text := b.function + ": " + where + ": " + fmt.Sprintf(format, values...) + " (the function was run)"
		b.err = &MetropipeError{kind: ErrChannel, text: text}
	}
}

func (b *buffer) putI8(at int, value int8)   { b.payload[at] = uint8(value) }
func (b *buffer) putU8(at int, value uint8)  { b.payload[at] = value }
func (b *buffer) putI16(at int, value int16) { b.putU16(at, uint16(value)) }
func (b *buffer) putI32(at int, value int32) { b.putU32(at, uint32(value)) }
func (b *buffer) putI64(at int, value int64) { b.putU64(at, uint64(value)) }

func (b *buffer) putU16(at int, value uint16) { binary.LittleEndian.PutUint16(b.payload[at:], value) }
func (b *buffer) putU32(at int, value uint32) { binary.LittleEndian.PutUint32(b.payload[at:], value) }
func (b *buffer) putU64(at int, value uint64) { binary.LittleEndian.PutUint64(b.payload[at:], value) }

func (b *buffer) putF32(at int, value float32) { b.putU32(at, math.Float32bits(value)) }
func (b *buffer) putF64(at int, value float64) { b.putU64(at, math.Float64bits(value)) }

func (b *buffer) putBool(at int, value bool) {
	b.payload[at] = 0
	if value {
		b.payload[at] = 1
	}
}

func (b *buffer) putString(at, size int, where, value string) {
	b.putText(at, size, where, "string", value)
}

func (b *buffer) putJSON(at, size int, where string, value JSON) {
	switch {
	case len(value) == 0:
		b.putText(at, size, where, "json", "null")
	case !json.Valid(value):
		b.unfit(where, "has no JSON form: it is not valid JSON")
	default:
		b.putText(at, size, where, "json", string(value))
	}
}

func (b *buffer) putText(at, size int, where, wire, value string) {
	switch {
	case !utf8.ValidString(value):
		b.unfit(where, "is not valid Unicode text (invalid UTF-8)")
	case strings.IndexByte(value, 0) >= 0:
		b.unfit(where, "holds a NUL character, where C and shell readers would end; use bytes instead")
	case len(value) > size-5:
		b.unfit(where, "%d bytes do not fit %s[%d], which holds at most %d", len(value), wire, size, size-5)
	default:
		b.putU32(at, uint32(len(value)))
		copy(b.payload[at+4:], value)
		b.payload[at+4+len(value)] = 0
	}
}

func (b *buffer) putBytes(at, size int, where string, value []byte) {
	if len(value) > size-4 {
		b.unfit(where, "%d bytes do not fit bytes[%d], which holds at most %d", len(value), size, size-4)
		return
	}
	b.putU32(at, uint32(len(value)))
	copy(b.payload[at+4:], value)
}

// putOpt writes zeros where there is no value: size is the whole option's, first its value's offset.
func putOpt[T any](b *buffer, at, size, first int, value *T, put func(*buffer, int, T)) {
	if value == nil {
		for i := range b.payload[at : at+size] {
			b.payload[at+i] = 0
		}
		return
	}
	b.payload[at] = 1
	put(b, at+first, *value)
}

func putArray[T any](b *buffer, at, stride int, value []T, put func(*buffer, int, T)) {
	for i, element := range value {
		put(b, at+i*stride, element)
	}
}

func putList[T any](b *buffer, at, limit, stride, first int, where, wire string, value []T, put func(*buffer, int, T)) {
	if len(value) > limit {
		b.unfit(where, "%d elements do not fit %s, which holds at most %d", len(value), wire, limit)
		return
	}
	b.putU32(at, uint32(len(value)))
	putArray(b, at+first, stride, value, put)
}

func (b *buffer) getI8(at int) int8   { return int8(b.payload[at]) }
func (b *buffer) getU8(at int) uint8  { return b.payload[at] }
func (b *buffer) getI16(at int) int16 { return int16(b.getU16(at)) }
func (b *buffer) getI32(at int) int32 { return int32(b.getU32(at)) }
func (b *buffer) getI64(at int) int64 { return int64(b.getU64(at)) }

func (b *buffer) getU16(at int) uint16 { return binary.LittleEndian.Uint16(b.payload[at:]) }
func (b *buffer) getU32(at int) uint32 { return binary.LittleEndian.Uint32(b.payload[at:]) }
func (b *buffer) getU64(at int) uint64 { return binary.LittleEndian.Uint64(b.payload[at:]) }

func (b *buffer) getF32(at int) float32 { return math.Float32frombits(b.getU32(at)) }
func (b *buffer) getF64(at int) float64 { return math.Float64frombits(b.getU64(at)) }

func (b *buffer) getBool(at int, where string) bool {
	value := b.payload[at]
	if value > 1 {
		b.untrue(where, "%d is no bool", value)
	}
	return value == 1
}

// length reads a length once, checks it and gives it: the payload may change at any moment.
func (b *buffer) length(at, limit int, where, what string) int {
	length := b.getU32(at)
	if uint64(length) > uint64(limit) {
		b.untrue(where, "%d %s, at most %d fit", length, what, limit)
		return 0
	}
	return int(length)
}

func (b *buffer) getString(at, size int, where string) string {
	length := b.length(at, size-5, where, "bytes")
	text := string(b.payload[at+4 : at+4+length])
	if !utf8.ValidString(text) {
		b.untrue(where, "is not valid Unicode text (invalid UTF-8)")
		return ""
	}
	if strings.IndexByte(text, 0) >= 0 {
		b.untrue(where, "holds a NUL character")
		return ""
	}
	return text
}

func (b *buffer) getJSON(at, size int, where string) JSON {
	text := JSON(b.getString(at, size, where))
	if !json.Valid(text) {
		b.untrue(where, "is not valid JSON")
		return nil
	}
	return text
}

func (b *buffer) getBytes(at, size int, where string) []byte {
	length := b.length(at, size-4, where, "bytes")
	value := make([]byte, length)
	copy(value, b.payload[at+4:])
	return value
}

func getOpt[T any](b *buffer, at, first int, where string, get func(*buffer, int) T) *T {
	if !b.getBool(at, where) {
		return nil
	}
	value := get(b, at+first)
	return &value
}

func getArray[T any](b *buffer, at, stride int, value []T, get func(*buffer, int) T) {
	for i := range value {
		value[i] = get(b, at+i*stride)
	}
}

func getList[T any](b *buffer, at, limit, stride, first int, where string, get func(*buffer, int) T) []T {
	value := make([]T, b.length(at, limit, where, "elements"))
	getArray(b, at+first, stride, value, get)
	return value
}
