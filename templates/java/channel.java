// The protocol in Java: what every stub holds, between the braces of its own class.
//
// JDK 17 and later, no dependency, no flag. Java reaches no futex, so it sleeps instead of waiting
// in the kernel, and says so in its lane. Its kernel locks are POSIX record locks, which the
// process loses when it closes any descriptor of the file: a channel is opened once and stays so.

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

final class channel {
  // ---- 1. Errors ----

  /** A call without a result. The message names the function and says whether it was run. */
  public static class MetropipeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MetropipeException(String message) {
      super(message);
    }
  }

  /** The function itself failed. */
  public static final class RemoteException extends MetropipeException {
    private static final long serialVersionUID = 1L;
    private final String remoteType;
    private final String remoteMessage;

    RemoteException(String function, String report) {
      super(function + ": " + report);
      int colon = report.indexOf(": ");
      remoteType = colon < 0 ? report : report.substring(0, colon);
      remoteMessage = colon < 0 ? "" : report.substring(colon + 2);
    }

    /** The error's type in the function's own language, such as {@code ValueError}. */
    public String remoteType() {
      return remoteType;
    }

    /** The error's message, without its type. */
    public String remoteMessage() {
      return remoteMessage;
    }
  }

  /** No answer within the time limit; the function may still run. */
  public static final class TimeoutException extends MetropipeException {
    private static final long serialVersionUID = 1L;

    TimeoutException(String message) {
      super(message);
    }
  }

  /** Nobody serves the channel; the function was not run. */
  public static final class NoProviderException extends MetropipeException {
    private static final long serialVersionUID = 1L;

    NoProviderException(String message) {
      super(message);
    }
  }

  /** The provider speaks another layout than this file; the function was not run. */
  public static final class LayoutMismatchException extends MetropipeException {
    private static final long serialVersionUID = 1L;

    LayoutMismatchException(String message) {
      super(message);
    }
  }

  /** An argument does not fit its type on the wire; the function was not run. */
  public static final class UnfitException extends MetropipeException {
    private static final long serialVersionUID = 1L;

    UnfitException(String message) {
      super(message);
    }
  }

  /** Everything else that can go wrong with a channel. */
  public static final class ChannelException extends MetropipeException {
    private static final long serialVersionUID = 1L;

    ChannelException(String message) {
      super(message);
    }
  }

  /** The file of a channel as this process holds it, and the lanes that are taken in it. */
  private static final class ChannelFile {
    final String function;
    final Path path;
    final FileChannel channel;
    final long device;
    final long inode;
    int capacity;
    int stride;
    int lanes;
    int fingerprint;
    /** The first lane, whose header tells of the provider. */
    ByteBuffer first;
    /** Mapped lanes stay mapped, and their blocks allocated. */
    ByteBuffer[] pages;
    boolean[] allocated;
    /** The lanes that this process has locked; a kernel lock does not exclude its own holder. */
    Lane[] held;
    /** The lane of the last call, for the next one, without a look at the mutex. */
    final AtomicReference<Lane> spare = new AtomicReference<>();
    final ArrayDeque<Lane> idle = new ArrayDeque<>();
    boolean retired;

    // ---- 2. Path ----

    /** Absolute from the start, so that a change of folder changes no channel. */
    private static final Path FOLDER = folder();

    private static Path folder() {
      String chosen = System.getenv("METROPIPE_DIR");
      if (chosen != null && !chosen.isEmpty()) {
        return Path.of(chosen).toAbsolutePath();
      }
      boolean mac = System.getProperty("os.name").startsWith("Mac");
      Path shared = Path.of(mac ? "/tmp" : "/dev/shm");
      return Files.isWritable(shared) ? shared : Path.of(".metropipe").toAbsolutePath();
    }

    static Path channelPath(String name) {
      return FOLDER.resolve("metro_" + name);
    }

    // ---- 3. Opening ----

    private static final int VERSION = 1;

    /** Opened while the path changed, left open: another class here may hold locks of that file. */
    private static final Queue<FileChannel> STRAYS = new ConcurrentLinkedQueue<>();

    private ChannelFile(String function, Path path, FileChannel channel, Map<String, Object> is) {
      this.function = function;
      this.path = path;
      this.channel = channel;
      device = (Long) is.get("dev");
      inode = (Long) is.get("ino");
    }

    /** Opens what the path leads to; {@link NoSuchFileException} where it leads nowhere. */
    static ChannelFile openChannel(String function, Path path) throws IOException {
      while (true) {
        Map<String, Object> before = judge(function, path);
        FileChannel channel =
            FileChannel.open(
                path, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        // Java cannot judge a descriptor: what the path led to before and after is what was opened.
        ChannelFile file = new ChannelFile(function, path, channel, before);
        if (!file.leadsHere()) {
          STRAYS.add(channel);
          continue;
        }
        try {
          file.measure((Long) before.get("size"));
        } catch (IOException | RuntimeException fault) {
          channel.close();
          throw fault;
        }
        return file;
      }
    }

    /** Refuses what is not a regular file of our own that is closed to all others. */
    private static Map<String, Object> judge(String function, Path path) throws IOException {
      Map<String, Object> is =
          Files.readAttributes(
              path, "unix:dev,ino,uid,mode,size,isRegularFile", LinkOption.NOFOLLOW_LINKS);
      if (!Boolean.TRUE.equals(is.get("isRegularFile"))) {
        throw new ChannelException(function + ": " + path + ": is not a regular file");
      }
      int owner = (Integer) is.get("uid");
      int user = userId(owner);
      if (owner != user) {
        throw new ChannelException(
            function + ": " + path + ": is owned by user " + owner + ", not by " + user);
      }
      int mode = (Integer) is.get("mode") & 0777;
      if ((mode & 077) != 0) {
        throw new ChannelException(
            String.format(
                "%s: %s: others may read or write it (mode %04o); chmod 600 it",
                function, path, mode));
      }
      return is;
    }

    /** The effective user: owner of this process in /proc; where there is none, trust the mode. */
    private static int userId(int otherwise) {
      try {
        return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
      } catch (IOException noProc) {
        return otherwise;
      }
    }

    /** Reads the header of every lane; whatever stands there is another process's word. */
    private void measure(long size) throws IOException {
      if (size < HEADER) {
        throw fault("is no channel: " + size + " bytes hold no header");
      }
      ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
      readHeader(header, 0);
      int version = header.get(FLAGS + 3) & 0xff;
      if (version != VERSION) {
        throw fault(
            version == 0
                ? "belongs to an older metropipe program; `metropipe connect` speaks to it"
                : "has version " + version + ", this stub speaks version 1; export again");
      }
      capacity = header.getInt(CAPACITY);
      fingerprint = header.getInt(FINGERPRINT);
      long rounded = ((long) HEADER + Integer.toUnsignedLong(capacity) + 63) / 64 * 64;
      if (rounded > Integer.MAX_VALUE || size % rounded != 0 || size / rounded > 1 << 16) {
        throw fault("is damaged: " + size + " bytes are no lanes of " + rounded + " bytes");
      }
      stride = (int) rounded;
      lanes = (int) (size / rounded);
      for (int lane = 1; lane < lanes; lane++) {
        readHeader(header, (long) lane * stride);
        if (header.getInt(CAPACITY) != capacity || (header.get(FLAGS + 3) & 0xff) != VERSION) {
          throw fault("is damaged: lane " + lane + " disagrees with lane 0");
        }
      }
      first = map(0);
      pages = new ByteBuffer[lanes];
      allocated = new boolean[lanes];
      held = new Lane[lanes];
    }

    private void readHeader(ByteBuffer header, long at) throws IOException {
      header.clear();
      while (header.hasRemaining() && channel.read(header, at + header.position()) > 0) {
        continue;
      }
      if (header.hasRemaining()) {
        throw fault("is damaged: it ends within a header");
      }
    }

    private ByteBuffer map(int lane) throws IOException {
      long at = (long) lane * stride;
      return channel.map(FileChannel.MapMode.READ_WRITE, at, stride).order(ByteOrder.LITTLE_ENDIAN);
    }

    private ChannelException fault(String what) {
      return new ChannelException(function + ": " + path + ": " + what);
    }

    /**
     * Does work on the file in a thread of its own: an interrupt of the caller's thread would close
     * the file, and with it every lock of this process.
     */
    static <T> T undisturbed(Callable<T> work) throws IOException {
      FutureTask<T> task = new FutureTask<>(work);
      Thread worker = new Thread(task, "metropipe");
      worker.setDaemon(true);
      worker.start();
      boolean interrupted = false;
      try {
        while (true) {
          try {
            return task.get();
          } catch (InterruptedException later) {
            interrupted = true;
          } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException cause) {
              throw cause;
            }
            if (failed.getCause() instanceof IOException cause) {
              throw cause;
            }
            throw new IOException(failed.getCause());
          }
        }
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }

    // ---- 4. Locks ----

    /** The lock, or null where somebody else holds it, be it another class in this very process. */
    private FileLock lock(long at, boolean shared) throws IOException {
      try {
        return channel.tryLock(at, 4, shared);
      } catch (OverlappingFileLockException ours) {
        return null;
      }
    }

    /** Java cannot ask who holds a lock: who gets the provider's knows that there is none. */
    synchronized boolean providerLives() throws IOException {
      FileLock probe = lock(PROVIDER_LOCK, true);
      if (probe == null) {
        return true;
      }
      probe.release();
      return false;
    }

    /** A lock counts only on the file that the path leads to. */
    boolean leadsHere() throws IOException {
      try {
        Map<String, Object> is =
            Files.readAttributes(path, "unix:dev,ino", LinkOption.NOFOLLOW_LINKS);
        return is.get("dev").equals(device) && is.get("ino").equals(inode);
      } catch (NoSuchFileException removed) {
        return false;
      }
    }

    // ---- 5. Forks: a Java process does not fork, and what it starts inherits no lock. ----

    // ---- 6. Words ----

    static final int STATUS = 0;
    static final int LOCK = 4;
    static final int SIZE = 8;
    static final int CAPACITY = 12;
    static final int CODE = 16;
    static final int FINGERPRINT = 20;
    static final int PROVIDER = 24;
    static final int FLAGS = 28;
    static final int HEADER = 32;

    static final int IDLE = 0;
    static final int REQUEST = 1;
    static final int RUNNING = 2;
    static final int RESPONSE = 3;
    static final int ERROR = 4;

    static final int PING = 0x474E4950;

    static final int PROVIDER_LOCK = 0;
    static final int LANE_LOCK = 4;

    private static final VarHandle WORD =
        MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    /** Sequentially consistent, as every access to a word that another process writes. */
    static int load(ByteBuffer page, int at) {
      return (int) WORD.getVolatile(page, at);
    }

    static void store(ByteBuffer page, int at, int value) {
      WORD.setVolatile(page, at, value);
    }

    // ---- 7. Lanes ----

    /** The last quarter is for single calls: no number of idle consumers shuts out another. */
    boolean isKept(int lane) {
      return lane < lanes - Math.max(1, lanes / 4);
    }

    /** A lane of an earlier call, or null. */
    Lane takeIdle() {
      Lane lane = spare.getAndSet(null);
      if (lane == null) {
        synchronized (this) {
          lane = idle.poll();
        }
      }
      if (lane != null && !lane.isFree()) {
        leaveLane(lane);
        return null;
      }
      return lane;
    }

    /** A lane that nobody uses, or null. */
    synchronized Lane takeLane() throws IOException {
      Lane kept = takeIdle();
      if (kept != null) {
        return kept;
      }
      for (int index = 0; index < lanes && !retired; index++) {
        FileLock lock = held[index] == null ? lock((long) index * stride + LANE_LOCK, false) : null;
        if (lock == null) {
          continue;
        }
        Lane lane = new Lane(this, index, lock);
        boolean usable = false;
        try {
          if (!leadsHere()) {
            return null;
          }
          if (pages[index] == null) {
            pages[index] = undisturbed(() -> map(lane.index));
          }
          lane.page = pages[index];
          // Status 1 and 2 belong to a call that was broken off: the provider answers it yet.
          if (!lane.isFree()) {
            continue;
          }
          if (!allocated[index]) {
            undisturbed(() -> allocate(lane.index));
            allocated[index] = true;
          }
          usable = true;
        } finally {
          if (!usable) {
            lock.release();
          }
        }
        lane.page.put(FLAGS + 1, (byte) 0);
        lane.page.put(FLAGS + 2, (byte) 1);
        store(lane.page, LOCK, (int) ProcessHandle.current().pid());
        held[index] = lane;
        return lane;
      }
      return null;
    }

    /** Through the descriptor, so that a full file system is an error and not a fault. */
    private Void allocate(int lane) throws IOException {
      ByteBuffer zeros = ByteBuffer.allocate(Math.min(capacity, 1 << 16));
      for (int done = 0; done < capacity; done += zeros.position()) {
        zeros.clear().limit(Math.min(capacity - done, zeros.capacity()));
        channel.write(zeros, (long) lane * stride + HEADER + done);
      }
      return null;
    }

    /** After a call: kept for the next one, unless something speaks against it. */
    void giveBack(Lane lane) {
      int status = load(lane.page, STATUS);
      if (status == RESPONSE || status == ERROR) {
        // No fence: nothing that is read next waits behind this store, and it joins the next call's.
        WORD.setRelease(lane.page, STATUS, IDLE);
      }
      // Not answered: the next call looks at a lane of its own, so no late answer is taken for its.
      boolean free = status != REQUEST && status != RUNNING;
      if (free && isKept(lane.index) && !retired && spare.compareAndSet(null, lane)) {
        return;
      }
      synchronized (this) {
        if (free && isKept(lane.index) && !retired) {
          idle.push(lane);
        } else {
          leaveLane(lane);
        }
      }
    }

    synchronized void leaveLane(Lane lane) {
      if (held[lane.index] != lane) {
        return;
      }
      held[lane.index] = null;
      lane.page.put(FLAGS + 2, (byte) 0);
      store(lane.page, LOCK, 0);
      try {
        lane.lock.release();
        closeWhenDone();
      } catch (IOException fault) {
        throw fault(String.valueOf(fault.getMessage()));
      }
    }

    /** The path leads elsewhere: no new lane, and the file is closed after the last call in it. */
    synchronized void retire() throws IOException {
      retired = true;
      for (Lane lane = spare.getAndSet(null); lane != null; lane = idle.poll()) {
        leaveLane(lane);
      }
      closeWhenDone();
    }

    private void closeWhenDone() throws IOException {
      if (retired && Arrays.stream(held).allMatch(lane -> lane == null)) {
        channel.close();
      }
    }
  }

  /** One lane in one process's hands: room for one call at a time. */
  private static final class Lane {
    ChannelFile file;
    int index;
    FileLock lock;
    /** Header and payload; what the arguments are written to and the results read from. */
    ByteBuffer page;
    private long limit;
    private long deadline;
    private boolean timed;

    Lane(ChannelFile file, int index, FileLock lock) {
      this.file = file;
      this.index = index;
      this.lock = lock;
    }

    /** Whether the call before has come to its end. */
    boolean isFree() {
      int status = ChannelFile.load(page, ChannelFile.STATUS);
      return status == ChannelFile.IDLE
          || status == ChannelFile.RESPONSE
          || status == ChannelFile.ERROR;
    }

    /** The clock is read when somebody first waits: most calls are over before. */
    void begin(long limit) {
      this.limit = limit;
      timed = false;
    }

    void begin(long limit, long deadline) {
      this.limit = limit;
      this.deadline = deadline;
      timed = true;
    }

    long deadline() {
      if (!timed) {
        begin(limit, System.nanoTime() + limit);
      }
      return deadline;
    }

    /** Goes on in another lane, with the arguments of this one. */
    void moveTo(Lane other, int size) {
      byte[] request = new byte[size];
      page.get(ChannelFile.HEADER, request);
      file.leaveLane(this);
      file = other.file;
      index = other.index;
      lock = other.lock;
      page = other.page;
      synchronized (file) {
        file.held[index] = this;
      }
      page.put(ChannelFile.HEADER, request);
    }
  }

  /** The channel of one function. Safe for any number of threads, each of which takes a lane. */
  private static final class Channel {
    private static final int NOT_ANSWERED = 0;
    private static final int MOVED = -1;

    private final String function;
    private final Path path;
    private final String canonical;
    private final int fingerprint;
    private final int requestSize;
    private final int payloadSize;
    private final String startCommand;
    private volatile ChannelFile attached;

    Channel(
        String function,
        String channel,
        String canonical,
        int fingerprint,
        int requestSize,
        int payloadSize,
        String startCommand) {
      this.function = function;
      this.path = ChannelFile.channelPath(channel);
      this.canonical = canonical;
      this.fingerprint = fingerprint;
      this.requestSize = requestSize;
      this.payloadSize = payloadSize;
      this.startCommand = startCommand;
    }

    // ---- 8. Waiting ----

    /** Longer than a wake-up across cores; a shorter spin would put both sides to sleep in turn. */
    private static final long SPIN = 50_000;

    /**
     * For a call right after another that finds the provider asleep: it looks once a millisecond,
     * as Java cannot wake it. Who slept through its answer would find it asleep at the next call
     * as well, and so on.
     */
    private static final long LONG_SPIN = 2_000_000;

    private static final long RIGHT_AFTER = 200_000;
    private static final int MOST_LATE_CALLS = 4;

    private static final long SHORTEST_SLEEP = 50_000;
    private static final long LONGEST_SLEEP = 1_000_000;
    private static final long FIRST_PROBE = 2_000_000;
    private static final long PROBE_INTERVAL = 50_000_000;
    private static final boolean MAY_SPIN = Runtime.getRuntime().availableProcessors() > 1;

    /** Calls that go without a spin: more after each spin in vain, which kept a core busy. */
    private int spinPenalty;

    private int spinsToSkip;

    /** When the last answer came that was waited for asleep, or in a long spin. */
    private long lateAnswer;

    /** Status 3 or 4, or {@link #MOVED} where the call has to go to another file. */
    private int waitForAnswer(Lane lane) {
      ByteBuffer page = lane.page;
      if (!MAY_SPIN) {
        return sleepForAnswer(lane);
      }
      boolean isLate =
          lane.file.first.get(ChannelFile.FLAGS) != 0
              && System.nanoTime() - lateAnswer < RIGHT_AFTER;
      if (spinsToSkip > 0) {
        spinsToSkip = Math.min(spinsToSkip - 1, isLate ? MOST_LATE_CALLS : spinsToSkip);
        return sleepForAnswer(lane);
      }
      long budget = isLate ? LONG_SPIN : SPIN;
      long end = 0;
      for (int turn = 1; ; turn++) {
        int status = ChannelFile.load(page, ChannelFile.STATUS);
        if (status == ChannelFile.RESPONSE || status == ChannelFile.ERROR) {
          if (spinPenalty != 0) {
            spinPenalty = 0;
          }
          if (isLate) {
            lateAnswer = System.nanoTime();
          }
          return status;
        }
        if (turn % 64 == 0) {
          if (turn == 64) {
            end = System.nanoTime() + budget;
          } else if (System.nanoTime() - end >= 0) {
            break;
          }
        }
        Thread.onSpinWait();
      }
      spinPenalty = Math.min(64, spinPenalty * 2 + 1);
      spinsToSkip = spinPenalty;
      return sleepForAnswer(lane);
    }

    /** Sleeps that grow stand in for the kernel's wait, which Java does not reach. */
    private int sleepForAnswer(Lane lane) {
      long deadline = lane.deadline();
      long pause = SHORTEST_SLEEP;
      long now = System.nanoTime();
      long probe = now + FIRST_PROBE;
      while (true) {
        int status = ChannelFile.load(lane.page, ChannelFile.STATUS);
        if (status == ChannelFile.RESPONSE || status == ChannelFile.ERROR) {
          lateAnswer = now;
          return status;
        }
        if (now - deadline >= 0) {
          throw new TimeoutException(
              String.format(
                  "%s: no answer within %s on %s (the function may still run)",
                  function, seconds(lane.limit), path));
        }
        if (Thread.currentThread().isInterrupted()) {
          throw new ChannelException(
              function + ": the thread was interrupted (the function may still run)");
        }
        if (now - probe >= 0) {
          probe = now + PROBE_INTERVAL;
          status = giveUp(lane);
          if (status != NOT_ANSWERED) {
            return status;
          }
        }
        LockSupport.parkNanos(Math.min(pause, deadline - now));
        pause = Math.min(pause + pause / 2, LONGEST_SLEEP);
        now = System.nanoTime();
      }
    }

    private static String seconds(long nanos) {
      double seconds = nanos / 1e9;
      return seconds == Math.rint(seconds) ? (long) seconds + " s" : seconds + " s";
    }

    // ---- 9. Giving up ----

    /**
     * Ends the call where no provider lives. Only who holds the provider's lock may say so: nothing
     * is run then for a caller that is told it was not.
     */
    private int giveUp(Lane lane) {
      ChannelFile file = lane.file;
      synchronized (file) {
        try (FileLock provider = file.lock(ChannelFile.PROVIDER_LOCK, false)) {
          if (provider == null) {
            return NOT_ANSWERED;
          }
          int status = ChannelFile.load(lane.page, ChannelFile.STATUS);
          if (status == ChannelFile.RESPONSE || status == ChannelFile.ERROR) {
            return status;
          }
          ChannelFile.store(lane.page, ChannelFile.STATUS, ChannelFile.IDLE);
          if (status != ChannelFile.REQUEST) {
            throw died();
          }
          if (!file.leadsHere()) {
            return MOVED;
          }
        } catch (IOException fault) {
          throw unexpected(fault, "the function may have run");
        }
      }
      throw noProvider();
    }

    private ChannelException died() {
      return new ChannelException(
          function
              + ": the provider died or was restarted during the call"
              + " (the function may have run)");
    }

    private NoProviderException noProvider() {
      return new NoProviderException(
          String.format(
              "%s: no provider serves %s; start one with: %s (the function was not run)",
              function, path, startCommand));
    }

    private ChannelException unexpected(IOException fault, String run) {
      return new ChannelException(
          String.format("%s: %s: %s (%s)", function, path, fault.getMessage(), run));
    }

    // ---- 10. Calling ----

    /** A lane to write the arguments to; {@code timeout} may be null. */
    Lane take(Duration timeout) {
      long limit = timeout == null ? defaultTimeout() : nanoseconds(timeout);
      ChannelFile file = attached;
      if (file != null) {
        Lane lane = file.takeIdle();
        if (lane != null) {
          // A provider that ended has written 0; all else comes to light while waiting.
          if (ChannelFile.load(file.first, ChannelFile.PROVIDER) != 0) {
            lane.begin(limit);
            return lane;
          }
          file.giveBack(lane);
        }
      }
      return attachAndTake(limit, System.nanoTime() + limit);
    }

    /** Sends the arguments and waits; returns when the results stand in the lane. */
    void call(Lane lane) {
      int status = exchange(lane, 0, requestSize);
      while (status == MOVED) {
        lane.moveTo(attachAndTake(lane.limit, lane.deadline()), requestSize);
        status = exchange(lane, 0, requestSize);
      }
      if (status == ChannelFile.ERROR) {
        throw failure(lane);
      }
      int size = lane.page.getInt(ChannelFile.SIZE);
      if (size != payloadSize) {
        throw new ChannelException(
            String.format(
                "%s: the provider answered %s bytes, not %d (the function was run)",
                function, Integer.toUnsignedString(size), payloadSize));
      }
    }

    void giveBack(Lane lane) {
      lane.file.giveBack(lane);
    }

    private int exchange(Lane lane, int code, int size) {
      ByteBuffer page = lane.page;
      page.putInt(ChannelFile.SIZE, size);
      page.putInt(ChannelFile.CODE, code);
      // The flag of a sleeping provider stays as it is: Java cannot wake it, so others still must.
      ChannelFile.store(page, ChannelFile.STATUS, ChannelFile.REQUEST);
      return waitForAnswer(lane);
    }

    private Lane attachAndTake(long limit, long deadline) {
      long pause = 200_000;
      try {
        while (true) {
          ChannelFile file = attach();
          Lane lane = file.takeLane();
          if (lane != null) {
            lane.begin(limit, deadline);
            if (file.fingerprint != fingerprint || file.capacity < payloadSize) {
              throw mismatch(lane);
            }
            return lane;
          }
          long left = deadline - System.nanoTime();
          if (left <= 0) {
            throw new TimeoutException(
                String.format(
                    "%s: all %d lanes of %s stayed taken for %s (the function was not run)",
                    function, file.lanes, path, seconds(limit)));
          }
          if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("the thread was interrupted");
          }
          LockSupport.parkNanos(Math.min(pause, left));
          pause = Math.min(pause * 2, 5_000_000);
        }
      } catch (NoSuchFileException missing) {
        throw noProvider();
      } catch (UnsupportedOperationException foreign) {
        // Owner and mode of a file are asked for in Unix's words.
        throw new ChannelException(
            function + ": this system is no Unix (the function was not run)");
      } catch (IOException fault) {
        throw unexpected(fault, "the function was not run");
      }
    }

    /** The file that the path leads to now, where a provider serves it. */
    private synchronized ChannelFile attach() throws IOException {
      ChannelFile file = attached;
      if (file != null && !file.leadsHere()) {
        attached = null;
        file.retire();
        file = null;
      }
      if (file == null) {
        file = ChannelFile.undisturbed(() -> ChannelFile.openChannel(function, path));
        attached = file;
      }
      if (!file.providerLives()) {
        throw noProvider();
      }
      return file;
    }

    /** Asks the provider for its own layout, to show both. */
    private LayoutMismatchException mismatch(Lane lane) {
      String theirs = String.format("another layout (0x%08x)", lane.file.fingerprint);
      try {
        if (exchange(lane, ChannelFile.PING, 0) == ChannelFile.RESPONSE) {
          theirs = message(lane);
        }
      } catch (MetropipeException unanswered) {
        // The fingerprint alone says enough.
      } finally {
        // Not kept: the next call would take it for a lane that speaks its own layout.
        lane.file.leaveLane(lane);
      }
      return new LayoutMismatchException(
          String.format(
              "%s: the provider speaks %s, this stub %s; export again (the function was not run)",
              function, theirs, canonical));
    }

    private MetropipeException failure(Lane lane) {
      String report = message(lane);
      int code = lane.page.getInt(ChannelFile.CODE);
      switch (code) {
        case 1:
          return new RemoteException(function, report);
        case 2:
          return new LayoutMismatchException(
              String.format(
                  "%s: the provider refused the request: %s (the function was not run)",
                  function, report));
        case 3:
          return new ChannelException(
              function + ": the result does not fit: " + report + " (the function was run)");
        case 4:
          return noProvider();
        case 5:
          return died();
        default:
          return new ChannelException(
              String.format(
                  "%s: the provider answered error %s: %s (the function may have run)",
                  function, Integer.toUnsignedString(code), report));
      }
    }

    /** Text of the provider's from the begin of the payload. */
    private String message(Lane lane) {
      int size = lane.page.getInt(ChannelFile.SIZE);
      byte[] text = new byte[Math.max(0, Math.min(size, lane.file.capacity))];
      lane.page.get(ChannelFile.HEADER, text);
      return new String(text, StandardCharsets.UTF_8);
    }

    private static final String TIMEOUT = System.getenv("METROPIPE_TIMEOUT_MS");

    /** Nanoseconds; 0 where the variable holds no such number. */
    private static final long DEFAULT_TIMEOUT =
        TIMEOUT == null
            ? 5_000_000_000L
            : TIMEOUT.matches("[0-9]{1,12}") ? Long.parseLong(TIMEOUT) * 1_000_000 : 0;

    private long defaultTimeout() {
      if (DEFAULT_TIMEOUT == 0) {
        throw new UnfitException(
            String.format(
                "%s: METROPIPE_TIMEOUT_MS is \"%s\", not a whole number above 0"
                    + " (the function was not run)",
                function, TIMEOUT));
      }
      return DEFAULT_TIMEOUT;
    }

    private long nanoseconds(Duration timeout) {
      if (timeout.isNegative() || timeout.isZero()) {
        throw new UnfitException(
            function + ": timeout: " + timeout + " is not above 0 (the function was not run)");
      }
      return timeout.getSeconds() > 1_000_000_000 ? Long.MAX_VALUE / 4 : timeout.toNanos();
    }
  }

  // ---- 11. Serving: providers are written in the language of their source. ----

  // ---- 12. Values ----

  /** How values of one type stand in a page; {@code what} begins the message of an error. */
  private interface Codec<T> {
    void put(ByteBuffer page, int at, T value, String what);

    T get(ByteBuffer page, int at, String what);
  }

  /** Values to bytes and back; nothing is ever truncated, wrapped or replaced. */
  private static final class Values {
    private static UnfitException unfit(String what, String why) {
      return new UnfitException(what + ": " + why);
    }

    /** What is read is another process's word. */
    private static ChannelException damaged(String what, String why) {
      return new ChannelException(
          what + ": the answer is damaged: " + why + " (the function was run)");
    }

    private static <T> T given(T value, String what) {
      if (value == null) {
        throw unfit(what, "null was given, which only an optional value may be");
      }
      return value;
    }

    static void zero(ByteBuffer page, int at, int size) {
      for (int end = at + size; at < end; at++) {
        page.put(at, (byte) 0);
      }
    }

    // bool and numbers

    static void putBool(ByteBuffer page, int at, boolean value) {
      page.put(at, (byte) (value ? 1 : 0));
    }

    static boolean getBool(ByteBuffer page, int at, String what) {
      byte value = page.get(at);
      if (value != 0 && value != 1) {
        throw damaged(what, "a bool is " + (value & 0xff));
      }
      return value == 1;
    }

    private static UnfitException beyond(String what, Object value, String type, Object largest) {
      return unfit(
          what, value + " does not fit " + type + ", which holds 0 to " + largest);
    }

    static void putU8(ByteBuffer page, int at, int value, String what) {
      if (value != (value & 0xff)) {
        throw beyond(what, value, "u8", 255);
      }
      page.put(at, (byte) value);
    }

    static int getU8(ByteBuffer page, int at) {
      return page.get(at) & 0xff;
    }

    static void putU16(ByteBuffer page, int at, int value, String what) {
      if (value != (value & 0xffff)) {
        throw beyond(what, value, "u16", 65535);
      }
      page.putShort(at, (short) value);
    }

    static int getU16(ByteBuffer page, int at) {
      return page.getShort(at) & 0xffff;
    }

    static void putU32(ByteBuffer page, int at, long value, String what) {
      if (value != (value & 0xffffffffL)) {
        throw beyond(what, value, "u32", 4294967295L);
      }
      page.putInt(at, (int) value);
    }

    static long getU32(ByteBuffer page, int at) {
      return page.getInt(at) & 0xffffffffL;
    }

    static void putU64(ByteBuffer page, int at, BigInteger value, String what) {
      given(value, what);
      if (value.signum() < 0 || value.bitLength() > 64) {
        throw beyond(what, value, "u64", "18446744073709551615");
      }
      page.putLong(at, value.longValue());
    }

    static BigInteger getU64(ByteBuffer page, int at) {
      return new BigInteger(Long.toUnsignedString(page.getLong(at)));
    }

    // string and bytes

    static void putString(ByteBuffer page, int at, int size, String value, String what) {
      putText(page, at, size, value, what, "string");
    }

    static String getString(ByteBuffer page, int at, int size, String what) {
      return getText(page, at, size, what, "string");
    }

    static void putJson(ByteBuffer page, int at, int size, String value, String what) {
      putText(page, at, size, value, what, "json");
    }

    static String getJson(ByteBuffer page, int at, int size, String what) {
      return getText(page, at, size, what, "json");
    }

    private static void putText(
        ByteBuffer page, int at, int size, String value, String what, String type) {
      given(value, what);
      int room = size - 5;
      int length = value.length();
      int next = at + 4;
      int end = next + room;
      int index = 0;
      // Most text is ASCII and goes byte by byte; the rest is encoded aside, where it is checked.
      for (; index < length && next < end; index++) {
        char unit = value.charAt(index);
        if (unit == 0 || unit >= 0x80) {
          break;
        }
        page.put(next++, (byte) unit);
      }
      if (index < length) {
        byte[] rest = encode(value.substring(index), what);
        if (rest.length > end - next) {
          long bytes = (long) index + rest.length;
          throw unfit(
              what,
              bytes + " bytes do not fit " + type + "[" + size + "], which holds at most " + room);
        }
        page.put(next, rest);
        next += rest.length;
      }
      page.put(next, (byte) 0);
      page.putInt(at, next - at - 4);
    }

    private static byte[] encode(String value, String what) {
      if (value.indexOf('\0') >= 0) {
        throw unfit(
            what, "holds a NUL character, where C and shell readers would end; use bytes instead");
      }
      try {
        ByteBuffer encoded =
            StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(value));
        return Arrays.copyOf(encoded.array(), encoded.limit());
      } catch (CharacterCodingException surrogate) {
        throw unfit(what, "is not valid Unicode text (a lone surrogate)");
      }
    }

    private static String getText(ByteBuffer page, int at, int size, String what, String type) {
      byte[] bytes = content(page, at, size - 5, what, type + "[" + size + "]");
      for (byte each : bytes) {
        if (each == 0) {
          throw damaged(what, "a string holds a NUL character");
        }
      }
      String text = new String(bytes, StandardCharsets.UTF_8);
      // The decoder above replaces what is wrong; only text with replacements needs the strict one.
      if (text.indexOf('\uFFFD') >= 0) {
        try {
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
        } catch (CharacterCodingException invalid) {
          throw damaged(what, "a string is not valid Unicode text (invalid UTF-8)");
        }
      }
      return text;
    }

    static void putBytes(ByteBuffer page, int at, int size, byte[] value, String what) {
      given(value, what);
      if (value.length > size - 4) {
        throw unfit(
            what,
            String.format(
                "%d bytes do not fit bytes[%d], which holds at most %d",
                value.length, size, size - 4));
      }
      page.putInt(at, value.length);
      page.put(at + 4, value);
    }

    static byte[] getBytes(ByteBuffer page, int at, int size, String what) {
      return content(page, at, size - 4, what, "bytes");
    }

    private static byte[] content(ByteBuffer page, int at, int room, String what, String type) {
      byte[] bytes = new byte[count(page, at, room, what, type)];
      page.get(at + 4, bytes);
      return bytes;
    }

    /** A length or a count, read once: what was checked is what is used. */
    private static int count(ByteBuffer page, int at, int limit, String what, String type) {
      int count = page.getInt(at);
      if (count < 0 || count > limit) {
        throw damaged(
            what,
            String.format(
                "%s %s, which holds at most %d",
                type, Integer.toUnsignedString(count) + " long", limit));
      }
      return count;
    }

    /** Whether two components of a record hold the same. */
    static boolean same(Object one, Object other) {
      if (one instanceof List<?> these && other instanceof List<?> those) {
        boolean same = these.size() == those.size();
        for (int index = 0; same && index < these.size(); index++) {
          same = same(these.get(index), those.get(index));
        }
        return same;
      }
      return Objects.deepEquals(one, other);
    }

    static int hash(Object... components) {
      Object[] parts = new Object[components.length];
      for (int index = 0; index < parts.length; index++) {
        Object part = components[index];
        parts[index] = part instanceof List<?> list ? hash(list.toArray()) : part;
      }
      return Arrays.deepHashCode(parts);
    }

    /** The type of values that stand by themselves, made of the functions above. */
    private static <T> Codec<T> codec(Put<T> put, Get<T> get) {
      return new Codec<>() {
        @Override
        public void put(ByteBuffer page, int at, T value, String what) {
          put.put(page, at, given(value, what), what);
        }

        @Override
        public T get(ByteBuffer page, int at, String what) {
          return get.get(page, at, what);
        }
      };
    }

    private interface Put<T> {
      void put(ByteBuffer page, int at, T value, String what);
    }

    private interface Get<T> {
      T get(ByteBuffer page, int at, String what);
    }

    static Codec<Boolean> bool() {
      return codec((page, at, value, what) -> putBool(page, at, value), Values::getBool);
    }

    static Codec<Byte> i8() {
      return codec(
          (page, at, value, what) -> page.put(at, value), (page, at, what) -> page.get(at));
    }

    static Codec<Short> i16() {
      return codec(
          (page, at, value, what) -> page.putShort(at, value),
          (page, at, what) -> page.getShort(at));
    }

    static Codec<Integer> i32() {
      return codec(
          (page, at, value, what) -> page.putInt(at, value), (page, at, what) -> page.getInt(at));
    }

    static Codec<Long> i64() {
      return codec(
          (page, at, value, what) -> page.putLong(at, value),
          (page, at, what) -> page.getLong(at));
    }

    static Codec<Integer> u8() {
      return codec(Values::putU8, (page, at, what) -> getU8(page, at));
    }

    static Codec<Integer> u16() {
      return codec(Values::putU16, (page, at, what) -> getU16(page, at));
    }

    static Codec<Long> u32() {
      return codec(Values::putU32, (page, at, what) -> getU32(page, at));
    }

    static Codec<BigInteger> u64() {
      return codec(Values::putU64, (page, at, what) -> getU64(page, at));
    }

    static Codec<Float> f32() {
      return codec(
          (page, at, value, what) -> page.putFloat(at, value),
          (page, at, what) -> page.getFloat(at));
    }

    static Codec<Double> f64() {
      return codec(
          (page, at, value, what) -> page.putDouble(at, value),
          (page, at, what) -> page.getDouble(at));
    }

    static Codec<String> string(int size) {
      return codec(
          (page, at, value, what) -> putString(page, at, size, value, what),
          (page, at, what) -> getString(page, at, size, what));
    }

    static Codec<String> json(int size) {
      return codec(
          (page, at, value, what) -> putJson(page, at, size, value, what),
          (page, at, what) -> getJson(page, at, size, what));
    }

    static Codec<byte[]> bytes(int size) {
      return codec(
          (page, at, value, what) -> putBytes(page, at, size, value, what),
          (page, at, what) -> getBytes(page, at, size, what));
    }

    // opt, list and array

    /** A presence byte, the value {@code first} bytes after it; null is absent. */
    static <T> Codec<T> opt(Codec<T> codec, int first, int size) {
      return new Codec<>() {
        @Override
        public void put(ByteBuffer page, int at, T value, String what) {
          if (value == null) {
            zero(page, at, first + size);
            return;
          }
          zero(page, at, first);
          page.put(at, (byte) 1);
          codec.put(page, at + first, value, what);
        }

        @Override
        public T get(ByteBuffer page, int at, String what) {
          return getBool(page, at, what) ? codec.get(page, at + first, what) : null;
        }
      };
    }

    /** Elements up to the limit after their count or, without a count, exactly so many. */
    private abstract static class Sequence<T> implements Codec<T> {
      private final String type;
      private final int limit;
      private final int first;
      final int stride;

      Sequence(String type, int limit, int first, int stride) {
        this.type = type;
        this.limit = limit;
        this.first = first;
        this.stride = stride;
      }

      abstract int size(T value);

      abstract void putAll(ByteBuffer page, int at, T value, String what);

      abstract T getAll(ByteBuffer page, int at, int count, String what);

      @Override
      public void put(ByteBuffer page, int at, T value, String what) {
        int count = size(given(value, what));
        if (first == 0) {
          if (count != limit) {
            throw unfit(
                what, count + " elements given, " + type + " takes exactly " + limit);
          }
        } else {
          if (count > limit) {
            throw unfit(
                what,
                count + " elements do not fit " + type + ", which holds at most " + limit);
          }
          page.putInt(at, count);
          zero(page, at + 4, first - 4);
        }
        putAll(page, at + first, value, what);
      }

      @Override
      public T get(ByteBuffer page, int at, String what) {
        int count = first == 0 ? limit : count(page, at, limit, what, type);
        return getAll(page, at + first, count, what);
      }
    }

    static <T> Codec<List<T>> list(
        Codec<T> element, String type, int limit, int first, int stride) {
      return new Sequence<>(type, limit, first, stride) {
        @Override
        int size(List<T> value) {
          return value.size();
        }

        @Override
        void putAll(ByteBuffer page, int at, List<T> value, String what) {
          int next = at;
          for (T each : value) {
            element.put(page, next, each, what);
            next += stride;
          }
        }

        @Override
        List<T> getAll(ByteBuffer page, int at, int count, String what) {
          List<T> value = new ArrayList<>(count);
          for (int index = 0; index < count; index++) {
            value.add(element.get(page, at + index * stride, what));
          }
          return Collections.unmodifiableList(value);
        }
      };
    }

    static Codec<boolean[]> bools(String type, int limit, int first) {
      return new Sequence<>(type, limit, first, 1) {
        @Override
        int size(boolean[] value) {
          return value.length;
        }

        @Override
        void putAll(ByteBuffer page, int at, boolean[] value, String what) {
          for (int index = 0; index < value.length; index++) {
            putBool(page, at + index, value[index]);
          }
        }

        @Override
        boolean[] getAll(ByteBuffer page, int at, int count, String what) {
          boolean[] value = new boolean[count];
          for (int index = 0; index < count; index++) {
            value[index] = getBool(page, at + index, what);
          }
          return value;
        }
      };
    }

    static Codec<byte[]> i8s(String type, int limit, int first) {
      return new Sequence<>(type, limit, first, 1) {
        @Override
        int size(byte[] value) {
          return value.length;
        }

        @Override
        void putAll(ByteBuffer page, int at, byte[] value, String what) {
          for (int index = 0; index < value.length; index++) {
            page.put(at + index, value[index]);
          }
        }

        @Override
        byte[] getAll(ByteBuffer page, int at, int count, String what) {
          byte[] value = new byte[count];
          for (int index = 0; index < count; index++) {
            value[index] = page.get(at + index);
          }
          return value;
        }
      };
    }

    static Codec<short[]> i16s(String type, int limit, int first) {
      return new Sequence<>(type, limit, first, 2) {
        @Override
        int size(short[] value) {
          return value.length;
        }

        @Override
        void putAll(ByteBuffer page, int at, short[] value, String what) {
          for (int index = 0; index < value.length; index++) {
            page.putShort(at + 2 * index, value[index]);
          }
        }

        @Override
        short[] getAll(ByteBuffer page, int at, int count, String what) {
          short[] value = new short[count];
          for (int index = 0; index < count; index++) {
            value[index] = page.getShort(at + 2 * index);
          }
          return value;
        }
      };
    }

    static Codec<int[]> i32s(String type, int limit, int first) {
      return new Sequence<>(type, limit, first, 4) {
        @Override
        int size(int[] value) {
          return value.length;
        }

        @Override
        void putAll(ByteBuffer page, int at, int[] value, String what) {
          for (int index = 0; index < value.length; index++) {
            page.putInt(at + 4 * index, value[index]);
          }
        }

        @Override
        int[] getAll(ByteBuffer page, int at, int count, String what) {
          int[] value = new int[count];
          for (int index = 0; index < count; index++) {
            value[index] = page.getInt(at + 4 * index);
          }
          return value;
        }
      };
    }

    static Codec<long[]> i64s(String type, int limit, int first) {
      return new Sequence<>(type, limit, first, 8) {
        @Override
        int size(long[] value) {
          return value.length;
        }

        @Override
        void putAll(ByteBuffer page, int at, long[] value, String what) {
          for (int index = 0; index < value.length; index++) {
            page.putLong(at + 8 * index, value[index]);
          }
        }

        @Override
        long[] getAll(ByteBuffer page, int at, int count, String what) {
          long[] value = new long[count];
          for (int index = 0; index < count; index++) {
            value[index] = page.getLong(at + 8 * index);
          }
          return value;
        }
      };
    }

    static Codec<int[]> u8s(String type, int limit, int first) {
      return new Sequence<>(type, limit, first, 1) {
        @Override
        int size(int[] value) {
          return value.length;
        }

        @Override
        void putAll(ByteBuffer page, int at, int[] value, String what) {
          for (int index = 0; index < value.length; index++) {
            putU8(page, at + index, value[index], what);
          }
        }

        @Override
        int[] getAll(ByteBuffer page, int at, int count, String what) {
          int[] value = new int[count];
          for (int index = 0; index < count; index++) {
            value[index] = getU8(page, at + index);
          }
          return value;
        }
      };
    }

    static Codec<int[]> u16s(String type, int limit, int first) {
      return new Sequence<>(type, limit, first, 2) {
        @Override
        int size(int[] value) {
          return value.length;
        }

        @Override
        void putAll(ByteBuffer page, int at, int[] value, String what) {
          for (int index = 0; index < value.length; index++) {
            putU16(page, at + 2 * index, value[index], what);
          }
        }

        @Override
        int[] getAll(ByteBuffer page, int at, int count, String what) {
          int[] value = new int[count];
          for (int index = 0; index < count; index++) {
            value[index] = getU16(page, at + 2 * index);
          }
          return value;
        }
      };
    }

    static Codec<long[]> u32s(String type, int limit, int first) {
      return new Sequence<>(type, limit, first, 4) {
        @Override
        int size(long[] value) {
          return value.length;
        }

        @Override
        void putAll(ByteBuffer page, int at, long[] value, String what) {
          for (int index = 0; index < value.length; index++) {
            putU32(page, at + 4 * index, value[index], what);
          }
        }

        @Override
        long[] getAll(ByteBuffer page, int at, int count, String what) {
          long[] value = new long[count];
          for (int index = 0; index < count; index++) {
            value[index] = getU32(page, at + 4 * index);
          }
          return value;
        }
      };
    }

    static Codec<float[]> f32s(String type, int limit, int first) {
      return new Sequence<>(type, limit, first, 4) {
        @Override
        int size(float[] value) {
          return value.length;
        }

        @Override
        void putAll(ByteBuffer page, int at, float[] value, String what) {
          for (int index = 0; index < value.length; index++) {
            page.putFloat(at + 4 * index, value[index]);
          }
        }

        @Override
        float[] getAll(ByteBuffer page, int at, int count, String what) {
          float[] value = new float[count];
          for (int index = 0; index < count; index++) {
            value[index] = page.getFloat(at + 4 * index);
          }
          return value;
        }
      };
    }

    static Codec<double[]> f64s(String type, int limit, int first) {
      return new Sequence<>(type, limit, first, 8) {
        @Override
        int size(double[] value) {
          return value.length;
        }

        @Override
        void putAll(ByteBuffer page, int at, double[] value, String what) {
          for (int index = 0; index < value.length; index++) {
            page.putDouble(at + 8 * index, value[index]);
          }
        }

        @Override
        double[] getAll(ByteBuffer page, int at, int count, String what) {
          double[] value = new double[count];
          for (int index = 0; index < count; index++) {
            value[index] = page.getDouble(at + 8 * index);
          }
          return value;
        }
      };
    }
  }
}
