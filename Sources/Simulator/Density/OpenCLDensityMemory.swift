internal import OpenCLRuntime

/// The 4ⁿ reals of a density matrix in one buffer of an OpenCL device, and what kernels/density.cl does with them, to the CPU's bits.
///
/// Maps are queued in order, and the host waits only where values are asked for. What the driver refuses is reported by the verb itself and again
/// by every verb that returns a value, until ``reset(to:)`` or ``copy(from:)``.
package struct OpenCLDensityMemory: ~Copyable, DensityStorage {
  package let qubitCount: Int
  package let precision: Precision
  package var deviceName: String { workspace.backend.device.label }
  let workspace: OpenCLWorkspace
  let state: Buffer

  /// Allocates a matrix and sets it to |0…0⟩⟨0…0|.
  ///
  /// - Parameters:
  ///   - backend: The device.
  ///   - qubitCount: 1 to ``Limits/densityQubitCount``, as far as the device's memory goes.
  ///   - precision: The format of the reals.
  ///   - largestBufferByteCount: Bytes above which a matrix is refused; by default what the device promises in one buffer.
  /// - Throws: ``SimulatorError`` with code `out_of_memory` naming the bytes needed and there, before anything is allocated where the device
  ///   says that it has too little, or `invalid_argument`.
  package init(
    backend: OpenCLBackend, qubitCount: Int, precision: Precision, largestBufferByteCount: Int? = nil
  ) throws(SimulatorError) {
    try Self.check(qubitCount: qubitCount)
    let needed = precision.realByteCount << (2 * qubitCount)
    let need = "a density matrix of \(qubitCount) qubits in \(precision.rawValue) precision needs \(needed) bytes"
    try Self.checkMemory(
      needed, need, backend, largestBufferByteCount ?? backend.device.maximumAllocationByteCount, precision)
    let workspace = try OpenCLWorkspace(backend: backend, precision: precision, family: .densities)
    let state = try Self.allocate(qubitCount, needed, need, workspace)
    (self.qubitCount, self.precision, self.workspace) = (qubitCount, precision, workspace)
    self.state = state
  }

  /// Refuses a matrix that is larger than what the device has free or gives in one piece, naming all three.
  private static func checkMemory(
    _ needed: Int, _ need: String, _ backend: OpenCLBackend, _ largestBufferByteCount: Int, _ precision: Precision
  ) throws(SimulatorError) {
    let there = backend.device.globalMemoryByteCount
    let free = there - backend.context.allocatedByteCount
    let largest = (1...Limits.densityQubitCount).last {
      precision.realByteCount << (2 * $0) <= min(there, largestBufferByteCount)
    }
    guard needed <= free else {
      throw SimulatorError(
        .outOfMemory,
        "\(need); \(name(of: backend)) has \(there) bytes, \(max(0, free)) of them not in use by other states, enough for "
          + "\(largest ?? 0) qubits when no other state is there")
    }
    guard needed <= largestBufferByteCount else {
      throw SimulatorError(
        .outOfMemory,
        "\(need); \(name(of: backend)) gives \(largestBufferByteCount) in one buffer, and a density matrix lies in one: "
          + "\(largest ?? 0) qubits fit")
    }
  }

  /// The buffer of a matrix, in |0…0⟩⟨0…0|.
  ///
  /// Drivers allocate on first use, so it is written here and a failure is told before anything is computed.
  private static func allocate(
    _ qubitCount: Int, _ needed: Int, _ need: String, _ workspace: OpenCLWorkspace
  ) throws(SimulatorError) -> Buffer {
    do throws(OpenCLError) {
      let state = try Buffer(context: workspace.backend.context, byteCount: needed)
      try setBasisState(0, of: state, qubitCount, workspace)
      try workspace.queue.finish()
      return state
    } catch {
      guard error.code == .outOfMemory else { throw SimulatorError(error) }
      throw SimulatorError(.outOfMemory, "\(need); \(name(of: workspace.backend)) refused: \(error.message)")
    }
  }

  private static func name(of backend: OpenCLBackend) -> String { "\(backend.device.label) (\(backend.device.name))" }

  package mutating func reset(to basisState: UInt64) throws(SimulatorError) {
    workspace.recover()
    try workspace.change { () throws(OpenCLError) in try Self.setBasisState(basisState, of: state, qubitCount, workspace) }
  }

  package mutating func copy(from other: borrowing OpenCLDensityMemory) throws(SimulatorError) {
    precondition(other.workspace.backend === workspace.backend, "a copy from another device")
    try workspace.copy(from: other.workspace) { () throws(OpenCLError) in
      try workspace.queue.enqueueCopy(from: other.state, to: state, byteCount: state.byteCount)
    }
  }

  package func values(_ numbers: [UInt64]) throws(SimulatorError) -> [Double] {
    try workspace.value { () throws(OpenCLError) in
      var values: [Double] = []
      for start in stride(from: 0, to: numbers.count, by: Self.portion) {
        values += try read(Array(numbers[start..<min(start + Self.portion, numbers.count)]))
      }
      return values
    }
  }

  /// Numbers that are read at once: as many as a table has room for.
  private static var portion: Int { Limits.openCLTableByteCount / MemoryLayout<UInt64>.stride }

  private func read(_ numbers: [UInt64]) throws(OpenCLError) -> [Double] {
    let values = try Buffer(context: workspace.backend.context, byteCount: numbers.count * MemoryLayout<Double>.stride)
    let firstNumber = try workspace.push(numbers)
    try workspace.launch("read_reals", count: numbers.count) { arguments throws(OpenCLError) in
      try arguments.add(state)
      try workspace.addTable(&arguments)
      try arguments.add(firstNumber)
      try arguments.add(values)
    }
    return try workspace.queue.read(values, at: 0, count: numbers.count, as: Double.self, zero: 0)
  }

  private static func setBasisState(
    _ basisState: UInt64, of state: borrowing Buffer, _ qubitCount: Int, _ workspace: OpenCLWorkspace
  ) throws(OpenCLError) {
    try workspace.queue.enqueueZero(state)
    try workspace.launch("set_basis_state", count: 1 << qubitCount) { arguments throws(OpenCLError) in
      try arguments.add(state)
      try arguments.add(stringNumber(x: 0, z: 1 << UInt64(qubitCount) - 1))
      try arguments.add(basisState)
    }
  }
}
