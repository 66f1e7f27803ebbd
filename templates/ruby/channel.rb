require 'etc'
require 'fiddle'
require 'json'

# Several stubs in one program share these classes: the first one to be loaded defines them.
unless defined?(Metropipe::MetropipeError)
  # Functions of other processes, called through shared memory.
  module Metropipe
    # ---- 1. Errors ----

    # Every error of a call is one of these.
    class MetropipeError < StandardError
    end

    # The function itself raised: the name of the exception's type, and its message.
    class RemoteError < MetropipeError
      attr_reader :type, :remote_message

      def initialize(function, text)
        @type, @remote_message = text.split(': ', 2)
        @type = @type.to_s.delete_suffix(':')
        @remote_message ||= ''
        super("#{function}: #{text}")
      end
    end

    # No answer came in time.
    class TimeoutError < MetropipeError
    end

    # Nobody serves the function.
    class NoProviderError < MetropipeError
    end

    # The provider speaks another signature than this stub.
    class LayoutMismatchError < MetropipeError
    end

    # A value does not fit its wire type.
    class UnfitError < MetropipeError
    end

    # Everything else that can be wrong with a channel.
    class ChannelError < MetropipeError
    end

    # Calls within the block have this many seconds each, instead of METROPIPE_TIMEOUT_MS or 5.
    def self.with_timeout(seconds)
      unless seconds.is_a?(Numeric) && seconds.positive?
        raise ArgumentError, "#{seconds.inspect} is no time limit, it takes a number of seconds above 0"
      end

      before = Thread.current[:metropipe_timeout]
      Thread.current[:metropipe_timeout] = seconds
      begin
        yield
      ensure
        Thread.current[:metropipe_timeout] = before
      end
    end

    # ---- 2. Path ----

    # Where channels are.
    module Path
      # Made absolute once, so that a later change of directory leads nowhere else.
      def self.folder
        @folder ||= begin
          folder = ENV.fetch('METROPIPE_DIR', '')
          folder = '/dev/shm' if folder.empty?
          folder = '.metropipe' if folder == '/dev/shm' && !File.writable?(folder)
          File.expand_path(folder)
        end
      end

      # A name that could lead out of the folder is refused.
      def self.channel_path(name)
        unless name.match?(/\A[A-Za-z_][A-Za-z0-9_.-]{0,63}\z/)
          raise ChannelError, "#{name.inspect} is no name of a channel"
        end

        File.join(folder, "metro_#{name}")
      end
    end

    # ---- 3. Opening ----

    # Offsets in the header of a lane; the payload follows it.
    STATUS = 0
    LOCK = 4
    SIZE = 8
    CAPACITY = 12
    CODE = 16
    FINGERPRINT = 20
    FLAGS = 28
    PROVIDER_ASLEEP = 28
    CONSUMER_ASLEEP = 29
    CANNOT_WAKE = 30
    VERSION = 31
    PAYLOAD = 32

    # The status of a lane.
    IDLE = 0
    REQUEST = 1
    RUNNING = 2
    RESPONSE = 3
    ERROR = 4

    # The version that stands in every lane's flags, and the request code of a ping.
    PROTOCOL = 1
    PING = 0x474E4950

    # IO::Buffer says once a process that it is experimental. It is this file that uses it, so the
    # sentence is drawn out here and not shown to the program's user.
    shown = Warning[:experimental]
    begin
      Warning[:experimental] = false
      IO::Buffer.new(1).free
    ensure
      Warning[:experimental] = shown
    end

    # A mapped file: its lanes, and who it is.
    class Mapping
      attr_reader :path, :memory, :device, :inode, :stride, :lanes, :capacity

      # No link is followed, nothing is made, a FIFO does not block. Ruby closes it on exec.
      def self.open_file(path)
        File.open(path, File::RDWR | File::NOFOLLOW | File::NONBLOCK | File::BINARY)
      rescue Errno::ELOOP, Errno::EISDIR, Errno::ENXIO
        raise ChannelError, "#{path}: is not a regular file"
      end

      # The descriptor of the mapping is closed at once and never bears a lock: the mapping would keep
      # the lock alive, in every forked child.
      def self.open_channel(path)
        file = open_file(path)
        stat = file.stat
        judge(path, stat)
        new(path, stat, IO::Buffer.map(file, stat.size))
      ensure
        file&.close
      end

      # Looks at the descriptor, not at the path: what was judged is what is used.
      def self.judge(path, stat)
        raise ChannelError, "#{path}: is not a regular file" unless stat.file?

        unless stat.owned?
          raise ChannelError, "#{path}: is owned by user #{stat.uid}, not by #{Process.euid}"
        end
        if stat.mode.anybits?(0o077)
          mode = format('%04o', stat.mode & 0o777)
          raise ChannelError, "#{path}: others may read or write it (mode #{mode}); chmod 600 it"
        end
        return if stat.size >= PAYLOAD

        raise ChannelError, "#{path}: is no channel, it has #{stat.size} bytes"
      end

      def initialize(path, stat, memory)
        @path = path
        @device = stat.dev
        @inode = stat.ino
        @memory = memory
        @stride = 0
        judge_lanes
      end

      # Version, capacity and size are another process's words.
      def judge_lanes
        version = @memory.get_value(:U8, VERSION)
        if version != PROTOCOL
          raise ChannelError, "#{@path}: speaks version #{version} of the protocol, this stub speaks #{PROTOCOL}"
        end

        @capacity = word(0, CAPACITY)
        @stride = (PAYLOAD + @capacity + 63) / 64 * 64
        @lanes, rest = @memory.size.divmod(@stride)
        if @capacity.zero? || @lanes.zero? || rest.positive?
          raise ChannelError,
                "#{@path}: is no channel, its #{@memory.size} bytes are no multiple of a lane's #{@stride}"
        end
        (1...@lanes).each do |lane|
          next if word(lane, CAPACITY) == @capacity && @memory.get_value(:U8, lane * @stride + VERSION) == PROTOCOL

          raise ChannelError, "#{@path}: is no channel, lane #{lane} and lane 0 disagree"
        end
      end

      def word(lane, offset)
        @memory.get_value(:u32, lane * @stride + offset)
      end

      def same?(stat)
        stat.dev == @device && stat.ino == @inode
      end

      # Whether the path still leads to this file: a lock on another one counts nothing.
      def leads_here?
        same?(File.lstat(@path))
      rescue Errno::ENOENT
        false
      end
    end

    # ---- 4. Locks ----

    # Open-file-description locks: they belong to the descriptor, so that two threads exclude each
    # other, and the kernel frees them however their holder dies.
    module Locks
      GET = 36
      SET = 37
      READ = 0
      WRITE = 1
      FREE = 2
      LENGTH = 4

      def self.request(type, start)
        [type, IO::SEEK_SET, start, LENGTH, 0].pack('s!s!x4q!q!i!x4')
      end

      # Takes the lock or says at once that somebody has it.
      def self.lock(file, start)
        file.fcntl(SET, request(WRITE, start))
        true
      rescue Errno::EAGAIN, Errno::EACCES
        false
      end

      def self.unlock(file, start)
        file.fcntl(SET, request(FREE, start))
      end

      def self.provider_lives?(file)
        answer = request(READ, 0)
        file.fcntl(GET, answer)
        answer.unpack1('s!') != FREE
      end
    end

    # ---- 5. Forks ----

    # A child shares its parent's locks, beyond the parent's death. So the first thing that it does is
    # to close them; it only closes: an unlock would be the parent's.
    module Forks
      # Held while a lane is taken: no child begins with a lock that nobody knows of.
      TAKING = Thread::Mutex.new

      def _fork
        locked = Forks.hold
        child = super
        Channel.forget_all if child.zero?
        child
      ensure
        TAKING.unlock if locked
      end

      # A signal handler cannot lock, and may fork all the same.
      def self.hold
        TAKING.lock
        true
      rescue ThreadError
        false
      end
    end
    Process.singleton_class.prepend(Forks)

    # ---- 6. Words ----

    # Waiting in the kernel, on the machines whose number of the system call is known.
    module Futex
      WAIT = 0
      WAKE = 1
      EVERYBODY = 0x7fffffff
      NUMBER = { 'x86_64-linux' => 202, 'aarch64-linux' => 98 }.find { |name, _| RUBY_PLATFORM.start_with?(name) }&.last
      if NUMBER
        types = [Fiddle::TYPE_LONG, Fiddle::TYPE_VOIDP, Fiddle::TYPE_INT, Fiddle::TYPE_INT,
                 Fiddle::TYPE_VOIDP, Fiddle::TYPE_VOIDP, Fiddle::TYPE_INT]
        CALL = Fiddle::Function.new(Fiddle.dlopen(nil)['syscall'], types, Fiddle::TYPE_LONG)
      end

      def self.wait_on(address, value, seconds)
        if NUMBER
          timeout = [0, (seconds * 1e9).to_i].pack('q!q!')
          CALL.call(NUMBER, address, WAIT, [value].pack('L').unpack1('l'), timeout, nil, 0)
        else
          sleep([seconds, 0.001].min)
        end
      end

      def self.wake(address)
        CALL.call(NUMBER, address, WAKE, EVERYBODY, nil, nil, 0) if NUMBER
      end
    end

    # ---- 7. Lanes ----

    # One function's channel, and the lanes of it that this process holds.
    class Channel
      attr_reader :function, :canonical, :request_size, :payload_size

      @all = []

      class << self
        # In a forked child: whatever the parent holds is the parent's.
        def forget_all
          @all.each(&:forget_parent)
        end

        def register(channel)
          Forks::TAKING.synchronize { @all << channel }
        end
      end

      def initialize(function:, name:, canonical:, fingerprint:, request_size:, payload_size:, command:)
        @function = function
        @name = name
        @canonical = canonical
        @fingerprint = fingerprint
        @request_size = request_size
        @payload_size = payload_size
        @command = command
        @idle = []
        # Weak, so that a lane which an exception tore from its call is closed by the collector.
        @held = ObjectSpace::WeakMap.new
        Channel.register(self)
      end

      def forget_parent
        @held.each_key { |file| file.close unless file.closed? }
        @held = ObjectSpace::WeakMap.new
        @idle.clear
      end

      # A lane that no other call uses: one that this process holds already, else a new one. Only one
      # thread runs Ruby at a time, so the array is safe without a lock.
      def take_lane(clock)
        pause = 0.0002
        loop do
          lane = @idle.pop || attach(clock)
          return lane if lane

          left = clock.left
          if left <= 0
            fail_with(TimeoutError, "all #{@lanes} lanes of #{path} stayed taken for #{clock} (the function was not run)")
          end
          sleep([pause, left].min)
          pause = [2 * pause, 0.005].min
        end
      end

      # Keeps the lane for the next call, but for one of the last quarter: those are for single calls,
      # so that no number of idle consumers shuts out another. A call that was broken off leaves its
      # request behind, and with it the lane.
      def leave_lane(lane)
        if lane.busy? || lane.single || lane.gone
          lane.leave
        else
          lane.rest
          @idle.push(lane)
        end
      end

      def path
        Path.channel_path(@name)
      end

      # A new lane, nil where all are taken.
      def attach(clock)
        loop do
          lane = Forks::TAKING.synchronize { lock_lane(Mapping.open_channel(path)) }
          return nil if lane == :none
          next if lane == :again
          return lane if lane.fingerprint == @fingerprint && lane.mapping.capacity >= @payload_size

          mismatch(lane, clock)
        end
      rescue Errno::ENOENT
        no_provider
      rescue SystemCallError => e
        fail_with(ChannelError, "#{path}: #{e.message.sub(/ @ .*/m, '')}")
      rescue ChannelError => e
        raise e if e.message.start_with?("#{@function}: ")

        fail_with(ChannelError, e.message)
      end

      # Tries each lane of the file; `:again` where the path leads to another file meanwhile.
      def lock_lane(mapping)
        @lanes = mapping.lanes
        file = Mapping.open_file(mapping.path)
        lane = mapping.same?(file.stat) ? try_lanes(mapping, file) : :again
        if lane.is_a?(Lane)
          @held[file] = lane
        else
          file.close
          mapping.memory.free
        end
        lane
      end

      def try_lanes(mapping, file)
        unless Locks.provider_lives?(file)
          return :again unless mapping.leads_here?

          file.close
          no_provider
        end
        mapping.lanes.times do |index|
          start = index * mapping.stride
          next unless Locks.lock(file, start + LOCK)
          return :again unless mapping.leads_here?

          # Requests that nobody waits for any more are still answered, and their lanes stay theirs.
          status = mapping.word(index, STATUS)
          if [REQUEST, RUNNING].include?(status) || status > ERROR
            Locks.unlock(file, start + LOCK)
            next
          end
          allocate(file, start + PAYLOAD, mapping.capacity)
          return Lane.new(self, mapping, file, index)
        end
        :none
      end

      # Writes zeros through the descriptor: on a full file system that is an error, where the mapping would
      # fault. A write that finds room for a part says so, and the next one fails.
      def allocate(file, at, size)
        while size.positive?
          written = file.pwrite("\0" * size, at)
          at += written
          size -= written
        end
      end

      # Leaves every idle lane of a file whose provider is gone.
      def forget(gone)
        stale, @idle = @idle.partition { |lane| lane.mapping.same?(gone) }
        stale.each(&:leave)
      end
    end

    # A lane that this process has locked, on a descriptor of its own.
    class Lane
      attr_reader :mapping, :single
      attr_accessor :clock, :gone

      def initialize(channel, mapping, file, index)
        @channel = channel
        @mapping = mapping
        @file = file
        @lock = index * mapping.stride + LOCK
        @single = index >= mapping.lanes - [mapping.lanes / 4, 1].max
        # Offsets instead of slices: Ruby 3.1 may crash where a slice is collected together with its source.
        @memory = mapping.memory
        @base = index * mapping.stride
        @payload = @base + PAYLOAD
        address = @memory.to_s[/0x\h+/].hex
        @address = address + @base
        @sleeper = address + FLAGS
        @fence = Thread::Mutex.new
        @misses = 0
        @unspun = 0
        @memory.set_value(:u32, @base + LOCK, Process.pid)
        @memory.set_value(:U8, @base + CONSUMER_ASLEEP, 0)
        @memory.set_value(:U8, @base + CANNOT_WAKE, Futex::NUMBER ? 0 : 1)
      end

      def fingerprint
        @memory.get_value(:u32, FINGERPRINT)
      end

      def busy?
        status = @memory.get_value(:u32, @base)
        status != IDLE && status != RESPONSE && status != ERROR
      end

      # Ready for the next call.
      def rest
        @memory.set_value(:u32, @base, IDLE)
      end

      # Back to the kernel: word 0, then the lock.
      def leave
        rest unless busy?
        @memory.set_value(:u32, @base + LOCK, 0)
        Locks.unlock(@file, @lock)
        @file.close
        @mapping.memory.free
      end

      # A store of this process is seen before its next load: both are plain, the lock between them is a
      # full fence.
      def fence
        @fence.lock
        @fence.unlock
      end
    end

    # ---- 8. Waiting ----

    # The time that a call has. It starts when somebody first looks at it: a quick call never does.
    class Clock
      def self.default
        @default ||= begin
          text = ENV.fetch('METROPIPE_TIMEOUT_MS', '')
          unless text.match?(/\A(0*[1-9][0-9]{0,8})?\z/)
            raise ChannelError, "METROPIPE_TIMEOUT_MS is #{text.inspect}, it takes a whole number above 0"
          end

          text.empty? ? 5 : text.to_i / 1000.0
        end
      end

      def self.now
        Process.clock_gettime(Process::CLOCK_MONOTONIC)
      end

      def initialize(channel)
        @limit = Thread.current[:metropipe_timeout] || Clock.default
        @end = Clock.now + @limit
      rescue ChannelError => e
        channel.fail_with(ChannelError, e.message)
      end

      def left
        @end - Clock.now
      end

      def to_s
        "#{@limit.to_f.to_s.delete_suffix('.0')} s"
      end
    end

    class Lane
      # A spin is longer than one wake-up from core to core, or it is not done at all. On the only
      # processor it would keep the provider from it.
      SPIN = Etc.nprocessors > 1 ? 0.00005 : 0
      SLEEP = 0.002
      PROBE = 0.05

      # Spins for a bounded time, then sleeps in the kernel.
      def wait_for_answer
        status = spin
        return status if status == RESPONSE || status == ERROR

        @clock ||= Clock.new(@channel)
        begin
          sleep_for_answer
        ensure
          @memory.set_value(:U8, @base + CONSUMER_ASLEEP, 0)
        end
      end

      def sleep_for_answer
        probe = 0
        loop do
          # Asleep first, then another look: the provider answers first, then looks for sleepers.
          @memory.set_value(:U8, @base + CONSUMER_ASLEEP, 1)
          fence
          status = @memory.get_value(:u32, @base)
          return status if status == RESPONSE || status == ERROR

          if Clock.now >= probe
            status = give_up unless Locks.provider_lives?(@file)
            return status if status == RESPONSE || status == ERROR

            probe = Clock.now + PROBE
          end
          left = @clock.left
          Futex.wait_on(@address, status, [SLEEP, left].min) if left.positive?
          status = @memory.get_value(:u32, @base)
          return status if status == RESPONSE || status == ERROR

          late if left <= 0
        end
      end

      # Looks at the status until it is an answer or the time is over. While spins keep running out (both
      # sides share a core, or the function takes long) fewer and fewer calls begin with one.
      def spin
        memory = @memory
        base = @base
        if SPIN.zero? || @unspun.positive?
          @unspun -= 1
          return memory.get_value(:u32, base)
        end
        over = nil
        status = IDLE
        loop do
          i = 0
          while i < 20
            status = memory.get_value(:u32, base)
            if status == RESPONSE || status == ERROR
              @misses = 0
              return status
            end
            i += 1
          end
          now = Clock.now
          over ||= now + SPIN
          break if now > over
        end
        @misses += 1 if @misses < 10
        @unspun = 1 << @misses >> 2
        status
      end

      def late
        @channel.fail_with(TimeoutError, "no answer within #{@clock} on #{@mapping.path} (the function may still run)")
      end
    end

    # ---- 9. Giving up ----

    # The request was taken back before anybody began to answer it.
    class Withdrawn < StandardError
      attr_reader :clock, :file

      def initialize(clock, file)
        @clock = clock
        @file = file
        super('the request was withdrawn')
      end
    end

    # A file's device and inode, as File::Stat gives them.
    Identity = Struct.new(:dev, :ino)

    class Lane
      # Ends a request that no provider will answer. With the provider's lock no other provider can begin
      # to answer it, so what the status says is final.
      def give_up
        return @memory.get_value(:u32, @base) unless Locks.lock(@file, 0)

        begin
          status = @memory.get_value(:u32, @base)
          return status if status == RESPONSE || status == ERROR

          @gone = true
          rest
        ensure
          Locks.unlock(@file, 0)
        end
        raise Withdrawn.new(@clock, Identity.new(@mapping.device, @mapping.inode)) if status == REQUEST

        @channel.died
      end
    end

    # ---- 10. Calling ----

    class Lane
      # Publishes the request, wakes the provider where it sleeps, and waits.
      def request(code, size)
        @memory.set_value(:u32, @base + SIZE, size)
        @memory.set_value(:u32, @base + CODE, code)
        @memory.set_value(:u32, @base, REQUEST)
        # The request first, then a look for sleepers: the provider lies down first, then looks again.
        fence
        if @memory.get_value(:U8, PROVIDER_ASLEEP) == 1
          @memory.set_value(:U8, PROVIDER_ASLEEP, 0)
          Futex.wake(@sleeper)
        end
        wait_for_answer
      end

      # The arguments are written; after this the result can be read.
      def exchange
        status = request(0, @channel.request_size)
        @channel.refused(@memory.get_value(:u32, @base + CODE), message) if status == ERROR
        size = @memory.get_value(:u32, @base + SIZE)
        return if size == @channel.payload_size

        @channel.fail_with(ChannelError,
                           "the answer has #{size} bytes instead of #{@channel.payload_size} (the function was run)")
      end

      # A text from the beginning of the payload. Arguments stand there: their padding is to be zero again.
      def message
        size = [@memory.get_value(:u32, @base + SIZE), @mapping.capacity].min
        text = @memory.get_string(@payload, size).force_encoding(Encoding::UTF_8).scrub
        @memory.clear(0, @payload, size)
        text
      end
    end

    class Channel
      # The block writes the arguments into the lane, exchanges them for the answer, and reads it.
      def call
        clock = nil
        begin
          lane = @idle.pop || take_lane(clock ||= Clock.new(self))
          begin
            lane.clock = clock
            yield lane
          ensure
            leave_lane(lane)
          end
        rescue Withdrawn => e
          # Where the path leads to another file by now, that one gets the request.
          clock = e.clock
          forget(e.file)
          retry
        end
      end

      # Asks the provider which layout it speaks.
      def mismatch(lane, clock)
        theirs = format('another layout (fingerprint 0x%08x)', lane.fingerprint)
        lane.clock = clock
        begin
          theirs = lane.message if lane.request(PING, 0) == RESPONSE
        rescue TimeoutError, ChannelError, Withdrawn
          nil
        ensure
          lane.gone = true
          leave_lane(lane)
        end
        fail_with(LayoutMismatchError,
                  "the provider speaks #{theirs}, this stub #{@canonical}; export again (the function was not run)")
      end

      # Turns the provider's error code into an error.
      def refused(code, text)
        case code
        when 1 then raise RemoteError.new(@function, text)
        when 2 then fail_with(LayoutMismatchError, "#{text}; export again (the function was not run)")
        when 3 then fail_with(ChannelError, "the result does not fit: #{text} (the function was run)")
        when 4 then no_provider
        when 5 then died
        else fail_with(ChannelError, "error #{code}: #{text} (the function may have run)")
        end
      end

      def no_provider
        fail_with(NoProviderError, "no provider serves #{path}; start one with: #{@command} (the function was not run)")
      end

      def died
        fail_with(ChannelError, 'the provider died or was restarted during the call (the function may have run)')
      end

      def fail_with(kind, text)
        raise kind, "#{@function}: #{text}"
      end
    end

    # ---- 12. Values ----

    class Lane
      def unfit(where, text)
        @channel.fail_with(UnfitError, "#{where}: #{text}")
      end

      def wrong_kind(where, value, wire, takes)
        unfit(where, "#{article(value.class.to_s)} was given, #{wire} takes #{takes}")
      end

      # A value of the provider's that cannot be: it is another process's word.
      def untrue(where, text)
        @channel.fail_with(ChannelError, "#{where}: #{text} (the function was run)")
      end

      def article(name)
        name.match?(/\A[AEIOU]/) ? "an #{name}" : "a #{name}"
      end

      def integer(where, value, wire, low, high)
        return value if value.is_a?(Integer) && value >= low && value <= high

        wrong_kind(where, value, wire, 'an Integer') unless value.is_a?(Integer)
        unfit(where, "#{value} does not fit #{wire}, which holds #{low} to #{high}")
      end

      def put_i8(at, where, value)
        @memory.set_value(:S8, @payload + at, integer(where, value, 'i8', -128, 127))
      end

      def put_u8(at, where, value)
        @memory.set_value(:U8, @payload + at, integer(where, value, 'u8', 0, 255))
      end

      def put_i16(at, where, value)
        @memory.set_value(:s16, @payload + at, integer(where, value, 'i16', -32_768, 32_767))
      end

      def put_u16(at, where, value)
        @memory.set_value(:u16, @payload + at, integer(where, value, 'u16', 0, 65_535))
      end

      def put_i32(at, where, value)
        @memory.set_value(:s32, @payload + at, integer(where, value, 'i32', -2_147_483_648, 2_147_483_647))
      end

      def put_u32(at, where, value)
        @memory.set_value(:u32, @payload + at, integer(where, value, 'u32', 0, 4_294_967_295))
      end

      def put_i64(at, where, value)
        low = -9_223_372_036_854_775_808
        @memory.set_value(:s64, @payload + at, integer(where, value, 'i64', low, 9_223_372_036_854_775_807))
      end

      def put_u64(at, where, value)
        @memory.set_value(:u64, @payload + at, integer(where, value, 'u64', 0, 18_446_744_073_709_551_615))
      end

      # The largest finite values; between the largest f32 and this limit a number still rounds to it.
      F32_MAX = 3.4028235677973362e38
      F64_MAX = Float::MAX

      def put_f32(at, where, value)
        if value.is_a?(Float) && value.abs < F32_MAX
          @memory.set_value(:f32, @payload + at, value)
        else
          @memory.set_value(:f32, @payload + at, float(where, value, 'f32', F32_MAX, '3.4028235e+38'))
        end
      end

      def put_f64(at, where, value)
        @memory.set_value(:f64, @payload + at, float(where, value, 'f64', F64_MAX, '1.7976931348623157e+308'))
      end

      # Infinities and NaN are values; a finite number beyond the range is not turned into one.
      def float(where, value, wire, limit, most)
        return value if value.is_a?(Float) && (value.nan? || value.infinite?)

        wrong_kind(where, value, wire, 'a Float') unless value.is_a?(Float) || value.is_a?(Integer)
        fits = wire == 'f32' ? value.abs < limit : value.abs <= limit
        return value.to_f if fits

        unfit(where, "#{value} does not fit #{wire}, which holds at most #{most} in magnitude")
      end

      def put_bool(at, where, value)
        if true.equal?(value)
          @memory.set_value(:U8, @payload + at, 1)
        elsif false.equal?(value)
          @memory.set_value(:U8, @payload + at, 0)
        else
          wrong_kind(where, value, 'bool', 'true or false')
        end
      end

      def put_string(at, size, where, value)
        put_text(at, size, where, value, 'string')
      end

      def put_json(at, size, where, value)
        text = begin
          JSON.generate(value)
        rescue JSON::JSONError, EncodingError => e
          unfit(where, "has no JSON form: #{e.message}")
        end
        put_text(at, size, where, text, 'json')
      end

      def put_text(at, size, where, value, wire)
        text = value
        text = unicode(where, value, wire, size) unless utf8?(text)
        if text.include?("\0")
          unfit(where, 'holds a NUL character, where C and shell readers would end; use bytes instead')
        end
        length = text.bytesize
        if length > size - 5
          unfit(where, "#{length} bytes do not fit #{wire}[#{size}], which holds at most #{size - 5}")
        end
        at += @payload
        @memory.set_value(:u32, at, length)
        @memory.set_string(text, at + 4) unless length.zero?
        @memory.set_value(:U8, at + 4 + length, 0)
      end

      def utf8?(value)
        value.is_a?(String) && value.encoding == Encoding::UTF_8 && value.valid_encoding?
      end

      # Text of another encoding as UTF-8; bytes without an encoding may be UTF-8.
      def unicode(where, value, wire, size)
        wrong_kind(where, value, "#{wire}[#{size}]", 'a String') unless value.is_a?(String)
        text = value.encoding == Encoding::BINARY ? value.dup.force_encoding(Encoding::UTF_8) : value.encode(Encoding::UTF_8)
        return text if text.valid_encoding?

        unfit(where, 'is not valid Unicode text (invalid UTF-8)')
      rescue EncodingError
        unfit(where, 'is not valid Unicode text (invalid UTF-8)')
      end

      def put_bytes(at, size, where, value)
        wrong_kind(where, value, "bytes[#{size}]", 'a String') unless value.is_a?(String)
        length = value.bytesize
        if length > size - 4
          unfit(where, "#{length} bytes do not fit bytes[#{size}], which holds at most #{size - 4}")
        end
        @memory.set_value(:u32, @payload + at, length)
        @memory.set_string(value, @payload + at + 4) unless length.zero?
      end

      # Zeros where there is no value: `size` is the whole option's, `first` its value's offset.
      def put_opt(at, size, first, value)
        if value.nil?
          @memory.clear(0, @payload + at, size)
        else
          @memory.set_value(:U8, @payload + at, 1)
          yield at + first, value
        end
      end

      def put_elements(at, stride, value)
        value.each do |element|
          yield at, element
          at += stride
        end
      end

      def put_array(at, count, stride, where, wire, value, &put)
        wrong_kind(where, value, wire, 'an Array') unless value.is_a?(Array)
        unless value.size == count
          unfit(where, "#{value.size} elements given, #{wire} takes exactly #{count}")
        end
        put_elements(at, stride, value, &put)
      end

      def put_list(at, limit, stride, first, where, wire, value, &put)
        wrong_kind(where, value, wire, 'an Array') unless value.is_a?(Array)
        if value.size > limit
          unfit(where, "#{value.size} elements do not fit #{wire}, which holds at most #{limit}")
        end
        @memory.set_value(:u32, @payload + at, value.size)
        put_elements(at + first, stride, value, &put)
      end

      # A record, or a Hash with its keys.
      def record(where, value, kind)
        return value if value.is_a?(Struct) && value.members == kind.members
        return value if value.is_a?(Hash) && value.keys.sort == kind.members.sort

        wrong_kind(where, value, kind.name, "one, or a Hash with the keys #{kind.members.join(', ')}")
      end

      # Several values in order.
      def tuple(where, value, count)
        wrong_kind(where, value, "a tuple of #{count}", 'an Array') unless value.is_a?(Array)
        return value if value.size == count

        unfit(where, "#{value.size} elements given, a tuple of #{count} takes exactly #{count}")
      end

      def get_i8(at)
        @memory.get_value(:S8, @payload + at)
      end

      def get_u8(at)
        @memory.get_value(:U8, @payload + at)
      end

      def get_i16(at)
        @memory.get_value(:s16, @payload + at)
      end

      def get_u16(at)
        @memory.get_value(:u16, @payload + at)
      end

      def get_i32(at)
        @memory.get_value(:s32, @payload + at)
      end

      def get_u32(at)
        @memory.get_value(:u32, @payload + at)
      end

      def get_i64(at)
        @memory.get_value(:s64, @payload + at)
      end

      def get_u64(at)
        @memory.get_value(:u64, @payload + at)
      end

      def get_f32(at)
        @memory.get_value(:f32, @payload + at)
      end

      def get_f64(at)
        @memory.get_value(:f64, @payload + at)
      end

      def get_bool(at, where)
        value = @memory.get_value(:U8, @payload + at)
        untrue(where, "#{value} is no bool") if value > 1
        value == 1
      end

      # Reads a length once, checks it and gives it: the payload may change at any moment.
      def length(at, limit, where, what)
        length = @memory.get_value(:u32, @payload + at)
        untrue(where, "#{length} #{what}, at most #{limit} fit") if length > limit
        length
      end

      def get_string(at, size, where)
        text = @memory.get_string(@payload + at + 4, length(at, size - 5, where, 'bytes'), Encoding::UTF_8)
        untrue(where, 'is not valid Unicode text (invalid UTF-8)') unless text.valid_encoding?
        untrue(where, 'holds a NUL character') if text.include?("\0")
        text
      end

      def get_json(at, size, where)
        JSON.parse(get_string(at, size, where))
      rescue JSON::JSONError
        untrue(where, 'is not valid JSON')
      end

      def get_bytes(at, size, where)
        @memory.get_string(@payload + at + 4, length(at, size - 4, where, 'bytes'))
      end

      def get_opt(at, first, where)
        yield at + first if get_bool(at, where)
      end

      def get_array(at, count, stride)
        Array.new(count) { |i| yield at + i * stride }
      end

      def get_list(at, limit, stride, first, where, &get)
        get_array(at + first, length(at, limit, where, 'elements'), stride, &get)
      end
    end

    private_constant :Path, :Mapping, :Locks, :Forks, :Futex, :Channel, :Clock, :Withdrawn, :Identity, :Lane
    private_constant :STATUS, :LOCK, :SIZE, :CAPACITY, :CODE, :FINGERPRINT, :FLAGS, :PROVIDER_ASLEEP
    private_constant :CONSUMER_ASLEEP, :CANNOT_WAKE, :VERSION, :PAYLOAD, :IDLE, :REQUEST, :RUNNING, :RESPONSE
    private_constant :ERROR, :PROTOCOL, :PING
  end
end
