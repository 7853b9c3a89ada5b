package import Circuits
internal import OpenCLRuntime

/// 2ⁿ amplitudes in the memory of an OpenCL device.
///
/// The amplitudes lie in basis state order, interleaved, in as many buffers as the device's largest one asks for. Operations are queued in order
/// and the host waits only where a value is asked for; an operation that the driver refuses is reported by the verb itself and again by every
/// verb that returns a value, until ``reset(to:)`` or ``load(_:)``. Results are the same bits as the host register's, up to the sign of zeros.
package struct OpenCLRegister: ~Copyable, StateRegister {
  package let qubitCount: Int
  package let precision: Precision
  package var deviceName: String { workspace.backend.device.label }
  let state: OpenCLStateBuffers
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
  ///   - largestBufferByteCount: Bytes above which a state is split into several buffers; by default what the device promises.
  /// - Throws: ``SimulatorError`` with code `out_of_memory`, before anything is allocated where the device says that it has too little.
  package init(
    backend: OpenCLBackend, qubitCount: Int, precision: Precision, tileQubitCount: Int? = nil, largestBufferByteCount: Int? = nil
  ) throws(SimulatorError) {
    guard (1...Limits.qubitCount).contains(qubitCount) else {
      throw SimulatorError(.invalidArgument, "a register of \(qubitCount) qubits; 1 to \(Limits.qubitCount) are accepted")
    }
    try Self.checkMemory(backend: backend, qubitCount: qubitCount, precision: precision)
    let split = try Self.split(
      qubitCount, precision, backend, largestBufferByteCount ?? backend.device.maximumAllocationByteCount)
    let workspace = try OpenCLWorkspace(
      backend: backend, precision: precision, family: .registers(splitQubitCount: split.splitQubitCount))
    let state = try Self.allocate(split, in: workspace)
    self.state = state
    self.workspace = workspace
    self.qubitCount = qubitCount
    self.precision = precision
    // Devices of the embedded profile may have too little constant memory for a program.
    let hasPrograms = backend.device.constantMemoryByteCount >= Limits.openCLTileProgramByteCount
    tiling = OpenCLTiling(
      localMemoryByteCount: backend.device.localMemoryByteCount, precision: precision, qubitCount: qubitCount,
      largest: hasPrograms ? tileQubitCount ?? (backend.device.isCPU ? 0 : nil) : 0)
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
    try workspace.change { () throws(OpenCLError) in try state.write(amplitudes, on: workspace.queue) }
  }

  package func amplitudes(from start: Int, count: Int) throws(SimulatorError) -> [Complex] {
    guard start >= 0, count >= 0, start <= amplitudeCount, count <= amplitudeCount - start else {
      throw SimulatorError(.invalidArgument, "amplitudes \(start)..<\(start + count) of a state of \(amplitudeCount)")
    }
    return try workspace.value { () throws(OpenCLError) in try state.read(start..<start + count, on: workspace.queue) }
  }

  package mutating func copy(from other: borrowing OpenCLRegister) throws(SimulatorError) {
    guard other.state.split == state.split, other.precision == precision, other.workspace.backend === workspace.backend else {
      throw SimulatorError(
        .invalidArgument, "a copy of \(other.shape) into \(shape); a register of the same shape on the same device is needed")
    }
    try workspace.copy(from: other.workspace) { () throws(OpenCLError) in
      try state.enqueueCopy(from: other.state, on: workspace.queue)
    }
  }

  package mutating func fillSlots(from other: borrowing OpenCLRegister) throws(SimulatorError) {
    let slots = try StateSlots(of: qubitCount, filledFrom: other.qubitCount)
    try checkKind(of: other)
    try workspace.copy(from: other.workspace) { () throws(OpenCLError) in
      if other.qubitCount < slots.qubitCount {
        try state.forEachBuffer { buffer throws(OpenCLError) in try workspace.queue.enqueueZero(buffer) }
      }
      try state.enqueueCopy(0..<other.amplitudeCount, from: other.state, to: 0, on: workspace.queue)
      // As many copies as there are slot qubits.
      for qubit in slots.qubitCount..<qubitCount {
        try state.enqueueCopy(0..<1 << qubit, from: state, to: 1 << qubit, on: workspace.queue)
      }
    }
  }

  package mutating func copy(slot: Int, of slotCount: Int, from other: borrowing OpenCLRegister) throws(SimulatorError) {
    let start = try StateSlots(of: other.qubitCount, slotCount: slotCount).start(of: slot, into: qubitCount)
    try checkKind(of: other)
    try workspace.copy(from: other.workspace) { () throws(OpenCLError) in
      try state.enqueueCopy(start..<start + amplitudeCount, from: other.state, to: 0, on: workspace.queue)
    }
  }

  package mutating func collapse(mask: UInt64, values: UInt64, scale: Double) throws(SimulatorError) {
    try SimulatorError.check(mask: mask, values: values, qubitCount: qubitCount)
    guard scale.isFinite else { throw SimulatorError(.invalidArgument, "a scale of \(scale); a finite number is needed") }
    try workspace.change { () throws(OpenCLError) in
      try workspace.launch("collapse", count: amplitudeCount) { arguments throws(OpenCLError) in
        try arguments.add(state)
        try arguments.add(mask)
        try arguments.add(values)
        try arguments.add(real: scale)
      }
    }
  }

  package func synchronize() throws(SimulatorError) {
    try workspace.value { () throws(OpenCLError) in try workspace.queue.finish() }
  }
}

extension OpenCLRegister {
  /// What two registers have in common if one can be a copy of the other.
  private var shape: String {
    "\(qubitCount) qubits in \(precision.rawValue) precision in \(Self.count(state.split.bufferCount)) on \(deviceName)"
  }

  private static func count(_ bufferCount: Int) -> String { bufferCount == 1 ? "one buffer" : "\(bufferCount) buffers" }

  /// Refuses a register whose amplitudes cannot be copied into this one's.
  private func checkKind(of other: borrowing OpenCLRegister) throws(SimulatorError) {
    guard other.precision == precision, other.workspace.backend === workspace.backend else {
      throw SimulatorError(
        .invalidArgument, "a copy of \(other.shape) into \(shape); the same precision and device are needed")
    }
  }

  /// Refuses a state that is larger than what the device has free, naming both.
  private static func checkMemory(backend: OpenCLBackend, qubitCount: Int, precision: Precision) throws(SimulatorError) {
    let there = backend.device.globalMemoryByteCount
    let free = there - backend.context.allocatedByteCount
    let needed = byteCount(qubitCount, precision)
    guard needed <= UInt128(max(0, free)) else {
      throw SimulatorError(
        .outOfMemory,
        "\(qubitCount) qubits in \(precision.rawValue) precision need \(needed) bytes; \(backend.device.label) "
          + "(\(backend.device.name)) has \(there) bytes, \(free) of them not in use by other registers, enough for "
          + "\(backend.largestQubitCount(precision)) qubits when no other register is there")
    }
  }

  /// Bytes of a state; wider than a word, because 2⁶² amplitudes are.
  private static func byteCount(_ qubitCount: Int, _ precision: Precision) -> UInt128 {
    UInt128(precision.amplitudeByteCount) << UInt128(qubitCount)
  }

  private static func split(
    _ qubitCount: Int, _ precision: Precision, _ backend: OpenCLBackend, _ largestBufferByteCount: Int
  ) throws(SimulatorError) -> OpenCLSplit {
    if let split = OpenCLSplit(qubitCount: qubitCount, precision: precision, largestBufferByteCount: largestBufferByteCount) {
      return split
    }
    throw SimulatorError(
      .outOfMemory,
      "\(qubitCount) qubits in \(precision.rawValue) precision need \(byteCount(qubitCount, precision)) bytes; "
        + "\(backend.device.label) (\(backend.device.name)) gives \(largestBufferByteCount) in one buffer, and a state is split into "
        + "\(1 << Limits.openCLSplitQubitCount) buffers at most")
  }

  /// The buffers of a state, in |0…0⟩.
  ///
  /// Drivers allocate on first use, so the buffers are cleared here and a failure is told before anything is computed.
  private static func allocate(_ split: OpenCLSplit, in workspace: OpenCLWorkspace) throws(SimulatorError) -> OpenCLStateBuffers {
    do throws(OpenCLError) {
      let state = try OpenCLStateBuffers(split, workspace.precision, in: workspace.backend.context)
      try workspace.setBasisState(0, of: state)
      try workspace.queue.finish()
      return state
    } catch {
      throw refusal(of: split, in: workspace, error)
    }
  }

  private static func refusal(of split: OpenCLSplit, in workspace: OpenCLWorkspace, _ error: OpenCLError) -> SimulatorError {
    guard error.code == .outOfMemory else { return SimulatorError(error) }
    let device = workspace.backend.device
    return SimulatorError(
      .outOfMemory,
      "the state needs \(byteCount(split.qubitCount, workspace.precision)) bytes in \(count(split.bufferCount)); \(device.label) "
        + "(\(device.name)) has \(device.globalMemoryByteCount) bytes, promises \(device.maximumAllocationByteCount) in one buffer, "
        + "and refused: \(error.message)")
  }
}
