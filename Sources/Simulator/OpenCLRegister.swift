package import Circuits
internal import OpenCLRuntime

/// 2ⁿ amplitudes in the memory of an OpenCL device.
///
/// The amplitudes lie in basis state order, interleaved. Operations are queued in order and the host waits only where a value is
/// asked for; an operation that the driver refuses is reported by the verb itself and again by every verb that returns a value, until
/// ``reset(to:)`` or ``load(_:)``. Results are the same bits as the host register's, up to the sign of zeros.
package struct OpenCLRegister: ~Copyable, StateRegister {
  package let qubitCount: Int
  package let precision: Precision
  package var deviceName: String { workspace.backend.device.label }
  let state: Buffer
  let workspace: OpenCLWorkspace
  let tiling: OpenCLTiling

  /// Allocates the state and sets it to basis state zero.
  ///
  /// - Parameters:
  ///   - backend: The device.
  ///   - qubitCount: n, from 1 on.
  ///   - precision: The format of the amplitudes.
  ///   - tileQubitCount: The most qubits local to a tile, as far as the device's local memory has room for them. By default as many as
  ///     there is room for, and none on a processor: its cache holds the amplitudes anyway, and its drivers make vectors of work-items
  ///     only where each does one simple thing.
  /// - Throws: ``SimulatorError`` with code `out_of_memory`, before anything is allocated where the device says that it has too little.
  package init(
    backend: OpenCLBackend, qubitCount: Int, precision: Precision, tileQubitCount: Int? = nil
  ) throws(SimulatorError) {
    guard (1...Limits.qubitCount).contains(qubitCount) else {
      throw SimulatorError(.invalidArgument, "a register of \(qubitCount) qubits; 1 to \(Limits.qubitCount) are accepted")
    }
    let byteCount = try Self.checkedByteCount(backend: backend, qubitCount: qubitCount, precision: precision)
    let workspace = try OpenCLWorkspace(backend: backend, precision: precision)
    let state = try Self.allocate(byteCount, in: workspace)
    self.state = state
    self.workspace = workspace
    self.qubitCount = qubitCount
    self.precision = precision
    tiling = OpenCLTiling(
      localMemoryByteCount: backend.device.localMemoryByteCount, precision: precision, qubitCount: qubitCount,
      largest: tileQubitCount ?? (backend.device.isCPU ? 0 : nil))
  }

  /// 2ⁿ as a count of amplitudes.
  var amplitudeCount: Int { 1 << qubitCount }

  package mutating func reset(to basisState: UInt64) throws(SimulatorError) {
    try SimulatorError.check(mask: basisState, qubitCount: qubitCount)
    workspace.recover()
    try workspace.change { () throws(OpenCLError) in
      try workspace.setBasisState(basisState, of: state)
    }
  }

  package mutating func load(_ amplitudes: [Complex]) throws(SimulatorError) {
    guard amplitudes.count == amplitudeCount else {
      throw SimulatorError(.invalidArgument, "\(amplitudes.count) amplitudes for a state of \(amplitudeCount)")
    }
    workspace.recover()
    try workspace.change { () throws(OpenCLError) in
      for start in stride(from: 0, to: amplitudes.count, by: Limits.transferAmplitudeCount) {
        let chunk = amplitudes[start..<min(start + Limits.transferAmplitudeCount, amplitudes.count)]
        switch precision {
        case .single:
          try workspace.queue.write(state, at: 2 * start, chunk.flatMap { [Float($0.real), Float($0.imaginary)] })
        case .double:
          try workspace.queue.write(state, at: 2 * start, chunk.flatMap { [$0.real, $0.imaginary] })
        }
      }
    }
  }

  package func amplitudes(from start: Int, count: Int) throws(SimulatorError) -> [Complex] {
    guard start >= 0, count >= 0, start <= amplitudeCount, count <= amplitudeCount - start else {
      throw SimulatorError(.invalidArgument, "amplitudes \(start)..<\(start + count) of a state of \(amplitudeCount)")
    }
    return try workspace.value { () throws(OpenCLError) in
      var amplitudes: [Complex] = []
      amplitudes.reserveCapacity(count)
      for begin in stride(from: start, to: start + count, by: Limits.transferAmplitudeCount) {
        let chunk = min(Limits.transferAmplitudeCount, start + count - begin)
        let reals: [Double] =
          switch precision {
          case .single: try workspace.queue.read(state, at: 2 * begin, count: 2 * chunk, as: Float.self, zero: 0).map(Double.init)
          case .double: try workspace.queue.read(state, at: 2 * begin, count: 2 * chunk, as: Double.self, zero: 0)
          }
        for i in 0..<chunk { amplitudes.append(Complex(reals[2 * i], reals[2 * i + 1])) }
      }
      return amplitudes
    }
  }

  package mutating func copy(from other: borrowing OpenCLRegister) throws(SimulatorError) {
    guard other.qubitCount == qubitCount, other.precision == precision, other.workspace.backend === workspace.backend else {
      throw SimulatorError(
        .invalidArgument,
        "a copy of \(other.qubitCount) qubits in \(other.precision.rawValue) precision on \(other.deviceName) into \(qubitCount) "
          + "in \(precision.rawValue) on \(deviceName)")
    }
    let source = other.workspace
    workspace.recover()
    // The two registers have a queue each: ours waits for what made the other state, its next change waits for our copy.
    let ready = try source.value { () throws(OpenCLError) in
      let ready = try source.queue.enqueueMarker()
      try source.queue.flush()
      return ReadyEvent(ready)
    }
    try workspace.change { () throws(OpenCLError) in
      try workspace.queue.enqueueBarrier(after: ready.event)
      try workspace.queue.enqueueCopy(from: other.state, to: state, byteCount: state.byteCount)
      let copied = try workspace.queue.enqueueMarker()
      try workspace.queue.flush()
      try source.queue.enqueueBarrier(after: copied)
    }
  }

  package mutating func collapse(mask: UInt64, values: UInt64, scale: Double) throws(SimulatorError) {
    try SimulatorError.check(mask: mask, values: values, qubitCount: qubitCount)
    guard scale.isFinite else { throw SimulatorError(.invalidArgument, "a scale of \(scale); a finite number is needed") }
    try workspace.change { () throws(OpenCLError) in
      try workspace.launch("collapse", count: amplitudeCount) { kernel throws(OpenCLError) in
        try kernel.set(0, state)
        try kernel.set(1, mask)
        try kernel.set(2, values)
        try workspace.setReal(kernel, 3, scale)
      }
    }
  }

  package func synchronize() throws(SimulatorError) {
    try workspace.value { () throws(OpenCLError) in try workspace.queue.finish() }
  }
}

/// An event in a box, to be returned from a closure that returns copyable values.
private final class ReadyEvent {
  let event: Event
  init(_ event: consuming Event) { self.event = event }
}

extension OpenCLRegister {
  /// Bytes of a state, or a refusal that names them and what the device has.
  private static func checkedByteCount(
    backend: OpenCLBackend, qubitCount: Int, precision: Precision
  ) throws(SimulatorError) -> Int {
    let there = backend.device.globalMemoryByteCount
    let free = there - backend.context.allocatedByteCount
    let needed = UInt128(precision.amplitudeByteCount) << UInt128(qubitCount)
    guard needed <= UInt128(max(0, free)) else {
      throw SimulatorError(
        .outOfMemory,
        "\(qubitCount) qubits in \(precision.rawValue) precision need \(needed) bytes; \(backend.device.label) "
          + "(\(backend.device.name)) has \(there) bytes, \(free) of them not in use by other registers, enough for "
          + "\(backend.largestQubitCount(precision)) qubits when no other register is there")
    }
    return Int(needed)
  }

  /// One buffer for the whole state, which may be larger than the driver promises: some give more.
  ///
  /// Drivers allocate on first use, so the buffer is cleared here and a failure is told before anything is computed.
  private static func allocate(_ byteCount: Int, in workspace: OpenCLWorkspace) throws(SimulatorError) -> Buffer {
    do throws(OpenCLError) {
      let buffer = try Buffer(context: workspace.backend.context, byteCount: byteCount)
      try workspace.setBasisState(0, of: buffer)
      try workspace.queue.finish()
      return buffer
    } catch {
      throw refusal(of: byteCount, by: workspace.backend, error)
    }
  }

  private static func refusal(of byteCount: Int, by backend: OpenCLBackend, _ error: OpenCLError) -> SimulatorError {
    guard error.code == .outOfMemory else { return SimulatorError(error) }
    return SimulatorError(
      .outOfMemory,
      "the state needs \(byteCount) bytes in one buffer; \(backend.device.label) (\(backend.device.name)) has "
        + "\(backend.device.globalMemoryByteCount) bytes, promises \(backend.device.maximumAllocationByteCount) in one buffer, "
        + "and refused: \(error.message)")
  }
}
