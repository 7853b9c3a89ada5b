internal import Circuits
internal import OpenCLRuntime

/// What one state needs beside its numbers: a queue, kernels of its own, small tables on their way, sums on their way back.
///
/// One owner, one thread: the arguments of a kernel are set and the launch is queued without a lock.
final class OpenCLWorkspace {
  let backend: OpenCLBackend
  let precision: Precision
  let queue: CommandQueue
  private var ring: StagingRing
  /// What the next launch reads as constant memory. One is enough: the queue runs in order.
  private let program: Buffer
  private var kernels: [String: OpenCLKernel] = [:]
  private let compiled: OpenCLRuntime.Program
  private var queuedCount = 0
  /// What went wrong in a verb that returned nothing; the state is not to be trusted from then on.
  private var failure: SimulatorError?

  init(backend: OpenCLBackend, precision: Precision, family: OpenCLKernelFamily) throws(SimulatorError) {
    self.backend = backend
    self.precision = precision
    compiled = try backend.program(for: precision, family)
    do throws(OpenCLError) {
      queue = try CommandQueue(context: backend.context)
      ring = try StagingRing(context: backend.context, halfByteCount: Limits.openCLTableByteCount)
      program = try Buffer(context: backend.context, byteCount: Limits.openCLTileProgramByteCount)
    } catch {
      throw SimulatorError(error)
    }
  }

  deinit {
    // The ring's host memory is read by queued copies; nobody is left to hear of a failure.
    try? queue.finish()
  }

  /// Queues `name` over `count` work-items, with arguments set by `arguments`.
  ///
  /// - Parameters:
  ///   - groupSize: The work-group's size where the kernel asks for one; otherwise as large as fits, up to `Limits.openCLGroupSize`.
  func launch(
    _ name: String, count: Int, groupSize: Int? = nil, arguments: (inout OpenCLArguments) throws(OpenCLError) -> Void
  ) throws(OpenCLError) {
    let boxed = try kernel(name)
    var given = OpenCLArguments(boxed, precision)
    try arguments(&given)
    let size =
      groupSize ?? min(Limits.openCLGroupSize, boxed.kernel.maximumWorkGroupSize.largestPowerOfTwo, 1 << count.trailingZeroBitCount)
    guard size <= boxed.kernel.maximumWorkGroupSize else {
      throw OpenCLError(
        .invalidRequest,
        "\(name) runs in work-groups of \(size); \(backend.device.label) takes \(boxed.kernel.maximumWorkGroupSize)")
    }
    try queue.enqueue(boxed.kernel, globalSize: count, localSize: size)
    queuedCount += 1
    if queuedCount % Limits.openCLFlushCount == 0 { try queue.flush() }
  }

  /// The largest power of two that is not above `limit`, and that a work-group of `name` may have.
  func groupSize(of name: String, upTo limit: Int) throws(OpenCLError) -> Int {
    min(limit, try kernel(name).kernel.maximumWorkGroupSize).largestPowerOfTwo
  }

  /// Queues the copy of a table that the next launch reads; returns the index of its first element.
  func push<Element: BitwiseCopyable>(_ elements: [Element]) throws(OpenCLError) -> UInt64 {
    try ring.push(elements, on: queue)
  }

  /// Passes the buffer that tables are pushed into.
  func addTable(_ arguments: inout OpenCLArguments) throws(OpenCLError) {
    try arguments.add(ring.buffer)
  }

  /// Queues the copy of the program, or table, that the next launch reads as constant memory.
  func setProgram<Element: BitwiseCopyable>(_ words: [Element]) throws(OpenCLError) {
    try ring.copy(words, to: program, on: queue)
  }

  /// Passes the buffer of that program.
  func addProgram(_ arguments: inout OpenCLArguments) throws(OpenCLError) {
    try arguments.add(program)
  }

  /// Queues the setting of a whole state to one basis state.
  func setBasisState(_ basisState: UInt64, of state: borrowing OpenCLStateBuffers) throws(OpenCLError) {
    try state.forEachBuffer { buffer throws(OpenCLError) in try queue.enqueueZero(buffer) }
    try launch("set_amplitude", count: 1) { arguments throws(OpenCLError) in
      try arguments.add(state)
      try arguments.add(basisState)
      try arguments.add(reals: [.one])
    }
  }

  private func kernel(_ name: String) throws(OpenCLError) -> OpenCLKernel {
    if let known = kernels[name] { return known }
    let made = OpenCLKernel(try Kernel(program: compiled, name: name))
    kernels[name] = made
    return made
  }

  /// Runs what changes the state; a failure is thrown and kept, because the change may be half done.
  func change(_ body: () throws(OpenCLError) -> Void) throws(SimulatorError) {
    do throws(OpenCLError) {
      try body()
    } catch {
      let failure = SimulatorError(error)
      self.failure = failure
      throw failure
    }
  }

  /// Runs what copies another workspace's state over this one's, whole.
  ///
  /// The two have a queue each: ours waits for what made the other state, its next change waits for our copy.
  func copy(from source: OpenCLWorkspace, _ body: () throws(OpenCLError) -> Void) throws(SimulatorError) {
    let ready = try source.value { () throws(OpenCLError) in
      let ready = try source.queue.enqueueMarker()
      try source.queue.flush()
      return ReadyEvent(ready)
    }
    recover()
    try change { () throws(OpenCLError) in
      try queue.enqueueBarrier(after: ready.event)
      try body()
      let copied = try queue.enqueueMarker()
      try queue.flush()
      try source.queue.enqueueBarrier(after: copied)
    }
  }

  /// Runs what returns a value of the state, unless an earlier change failed.
  func value<T>(_ body: () throws(OpenCLError) -> T) throws(SimulatorError) -> T {
    if let failure { throw failure }
    do throws(OpenCLError) {
      return try body()
    } catch {
      throw SimulatorError(error)
    }
  }

  /// Forgets an earlier failure: the state has been overwritten whole.
  func recover() { failure = nil }
}

/// An event in a box, to be returned from a closure that returns copyable values.
private final class ReadyEvent {
  let event: Event
  init(_ event: consuming Event) { self.event = event }
}

extension Int {
  /// The largest power of two that is not above a positive number.
  var largestPowerOfTwo: Int { 1 << (Int.bitWidth - 1 - leadingZeroBitCount) }
}
