// The protocol in C#: what every stub holds, between the braces of its own namespace.
//
// Linux, Mono 6 or .NET, no package. `Volatile` and `Interlocked` take references, and only a pointer
// makes one into mapped memory: compile with `-unsafe`, or <AllowUnsafeBlocks>true</AllowUnsafeBlocks>.
namespace Metropipe
{
    using global::System;
    using global::System.Collections.Generic;
    using global::System.Diagnostics;
    using global::System.Globalization;
    using global::System.IO;
    using global::System.Runtime.InteropServices;
    using global::System.Text;
    using global::System.Threading;

    // ---- 1. Errors ----

    /// <summary>A call without a result. The message names the function and says whether it was run.</summary>
    public class MetropipeException : Exception
    {
        internal MetropipeException(string message)
            : base(message)
        {
        }
    }

    /// <summary>The function itself failed.</summary>
    public sealed class RemoteException : MetropipeException
    {
        internal RemoteException(string function, string report)
            : base(function + ": " + report)
        {
            int colon = report.IndexOf(": ", StringComparison.Ordinal);
            RemoteType = colon < 0 ? report : report.Substring(0, colon);
            RemoteMessage = colon < 0 ? "" : report.Substring(colon + 2);
        }

        /// <summary>The error's type in the function's own language, such as <c>ValueError</c>.</summary>
        public string RemoteType { get; private set; }

        /// <summary>The error's message, without its type.</summary>
        public string RemoteMessage { get; private set; }
    }

    /// <summary>No answer within the time limit; the function may still run.</summary>
    public sealed class CallTimeoutException : MetropipeException
    {
        internal CallTimeoutException(string message)
            : base(message)
        {
        }
    }

    /// <summary>Nobody serves the channel; the function was not run.</summary>
    public sealed class NoProviderException : MetropipeException
    {
        internal NoProviderException(string message)
            : base(message)
        {
        }
    }

    /// <summary>The provider speaks another layout than this file; the function was not run.</summary>
    public sealed class LayoutMismatchException : MetropipeException
    {
        internal LayoutMismatchException(string message)
            : base(message)
        {
        }
    }

    /// <summary>An argument does not fit its type on the wire; the function was not run.</summary>
    public sealed class UnfitException : MetropipeException
    {
        internal UnfitException(string message)
            : base(message)
        {
        }
    }

    /// <summary>Everything else that can go wrong with a channel.</summary>
    public sealed class ChannelException : MetropipeException
    {
        internal ChannelException(string message)
            : base(message)
        {
        }
    }

    /// <summary>The system's own calls, on Linux for x86-64 and arm64.</summary>
    internal static unsafe class Native
    {
        internal const int Missing = 2;
        internal const int NoDevice = 6;
        internal const int IsFolder = 21;
        internal const int Loop = 40;

        private const int ReadWrite = 2;
        private const int NonBlocking = 0x800;
        private const int CloseOnExec = 0x80000;
        private const int LockGet = 36;
        private const int LockSet = 37;
        private const int AtWorkingFolder = -100;
        private const int AtNoFollow = 0x100;
        private const int AtEmptyPath = 0x1000;
        private const int BasicStats = 0x7ff;

        private static readonly bool Arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
        private static readonly int NoFollow = Arm ? 0x8000 : 0x20000;
        private static readonly IntPtr FutexCall = (IntPtr)(Arm ? 98 : 202);

        internal static int Error
        {
            get { return Marshal.GetLastWin32Error(); }
        }

        internal static int Open(string path, bool follow)
        {
            return open(path, ReadWrite | NonBlocking | CloseOnExec | (follow ? 0 : NoFollow));
        }

        internal static bool MayWrite(string folder)
        {
            return access(folder, 2) == 0;
        }

        internal static bool Stat(int descriptor, out FileStatus status)
        {
            return statx(descriptor, "", AtEmptyPath, BasicStats, out status) == 0;
        }

        internal static bool Stat(string path, out FileStatus status)
        {
            return statx(AtWorkingFolder, path, AtNoFollow, BasicStats, out status) == 0;
        }

        /// <summary>An open-file-description lock on four bytes: false where another holds it.</summary>
        internal static bool Lock(int descriptor, long at)
        {
            var range = new LockRange { Type = LockRange.Write, Start = at, Length = 4 };
            return fcntl(descriptor, LockSet, ref range) == 0;
        }

        /// <summary>Whether somebody holds the lock, seen without taking it.</summary>
        internal static bool IsLocked(int descriptor, long at)
        {
            var range = new LockRange { Type = LockRange.Read, Start = at, Length = 4 };
            return fcntl(descriptor, LockGet, ref range) != 0 || range.Type != LockRange.None;
        }

        internal static byte* Map(int descriptor, long size)
        {
            IntPtr mapped = mmap(IntPtr.Zero, (UIntPtr)(ulong)size, 3, 1, descriptor, IntPtr.Zero);
            return mapped == (IntPtr)(-1) ? null : (byte*)mapped;
        }

        internal static void Unmap(byte* mapped, long size)
        {
            munmap((IntPtr)mapped, (UIntPtr)(ulong)size);
        }

        /// <summary>How many bytes were written; an error is below 1.</summary>
        internal static int Write(int descriptor, byte[] data, int count, long at)
        {
            fixed (byte* start = data)
            {
                return (int)pwrite(descriptor, start, (UIntPtr)(uint)count, (IntPtr)at);
            }
        }

        internal static void Close(int descriptor)
        {
            close(descriptor);
        }

        internal static void FutexWait(byte* word, int value, long nanoseconds)
        {
            var limit = new TimeSpec { Seconds = (IntPtr)(nanoseconds / 1000000000), Nanoseconds = (IntPtr)(nanoseconds % 1000000000) };
            syscall(FutexCall, word, IntPtr.Zero, (IntPtr)value, &limit, IntPtr.Zero, IntPtr.Zero);
        }

        internal static void FutexWake(byte* word)
        {
            syscall(FutexCall, word, (IntPtr)1, (IntPtr)int.MaxValue, null, IntPtr.Zero, IntPtr.Zero);
        }

        internal static uint UserId()
        {
            return geteuid();
        }

        internal static int ProcessId()
        {
            return getpid();
        }

        internal static string Text(int error)
        {
            return Marshal.PtrToStringAnsi(strerror(error));
        }

        [StructLayout(LayoutKind.Sequential)]
        private struct TimeSpec
        {
            internal IntPtr Seconds;
            internal IntPtr Nanoseconds;
        }

        [StructLayout(LayoutKind.Explicit, Size = 32)]
        private struct LockRange
        {
            internal const short Read = 0;
            internal const short Write = 1;
            internal const short None = 2;

            [FieldOffset(0)]
            internal short Type;

            [FieldOffset(8)]
            internal long Start;

            [FieldOffset(16)]
            internal long Length;
        }

        [DllImport("libc", SetLastError = true)]
        private static extern int open(string path, int flags);

        [DllImport("libc", SetLastError = true)]
        private static extern int access(string path, int mode);

        [DllImport("libc", SetLastError = true)]
        private static extern int close(int descriptor);

        [DllImport("libc", SetLastError = true)]
        private static extern int fcntl(int descriptor, int command, ref LockRange range);

        [DllImport("libc", SetLastError = true)]
        private static extern int statx(int folder, string path, int flags, uint mask, out FileStatus status);

        [DllImport("libc", SetLastError = true)]
        private static extern IntPtr mmap(IntPtr at, UIntPtr size, int protection, int flags, int descriptor, IntPtr offset);

        [DllImport("libc", SetLastError = true)]
        private static extern int munmap(IntPtr at, UIntPtr size);

        [DllImport("libc", SetLastError = true)]
        private static extern IntPtr pwrite(int descriptor, byte* data, UIntPtr count, IntPtr offset);

        [DllImport("libc")]
        private static extern IntPtr syscall(IntPtr number, byte* word, IntPtr operation, IntPtr value, TimeSpec* limit, IntPtr unused, IntPtr alsoUnused);

        [DllImport("libc")]
        private static extern IntPtr strerror(int error);

        [DllImport("libc")]
        private static extern uint geteuid();

        [DllImport("libc")]
        private static extern int getpid();
    }

    /// <summary>The system's <c>struct statx</c>, which is the same on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct FileStatus
    {
        [FieldOffset(20)]
        internal uint Owner;

        [FieldOffset(28)]
        internal ushort Mode;

        [FieldOffset(32)]
        internal ulong Inode;

        [FieldOffset(40)]
        internal long Size;

        [FieldOffset(136)]
        internal ulong Device;
    }

    /// <summary>The file of a channel as this process holds it, and the lanes that are taken in it.</summary>
    internal sealed unsafe class ChannelFile
    {
        private readonly string function;
        private readonly string path;
        private readonly int descriptor;
        private readonly Stack<Lane> idle = new Stack<Lane>();
        private Lane spare;
        private FileStatus identity;
        private byte* mapped;
        private int capacity;
        private int stride;
        private int lanes;
        private int fingerprint;
        private bool[] allocated;
        private Lane[] held;
        private bool retired;

        private ChannelFile(string function, string path, int descriptor)
        {
            this.function = function;
            this.path = path;
            this.descriptor = descriptor;
        }

        internal int Capacity
        {
            get { return capacity; }
        }

        internal int Lanes
        {
            get { return lanes; }
        }

        internal int Fingerprint
        {
            get { return fingerprint; }
        }

        /// <summary>The first lane, whose header tells of the provider.</summary>
        internal byte* First
        {
            get { return mapped; }
        }

        // ---- 2. Path ----

        /// <summary>Absolute from the start, so that a change of folder changes no channel.</summary>
        private static readonly string Folder = ChooseFolder();

        private static string ChooseFolder()
        {
            string chosen = Environment.GetEnvironmentVariable("METROPIPE_DIR");
            if (!string.IsNullOrEmpty(chosen))
            {
                return Path.GetFullPath(chosen);
            }

            return Native.MayWrite("/dev/shm") ? "/dev/shm" : Path.GetFullPath(".metropipe");
        }

        internal static string ChannelPath(string name)
        {
            return Path.Combine(Folder, "metro_" + name);
        }

        // ---- 3. Opening ----

        private const int Version = 1;

        /// <summary>Opens what the path leads to; null where it leads nowhere.</summary>
        internal static ChannelFile OpenChannel(string function, string path)
        {
            if (!RuntimeInformation.IsOSPlatform(OSPlatform.Linux))
            {
                throw new ChannelException(function + ": this stub knows the system calls of Linux alone");
            }

            int descriptor = Native.Open(path, false);
            if (descriptor < 0)
            {
                int error = Native.Error;
                if (error == Native.Missing)
                {
                    return null;
                }

                bool irregular = error == Native.Loop || error == Native.IsFolder || error == Native.NoDevice;
                throw new ChannelException(
                    function + ": " + path + ": " + (irregular ? "is not a regular file" : Native.Text(error)));
            }

            var file = new ChannelFile(function, path, descriptor);
            try
            {
                file.Judge();
                file.Measure();
            }
            catch
            {
                file.Close();
                throw;
            }

            return file;
        }

        /// <summary>Refuses what is not a regular file of our own that is closed to all others.</summary>
        private void Judge()
        {
            if (!Native.Stat(descriptor, out identity))
            {
                throw Fault(Native.Text(Native.Error));
            }

            if ((identity.Mode & 0xf000) != 0x8000)
            {
                throw Fault("is not a regular file");
            }

            if (identity.Owner != Native.UserId())
            {
                throw Fault("is owned by user " + identity.Owner + ", not by " + Native.UserId());
            }

            if ((identity.Mode & 63) != 0)
            {
                string mode = Convert.ToString(identity.Mode & 511, 8).PadLeft(4, '0');
                throw Fault("others may read or write it (mode " + mode + "); chmod 600 it");
            }
        }

        /// <summary>Reads the header of every lane; whatever stands there is another process's word.</summary>
        private void Measure()
        {
            if (identity.Size < Header)
            {
                throw Fault("is no channel: " + identity.Size + " bytes hold no header");
            }

            mapped = Native.Map(descriptor, identity.Size);
            if (mapped == null)
            {
                throw Fault(Native.Text(Native.Error));
            }

            int version = mapped[Flags + 3];
            if (version != Version)
            {
                throw Fault(version == 0
                    ? "belongs to an older metropipe program; `metropipe connect` speaks to it"
                    : "has version " + version + ", this stub speaks version 1; export again");
            }

            uint room = (uint)Load(mapped + CapacityAt);
            fingerprint = Load(mapped + FingerprintAt);
            long rounded = ((long)Header + room + 63) / 64 * 64;
            if (rounded > int.MaxValue || identity.Size % rounded != 0 || identity.Size / rounded > 1 << 16)
            {
                throw Fault("is damaged: " + identity.Size + " bytes are no lanes of " + rounded + " bytes");
            }

            capacity = (int)room;
            stride = (int)rounded;
            lanes = (int)(identity.Size / rounded);
            for (int lane = 1; lane < lanes; lane++)
            {
                byte* page = mapped + ((long)lane * stride);
                if (Load(page + CapacityAt) != capacity || page[Flags + 3] != Version)
                {
                    throw Fault("is damaged: lane " + lane + " disagrees with lane 0");
                }
            }

            allocated = new bool[lanes];
            held = new Lane[lanes];
        }

        private ChannelException Fault(string what)
        {
            return new ChannelException(function + ": " + path + ": " + what);
        }

        private void Close()
        {
            if (mapped != null)
            {
                Native.Unmap(mapped, identity.Size);
                mapped = null;
            }

            Native.Close(descriptor);
        }

        // ---- 4. Locks ----

        internal const long ProviderLock = 0;
        private const long LaneLock = 4;

        /// <summary>
        /// A descriptor that holds the lock, or -1 where somebody else does. It is opened anew: the lock
        /// of a descriptor that is mapped, or shared, would outlive its purpose.
        /// </summary>
        internal int Lock(long at)
        {
            int anew = Native.Open("/proc/self/fd/" + descriptor.ToString(CultureInfo.InvariantCulture), true);
            if (anew < 0)
            {
                throw Fault(Native.Text(Native.Error));
            }

            if (Native.Lock(anew, at))
            {
                return anew;
            }

            Native.Close(anew);
            return -1;
        }

        internal static void Unlock(int locked)
        {
            Native.Close(locked);
        }

        internal bool ProviderLives()
        {
            return Native.IsLocked(descriptor, ProviderLock);
        }

        /// <summary>A lock counts only on the file that the path leads to.</summary>
        internal bool LeadsHere()
        {
            FileStatus now;
            return Native.Stat(path, out now) && now.Device == identity.Device && now.Inode == identity.Inode;
        }

        // ---- 5. Forks: a .NET process does not fork, and what it starts inherits no descriptor. ----

        // ---- 6. Words ----

        internal const int StatusAt = 0;
        internal const int LockAt = 4;
        internal const int SizeAt = 8;
        internal const int CapacityAt = 12;
        internal const int CodeAt = 16;
        internal const int FingerprintAt = 20;
        internal const int ProviderAt = 24;
        internal const int Flags = 28;
        internal const int Header = 32;

        internal const int Idle = 0;
        internal const int Request = 1;
        internal const int Running = 2;
        internal const int Response = 3;
        internal const int Error = 4;

        internal const int Ping = 0x474E4950;

        internal static int Load(byte* word)
        {
            return Volatile.Read(ref *(int*)word);
        }

        /// <summary>With a full fence: no later load overtakes it, or a sleeper would be overlooked.</summary>
        internal static void Store(byte* word, int value)
        {
            Interlocked.Exchange(ref *(int*)word, value);
        }

        // ---- 7. Lanes ----

        /// <summary>The last quarter is for single calls: no number of idle consumers shuts out another.</summary>
        private bool IsKept(int lane)
        {
            return lane < lanes - Math.Max(1, lanes / 4);
        }

        /// <summary>A lane of an earlier call, or null.</summary>
        internal Lane TakeIdle()
        {
            Lane lane = Interlocked.Exchange(ref spare, null);
            if (lane == null)
            {
                lock (idle)
                {
                    lane = idle.Count > 0 ? idle.Pop() : null;
                }
            }

            if (lane != null && !lane.IsFree)
            {
                LeaveLane(lane);
                return null;
            }

            return lane;
        }

        /// <summary>A lane that nobody uses, or null.</summary>
        internal Lane TakeLane()
        {
            lock (idle)
            {
                Lane kept = TakeIdle();
                if (kept != null)
                {
                    return kept;
                }

                for (int index = 0; index < lanes && !retired; index++)
                {
                    int locked = held[index] == null ? Lock(((long)index * stride) + LaneLock) : -1;
                    if (locked < 0)
                    {
                        continue;
                    }

                    bool taken = false;
                    try
                    {
                        if (!LeadsHere())
                        {
                            return null;
                        }

                        var lane = new Lane(this, index, locked, mapped + ((long)index * stride));

                        // Status 1 and 2 belong to a call that was broken off: the provider answers it yet.
                        if (!lane.IsFree)
                        {
                            continue;
                        }

                        Allocate(lane);
                        lane.Page[Flags + 1] = 0;
                        lane.Page[Flags + 2] = 0;
                        Store(lane.Page + LockAt, Native.ProcessId());
                        held[index] = lane;
                        taken = true;
                        return lane;
                    }
                    finally
                    {
                        if (!taken)
                        {
                            Unlock(locked);
                        }
                    }
                }

                return null;
            }
        }

        /// <summary>Through the descriptor, so that a full file system is an error and not a fault.</summary>
        private void Allocate(Lane lane)
        {
            if (allocated[lane.Index])
            {
                return;
            }

            var zeros = new byte[Math.Min(capacity, 1 << 16)];
            for (int done = 0; done < capacity;)
            {
                int count = Math.Min(capacity - done, zeros.Length);
                int written = Native.Write(lane.Locked, zeros, count, ((long)lane.Index * stride) + Header + done);
                if (written < 1)
                {
                    throw Fault(Native.Text(Native.Error) + " (the function was not run)");
                }

                done += written;
            }

            allocated[lane.Index] = true;
        }

        /// <summary>After a call: kept for the next one, unless something speaks against it.</summary>
        internal void GiveBack(Lane lane)
        {
            int status = Load(lane.Page);
            if (status == Response || status == Error)
            {
                Volatile.Write(ref *(int*)lane.Page, Idle);
            }

            // Not answered: the next call takes another lane, so no late answer is taken for its own.
            bool keep = status != Request && status != Running && IsKept(lane.Index) && !retired;
            if (keep && Interlocked.CompareExchange(ref spare, lane, null) == null)
            {
                return;
            }

            lock (idle)
            {
                if (keep && !retired)
                {
                    idle.Push(lane);
                }
                else
                {
                    LeaveLane(lane);
                }
            }
        }

        internal void Hold(Lane lane)
        {
            lock (idle)
            {
                held[lane.Index] = lane;
            }
        }

        internal void LeaveLane(Lane lane)
        {
            lock (idle)
            {
                if (held[lane.Index] != lane)
                {
                    return;
                }

                held[lane.Index] = null;
                Store(lane.Page + LockAt, 0);
                Unlock(lane.Locked);
                CloseWhenDone();
            }
        }

        /// <summary>The path leads elsewhere: no new lane, and the file is closed after the last call in it.</summary>
        internal void Retire()
        {
            lock (idle)
            {
                retired = true;
                for (Lane lane = TakeIdle(); lane != null; lane = TakeIdle())
                {
                    LeaveLane(lane);
                }

                CloseWhenDone();
            }
        }

        private void CloseWhenDone()
        {
            if (retired && mapped != null && Array.TrueForAll(held, lane => lane == null))
            {
                Close();
            }
        }
    }

    /// <summary>One lane in one process's hands: room for one call at a time.</summary>
    internal sealed unsafe class Lane
    {
        private long limit;
        private long deadline;
        private bool timed;

        internal Lane(ChannelFile file, int index, int locked, byte* page)
        {
            File = file;
            Index = index;
            Locked = locked;
            Page = page;
        }

        internal ChannelFile File { get; private set; }

        internal int Index { get; private set; }

        /// <summary>The descriptor that holds the lane's lock.</summary>
        internal int Locked { get; private set; }

        /// <summary>Where the header begins.</summary>
        internal byte* Page { get; private set; }

        /// <summary>What the arguments are written to and the results read from.</summary>
        internal byte* Payload
        {
            get { return Page + ChannelFile.Header; }
        }

        /// <summary>Whether the call before has come to its end.</summary>
        internal bool IsFree
        {
            get
            {
                int status = ChannelFile.Load(Page);
                return status == ChannelFile.Idle || status == ChannelFile.Response || status == ChannelFile.Error;
            }
        }

        /// <summary>In ticks of <see cref="Stopwatch"/>.</summary>
        internal long Limit
        {
            get { return limit; }
        }

        internal long Deadline
        {
            get
            {
                if (!timed)
                {
                    Begin(limit, Stopwatch.GetTimestamp() + limit);
                }

                return deadline;
            }
        }

        /// <summary>The clock is read when somebody first waits: most calls are over before.</summary>
        internal void Begin(long within)
        {
            limit = within;
            timed = false;
        }

        internal void Begin(long within, long until)
        {
            limit = within;
            deadline = until;
            timed = true;
        }

        /// <summary>Goes on in another lane, with the arguments of this one.</summary>
        internal void MoveTo(Lane other, int size)
        {
            Buffer.MemoryCopy(Payload, other.Payload, other.File.Capacity, size);
            File.LeaveLane(this);
            File = other.File;
            Index = other.Index;
            Locked = other.Locked;
            Page = other.Page;
            File.Hold(this);
        }
    }

    /// <summary>The channel of one function. Safe for any number of threads, each of which takes a lane.</summary>
    internal sealed unsafe class Channel
    {
        private const int NotAnswered = 0;
        private const int Moved = -1;

        private readonly object attaching = new object();
        private readonly string function;
        private readonly string path;
        private readonly string canonical;
        private readonly int fingerprint;
        private readonly int requestSize;
        private readonly int payloadSize;
        private readonly string startCommand;
        private volatile ChannelFile attached;

        internal Channel(string function, string channel, string canonical, uint fingerprint, int requestSize, int payloadSize, string startCommand)
        {
            this.function = function;
            path = ChannelFile.ChannelPath(channel);
            this.canonical = canonical;
            this.fingerprint = unchecked((int)fingerprint);
            this.requestSize = requestSize;
            this.payloadSize = payloadSize;
            this.startCommand = startCommand;
        }

        // ---- 8. Waiting ----

        private static readonly long Second = Stopwatch.Frequency;

        /// <summary>Longer than a wake-up across cores; a shorter spin would put both sides to sleep in turn.</summary>
        private static readonly long Spin = Second / 20000;

        private static readonly long FirstProbe = Second / 500;
        private static readonly long ProbeInterval = Second / 20;
        private static readonly bool MaySpin = Environment.ProcessorCount > 1;

        private const long SleepNanoseconds = 2000000;

        /// <summary>Calls that go without a spin: more after each spin in vain, which kept a core busy.</summary>
        private int spinPenalty;

        private int spinsToSkip;

        /// <summary>Status 3 or 4, or <see cref="Moved"/> where the call has to go to another file.</summary>
        private int WaitForAnswer(Lane lane)
        {
            if (!MaySpin)
            {
                return SleepForAnswer(lane);
            }

            if (spinsToSkip > 0)
            {
                spinsToSkip--;
                return SleepForAnswer(lane);
            }

            byte* page = lane.Page;
            long end = 0;
            for (int turn = 1; ; turn++)
            {
                int status = ChannelFile.Load(page);
                if (status == ChannelFile.Response || status == ChannelFile.Error)
                {
                    if (spinPenalty != 0)
                    {
                        spinPenalty = 0;
                    }

                    return status;
                }

                if ((turn & 255) == 0)
                {
                    long now = Stopwatch.GetTimestamp();
                    if (end == 0)
                    {
                        end = now + Spin;
                    }
                    else if (now >= end)
                    {
                        break;
                    }
                }
            }

            spinPenalty = Math.Min(64, (spinPenalty * 2) + 1);
            spinsToSkip = spinPenalty;
            return SleepForAnswer(lane);
        }

        /// <summary>In the kernel, 2 ms at a time: a lost wake-up costs a moment and never hangs.</summary>
        private int SleepForAnswer(Lane lane)
        {
            byte* page = lane.Page;
            long deadline = lane.Deadline;
            long now = Stopwatch.GetTimestamp();
            long probe = now + FirstProbe;
            while (true)
            {
                page[ChannelFile.Flags + 1] = 1;
                Thread.MemoryBarrier();
                int status = ChannelFile.Load(page);
                if (status == ChannelFile.Request || status == ChannelFile.Running)
                {
                    long left = (long)((deadline - now) * (1e9 / Second));
                    Native.FutexWait(page, status, Math.Max(1, Math.Min(SleepNanoseconds, left)));
                    status = ChannelFile.Load(page);
                }

                page[ChannelFile.Flags + 1] = 0;
                if (status == ChannelFile.Response || status == ChannelFile.Error)
                {
                    return status;
                }

                now = Stopwatch.GetTimestamp();
                if (now >= deadline)
                {
                    throw new CallTimeoutException(
                        function + ": no answer within " + Seconds(lane.Limit) + " on " + path + " (the function may still run)");
                }

                if (now >= probe)
                {
                    probe = now + ProbeInterval;
                    status = GiveUp(lane);
                    if (status != NotAnswered)
                    {
                        return status;
                    }
                }
            }
        }

        private static string Seconds(long ticks)
        {
            return Math.Round((double)ticks / Second, 6).ToString(CultureInfo.InvariantCulture) + " s";
        }

        // ---- 9. Giving up ----

        /// <summary>
        /// Ends the call where no provider lives. Only who holds the provider's lock may say so: nothing
        /// is run then for a caller that is told it was not.
        /// </summary>
        private int GiveUp(Lane lane)
        {
            ChannelFile file = lane.File;
            if (file.ProviderLives())
            {
                return NotAnswered;
            }

            int locked = file.Lock(ChannelFile.ProviderLock);
            if (locked < 0)
            {
                return NotAnswered;
            }

            try
            {
                int status = ChannelFile.Load(lane.Page);
                if (status == ChannelFile.Response || status == ChannelFile.Error)
                {
                    return status;
                }

                ChannelFile.Store(lane.Page, ChannelFile.Idle);
                if (status != ChannelFile.Request)
                {
                    throw Died();
                }

                if (!file.LeadsHere())
                {
                    return Moved;
                }
            }
            finally
            {
                ChannelFile.Unlock(locked);
            }

            throw NoProvider();
        }

        private ChannelException Died()
        {
            return new ChannelException(function + ": the provider died or was restarted during the call (the function may have run)");
        }

        private NoProviderException NoProvider()
        {
            return new NoProviderException(
                function + ": no provider serves " + path + "; start one with: " + startCommand + " (the function was not run)");
        }

        // ---- 10. Calling ----

        /// <summary>A lane to write the arguments to.</summary>
        internal Lane Take(TimeSpan? timeout)
        {
            long limit = timeout == null ? DefaultTimeout() : Ticks(timeout.Value);
            ChannelFile file = attached;
            Lane lane = file == null ? null : file.TakeIdle();
            if (lane != null)
            {
                // A provider that ended has written 0; all else comes to light while waiting.
                if (ChannelFile.Load(file.First + ChannelFile.ProviderAt) != 0)
                {
                    lane.Begin(limit);
                    return lane;
                }

                file.GiveBack(lane);
            }

            return AttachAndTake(limit, Stopwatch.GetTimestamp() + limit);
        }

        /// <summary>Sends the arguments and waits; returns when the results stand in the lane.</summary>
        internal void Call(Lane lane)
        {
            int status = Exchange(lane, 0, requestSize);
            while (status == Moved)
            {
                lane.MoveTo(AttachAndTake(lane.Limit, lane.Deadline), requestSize);
                status = Exchange(lane, 0, requestSize);
            }

            if (status == ChannelFile.Error)
            {
                throw Failure(lane);
            }

            uint size = (uint)ChannelFile.Load(lane.Page + ChannelFile.SizeAt);
            if (size != payloadSize)
            {
                throw new ChannelException(
                    function + ": the provider answered " + size + " bytes, not " + payloadSize + " (the function was run)");
            }
        }

        internal void GiveBack(Lane lane)
        {
            lane.File.GiveBack(lane);
        }

        private int Exchange(Lane lane, int code, int size)
        {
            byte* page = lane.Page;
            *(int*)(page + ChannelFile.SizeAt) = size;
            *(int*)(page + ChannelFile.CodeAt) = code;
            ChannelFile.Store(page, ChannelFile.Request);

            // The store above is a fence: a provider that falls asleep now sees the request or is seen.
            byte* asleep = lane.File.First + ChannelFile.Flags;
            if (Volatile.Read(ref *asleep) == 1)
            {
                Volatile.Write(ref *asleep, 0);
                Native.FutexWake(asleep);
            }

            return WaitForAnswer(lane);
        }

        private Lane AttachAndTake(long limit, long deadline)
        {
            double pause = 0.2;
            while (true)
            {
                ChannelFile file = Attach();
                Lane lane = file.TakeLane();
                if (lane != null)
                {
                    lane.Begin(limit, deadline);
                    if (file.Fingerprint != fingerprint || file.Capacity < payloadSize)
                    {
                        throw Mismatch(lane);
                    }

                    return lane;
                }

                if (Stopwatch.GetTimestamp() >= deadline)
                {
                    throw new CallTimeoutException(
                        function + ": all " + file.Lanes + " lanes of " + path + " stayed taken for " + Seconds(limit) + " (the function was not run)");
                }

                Thread.Sleep(TimeSpan.FromTicks((long)(pause * TimeSpan.TicksPerMillisecond)));
                pause = Math.Min(pause * 2, 5);
            }
        }

        /// <summary>The file that the path leads to now, where a provider serves it.</summary>
        private ChannelFile Attach()
        {
            lock (attaching)
            {
                ChannelFile file = attached;
                if (file != null && !file.LeadsHere())
                {
                    attached = null;
                    file.Retire();
                    file = null;
                }

                if (file == null)
                {
                    file = ChannelFile.OpenChannel(function, path);
                    attached = file;
                }

                if (file == null || !file.ProviderLives())
                {
                    throw NoProvider();
                }

                return file;
            }
        }

        /// <summary>Asks the provider for its own layout, to show both.</summary>
        private LayoutMismatchException Mismatch(Lane lane)
        {
            string theirs = "another layout (0x" + lane.File.Fingerprint.ToString("x8", CultureInfo.InvariantCulture) + ")";
            try
            {
                if (Exchange(lane, ChannelFile.Ping, 0) == ChannelFile.Response)
                {
                    theirs = Message(lane);
                }
            }
            catch (MetropipeException)
            {
                // The fingerprint alone says enough.
            }
            finally
            {
                // Not kept: the next call would take it for a lane that speaks its own layout.
                lane.File.LeaveLane(lane);
            }

            return new LayoutMismatchException(
                function + ": the provider speaks " + theirs + ", this stub " + canonical + "; export again (the function was not run)");
        }

        private MetropipeException Failure(Lane lane)
        {
            string report = Message(lane);
            int code = ChannelFile.Load(lane.Page + ChannelFile.CodeAt);
            switch (code)
            {
                case 1:
                    return new RemoteException(function, report);
                case 2:
                    return new LayoutMismatchException(function + ": the provider refused the request: " + report + " (the function was not run)");
                case 3:
                    return new ChannelException(function + ": the result does not fit: " + report + " (the function was run)");
                case 4:
                    return NoProvider();
                case 5:
                    return Died();
                default:
                    return new ChannelException(function + ": the provider answered error " + (uint)code + ": " + report + " (the function may have run)");
            }
        }

        /// <summary>Text of the provider's from the begin of the payload.</summary>
        private static string Message(Lane lane)
        {
            int size = ChannelFile.Load(lane.Page + ChannelFile.SizeAt);
            return Encoding.UTF8.GetString(lane.Payload, Math.Max(0, Math.Min(size, lane.File.Capacity)));
        }

        private static readonly string TimeoutVariable = Environment.GetEnvironmentVariable("METROPIPE_TIMEOUT_MS");

        /// <summary>0 where the variable holds no such number.</summary>
        private static readonly long UsualTimeout = ReadTimeout();

        private static long ReadTimeout()
        {
            long milliseconds;
            if (TimeoutVariable == null)
            {
                return 5 * Second;
            }

            bool read = long.TryParse(TimeoutVariable, NumberStyles.None, CultureInfo.InvariantCulture, out milliseconds);
            return read && milliseconds > 0 && milliseconds < 1L << 40 ? (long)(milliseconds * (Second / 1000.0)) : 0;
        }

        private long DefaultTimeout()
        {
            if (UsualTimeout == 0)
            {
                throw new UnfitException(
                    function + ": METROPIPE_TIMEOUT_MS is \"" + TimeoutVariable + "\", not a whole number above 0 (the function was not run)");
            }

            return UsualTimeout;
        }

        private long Ticks(TimeSpan timeout)
        {
            if (timeout <= TimeSpan.Zero)
            {
                throw new UnfitException(function + ": timeout: " + timeout + " is not above 0 (the function was not run)");
            }

            double seconds = Math.Min(timeout.TotalSeconds, 1e9);
            return Math.Max(1, (long)(seconds * Second));
        }
    }

    // ---- 11. Serving: providers are written in the language of their source. ----

    // ---- 12. Values ----

    /// <summary>How values of one type stand in a page; <c>what</c> begins the message of an error.</summary>
    internal abstract unsafe class Codec<T>
    {
        internal abstract void Put(byte* at, T value, string what);

        internal abstract T Get(byte* at, string what);
    }

    /// <summary>Values to bytes and back; nothing is ever truncated, wrapped or replaced.</summary>
    internal static unsafe class Values
    {
        private static readonly UTF8Encoding Strict = new UTF8Encoding(false, true);

        internal static UnfitException Unfit(string what, string why)
        {
            return new UnfitException(what + ": " + why);
        }

        /// <summary>What is read is another process's word.</summary>
        internal static ChannelException Damaged(string what, string why)
        {
            return new ChannelException(what + ": the answer is damaged: " + why + " (the function was run)");
        }

        internal static T Given<T>(T value, string what)
            where T : class
        {
            if (value == null)
            {
                throw Unfit(what, "null was given, which only an optional value may be");
            }

            return value;
        }

        internal static void Zero(byte* at, int size)
        {
            for (byte* end = at + size; at < end; at++)
            {
                *at = 0;
            }
        }

        /// <summary>A length or a count, read once: what was checked is what is used.</summary>
        internal static int Count(byte* at, int limit, string what, string type)
        {
            uint count = (uint)ChannelFile.Load(at);
            if (count > limit)
            {
                throw Damaged(what, type + " " + count + " long, which holds at most " + limit);
            }

            return (int)count;
        }

        // bool; numbers go through plain pointers

        internal static void PutBool(byte* at, bool value)
        {
            *at = (byte)(value ? 1 : 0);
        }

        internal static bool GetBool(byte* at, string what)
        {
            byte value = *at;
            if (value > 1)
            {
                throw Damaged(what, "a bool is " + value);
            }

            return value == 1;
        }

        // string and bytes

        internal static void PutString(byte* at, int size, string value, string what)
        {
            PutText(at, size, value, what, "string");
        }

        internal static string GetString(byte* at, int size, string what)
        {
            return GetText(at, size, what, "string");
        }

        internal static void PutJson(byte* at, int size, string value, string what)
        {
            PutText(at, size, value, what, "json");
        }

        internal static string GetJson(byte* at, int size, string what)
        {
            return GetText(at, size, what, "json");
        }

        private static void PutText(byte* at, int size, string value, string what, string type)
        {
            Given(value, what);
            int room = size - 5;
            byte* next = at + 4;
            byte* end = next + room;
            fixed (char* units = value)
            {
                // Most text is ASCII and goes byte by byte; the rest is measured and checked first.
                int index = 0;
                for (; index < value.Length && next < end; index++)
                {
                    char unit = units[index];
                    if (unit == 0 || unit >= 0x80)
                    {
                        break;
                    }

                    *next++ = (byte)unit;
                }

                if (index < value.Length)
                {
                    int rest = Measure(units + index, value.Length - index, what);
                    if (rest > end - next)
                    {
                        throw Unfit(what, ((long)index + rest) + " bytes do not fit " + type + "[" + size + "], which holds at most " + room);
                    }

                    next += Strict.GetBytes(units + index, value.Length - index, next, rest);
                }
            }

            *next = 0;
            *(int*)at = (int)(next - at - 4);
        }

        private static int Measure(char* units, int count, string what)
        {
            for (int index = 0; index < count; index++)
            {
                if (units[index] == 0)
                {
                    throw Unfit(what, "holds a NUL character, where C and shell readers would end; use bytes instead");
                }
            }

            try
            {
                return Strict.GetByteCount(units, count);
            }
            catch (EncoderFallbackException)
            {
                throw Unfit(what, "is not valid Unicode text (a lone surrogate)");
            }
        }

        private static string GetText(byte* at, int size, string what, string type)
        {
            int count = Count(at, size - 5, what, type + "[" + size + "]");
            for (int index = 0; index < count; index++)
            {
                if (at[4 + index] == 0)
                {
                    throw Damaged(what, "a string holds a NUL character");
                }
            }

            try
            {
                return count == 0 ? "" : Strict.GetString(at + 4, count);
            }
            catch (DecoderFallbackException)
            {
                throw Damaged(what, "a string is not valid Unicode text (invalid UTF-8)");
            }
        }

        internal static void PutBytes(byte* at, int size, byte[] value, string what)
        {
            if (Given(value, what).Length > size - 4)
            {
                throw Unfit(what, value.Length + " bytes do not fit bytes[" + size + "], which holds at most " + (size - 4));
            }

            *(int*)at = value.Length;
            Marshal.Copy(value, 0, (IntPtr)(at + 4), value.Length);
        }

        internal static byte[] GetBytes(byte* at, int size, string what)
        {
            var value = new byte[Count(at, size - 4, what, "bytes[" + size + "]")];
            Marshal.Copy((IntPtr)(at + 4), value, 0, value.Length);
            return value;
        }

        // Equality of records

        /// <summary>Whether two fields hold the same; arrays are compared by what they hold.</summary>
        internal static bool Same(object one, object other)
        {
            var these = one as Array;
            var those = other as Array;
            if (these == null || those == null)
            {
                return object.Equals(one, other);
            }

            bool same = these.Length == those.Length;
            for (int index = 0; same && index < these.Length; index++)
            {
                same = Same(these.GetValue(index), those.GetValue(index));
            }

            return same;
        }

        internal static int Hash(params object[] fields)
        {
            int hash = 17;
            foreach (object field in fields)
            {
                var array = field as Array;
                int part = field == null ? 0 : field.GetHashCode();
                if (array != null)
                {
                    var elements = new object[array.Length];
                    Array.Copy(array, elements, elements.Length);
                    part = Hash(elements);
                }

                hash = unchecked((hash * 31) + part);
            }

            return hash;
        }

        // The types that composite ones are made of

        internal static readonly Codec<bool> Bool = new Plain<bool>((at, value, what) => PutBool(at, value), GetBool);
        internal static readonly Codec<sbyte> I8 = new Plain<sbyte>((at, value, what) => *(sbyte*)at = value, (at, what) => *(sbyte*)at);
        internal static readonly Codec<short> I16 = new Plain<short>((at, value, what) => *(short*)at = value, (at, what) => *(short*)at);
        internal static readonly Codec<int> I32 = new Plain<int>((at, value, what) => *(int*)at = value, (at, what) => *(int*)at);
        internal static readonly Codec<long> I64 = new Plain<long>((at, value, what) => *(long*)at = value, (at, what) => *(long*)at);
        internal static readonly Codec<byte> U8 = new Plain<byte>((at, value, what) => *at = value, (at, what) => *at);
        internal static readonly Codec<ushort> U16 = new Plain<ushort>((at, value, what) => *(ushort*)at = value, (at, what) => *(ushort*)at);
        internal static readonly Codec<uint> U32 = new Plain<uint>((at, value, what) => *(uint*)at = value, (at, what) => *(uint*)at);
        internal static readonly Codec<ulong> U64 = new Plain<ulong>((at, value, what) => *(ulong*)at = value, (at, what) => *(ulong*)at);
        internal static readonly Codec<float> F32 = new Plain<float>((at, value, what) => *(float*)at = value, (at, what) => *(float*)at);
        internal static readonly Codec<double> F64 = new Plain<double>((at, value, what) => *(double*)at = value, (at, what) => *(double*)at);

        internal static Codec<string> StringOf(int size)
        {
            return new Plain<string>((at, value, what) => PutString(at, size, value, what), (at, what) => GetString(at, size, what));
        }

        internal static Codec<string> JsonOf(int size)
        {
            return new Plain<string>((at, value, what) => PutJson(at, size, value, what), (at, what) => GetJson(at, size, what));
        }

        internal static Codec<byte[]> BytesOf(int size)
        {
            return new Plain<byte[]>((at, value, what) => PutBytes(at, size, value, what), (at, what) => GetBytes(at, size, what));
        }

        /// <summary>A presence byte, the value <c>first</c> bytes after it.</summary>
        internal static Codec<T?> OptOf<T>(Codec<T> codec, int first, int size)
            where T : struct
        {
            return new Plain<T?>(
                (at, value, what) =>
                {
                    Zero(at, value == null ? first + size : first);
                    if (value != null)
                    {
                        *at = 1;
                        codec.Put(at + first, value.Value, what);
                    }
                },
                (at, what) => GetBool(at, what) ? codec.Get(at + first, what) : (T?)null);
        }

        /// <summary>The same for an option of an option: C# has one null for both.</summary>
        internal static Codec<T?> OptAgainOf<T>(Codec<T?> codec, int first, int size)
            where T : struct
        {
            return new Plain<T?>(
                (at, value, what) =>
                {
                    Zero(at, value == null ? first + size : first);
                    if (value != null)
                    {
                        *at = 1;
                        codec.Put(at + first, value, what);
                    }
                },
                (at, what) => GetBool(at, what) ? codec.Get(at + first, what) : null);
        }

        /// <summary>The same for a type that has a null of its own.</summary>
        internal static Codec<T> OptReferenceOf<T>(Codec<T> codec, int first, int size)
            where T : class
        {
            return new Plain<T>(
                (at, value, what) =>
                {
                    Zero(at, value == null ? first + size : first);
                    if (value != null)
                    {
                        *at = 1;
                        codec.Put(at + first, value, what);
                    }
                },
                (at, what) => GetBool(at, what) ? codec.Get(at + first, what) : null);
        }

        /// <summary>Any number of elements up to the limit, after their count.</summary>
        internal static Codec<T[]> ListOf<T>(Codec<T> element, string type, int limit, int first, int stride)
        {
            return new Plain<T[]>(
                (at, value, what) =>
                {
                    if (Given(value, what).Length > limit)
                    {
                        throw Unfit(what, value.Length + " elements do not fit " + type + ", which holds at most " + limit);
                    }

                    *(int*)at = value.Length;
                    Zero(at + 4, first - 4);
                    PutAll(element, at + first, value, stride, what);
                },
                (at, what) => GetAll(element, at + first, Count(at, limit, what, type), stride, what));
        }

        /// <summary>Exactly so many elements.</summary>
        internal static Codec<T[]> ArrayOf<T>(Codec<T> element, string type, int count, int stride)
        {
            return new Plain<T[]>(
                (at, value, what) =>
                {
                    if (Given(value, what).Length != count)
                    {
                        throw Unfit(what, value.Length + " elements given, " + type + " takes exactly " + count);
                    }

                    PutAll(element, at, value, stride, what);
                },
                (at, what) => GetAll(element, at, count, stride, what));
        }

        private static void PutAll<T>(Codec<T> element, byte* at, T[] value, int stride, string what)
        {
            if (IsFlat<T>())
            {
                GCHandle pinned = GCHandle.Alloc(value, GCHandleType.Pinned);
                long bytes = (long)value.Length * stride;
                Buffer.MemoryCopy((void*)pinned.AddrOfPinnedObject(), at, bytes, bytes);
                pinned.Free();
                return;
            }

            foreach (T each in value)
            {
                element.Put(at, each, what);
                at += stride;
            }
        }

        private static T[] GetAll<T>(Codec<T> element, byte* at, int count, int stride, string what)
        {
            var value = new T[count];
            if (IsFlat<T>())
            {
                GCHandle pinned = GCHandle.Alloc(value, GCHandleType.Pinned);
                long bytes = (long)count * stride;
                Buffer.MemoryCopy(at, (void*)pinned.AddrOfPinnedObject(), bytes, bytes);
                pinned.Free();
                return value;
            }

            for (int index = 0; index < count; index++)
            {
                value[index] = element.Get(at, what);
                at += stride;
            }

            return value;
        }

        /// <summary>Whether an array of the type holds the very bytes of the wire.</summary>
        private static bool IsFlat<T>()
        {
            return typeof(T).IsPrimitive && typeof(T) != typeof(bool);
        }

        private delegate void Writer<T>(byte* at, T value, string what);

        private delegate T Reader<T>(byte* at, string what);

        private sealed class Plain<T> : Codec<T>
        {
            private readonly Writer<T> put;
            private readonly Reader<T> get;

            internal Plain(Writer<T> put, Reader<T> get)
            {
                this.put = put;
                this.get = get;
            }

            internal override void Put(byte* at, T value, string what)
            {
                put(at, value, what);
            }

            internal override T Get(byte* at, string what)
            {
                return get(at, what);
            }
        }
    }
}
