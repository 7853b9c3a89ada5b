package import Circuits

/// A state in this process's memory, worked on by the CPU.
///
///     var register = try HostRegister(qubitCount: 2)
///     try register.apply(.matrix(hadamard, targets: [0], controls: .none))
///
/// Memory is allocated once, checked against what the host has before, and given back when the register ends.
package struct HostRegister: ~Copyable, StateRegister {
  /// n; the register holds 2ⁿ amplitudes.
  package let qubitCount: Int
  /// The format of the amplitudes.
  package let precision: Precision
  /// The instruction set in use.
  package let kernels: CPUKernels
  /// Threads of a pass that is long enough for them.
  package let threadCount: Int
  package var deviceName: String { "cpu" }
  let state: CPUState

  /// Makes the state |0…0⟩.
  ///
  /// - Parameters:
  ///   - qubitCount: 1 to ``Limits/qubitCount``, as far as the memory goes.
  ///   - precision: Single unless told otherwise.
  ///   - kernels: The set of kernels; by default the one that `KETWORK_CPU_KERNELS` names, or the best one.
  ///   - threadCount: By default `KETWORK_THREADS`, or the number of cores. Results do not depend on it.
  /// - Throws: ``SimulatorError`` with code `out_of_memory` naming the bytes needed and there, or `invalid_argument`.
  package init(
    qubitCount: Int, precision: Precision = .single, kernels: CPUKernels? = nil, threadCount: Int? = nil
  ) throws(SimulatorError) {
    let threadCount = if let threadCount { threadCount } else { try ThreadPool.preferredThreadCount.get() }
    guard (1...Limits.threadCount).contains(threadCount) else {
      throw SimulatorError(.invalidArgument, "\(threadCount) threads; 1 to \(Limits.threadCount) are accepted")
    }
    try HostMemory.check(qubitCount: qubitCount, precision: precision)
    let chosen = if let kernels { kernels } else { try CPUKernels.preferred.get() }
    guard let state = CPUState(qubitCount: qubitCount, precision: precision, kernels: chosen, threadCount: threadCount) else {
      throw HostMemory.outOfMemory(
        qubitCount: qubitCount, precision: precision, needed: HostMemory.byteCount(qubitCount: qubitCount, precision: precision),
        available: HostMemory.availableByteCount)
    }
    self.qubitCount = qubitCount
    self.precision = precision
    self.kernels = chosen
    self.threadCount = threadCount
    self.state = state
    self.state.load([.one])
  }

  package mutating func reset(to basisState: UInt64) throws(SimulatorError) {
    try SimulatorError.check(mask: basisState, qubitCount: qubitCount)
    state.zero()
    state.load([.one], from: Int(basisState))
  }

  package mutating func load(_ amplitudes: [Complex]) throws(SimulatorError) {
    guard amplitudes.count == 1 << qubitCount else {
      throw SimulatorError(
        .invalidArgument, "\(amplitudes.count) amplitudes for \(qubitCount) qubits; \(1 << qubitCount) are needed")
    }
    state.load(amplitudes)
  }

  package func amplitudes(from start: Int, count: Int) throws(SimulatorError) -> [Complex] {
    guard start >= 0, count >= 0, start <= 1 << qubitCount, count <= 1 << qubitCount - start else {
      throw SimulatorError(.invalidArgument, "\(count) amplitudes from \(start) on; the register holds \(1 << qubitCount)")
    }
    return state.amplitudes(from: start, count: count)
  }

  package mutating func copy(from other: borrowing HostRegister) throws(SimulatorError) {
    guard other.qubitCount == qubitCount, other.precision == precision else {
      throw SimulatorError(
        .invalidArgument,
        "a copy of \(other.qubitCount) qubits in \(other.precision.rawValue) precision into \(qubitCount) in \(precision.rawValue)")
    }
    state.copy(from: other.state)
  }

  package mutating func fillSlots(from other: borrowing HostRegister) throws(SimulatorError) {
    let slots = try StateSlots(of: qubitCount, filledFrom: other.qubitCount)
    try checkPrecision(of: other)
    state.fill(slots, from: other.state)
  }

  package mutating func copy(slot: Int, of slotCount: Int, from other: borrowing HostRegister) throws(SimulatorError) {
    let start = try StateSlots(of: other.qubitCount, slotCount: slotCount).start(of: slot, into: qubitCount)
    try checkPrecision(of: other)
    state.copy(from: other.state, start: start)
  }

  private func checkPrecision(of other: borrowing HostRegister) throws(SimulatorError) {
    guard other.precision == precision else {
      throw SimulatorError(
        .invalidArgument, "a copy of amplitudes in \(other.precision.rawValue) precision into \(precision.rawValue)")
    }
  }

  package mutating func apply(_ operation: StateOperation) throws(SimulatorError) {
    try operation.validate(qubitCount: qubitCount)
    state.apply(operation)
  }

  package mutating func apply(_ pass: TilePass) throws(SimulatorError) {
    try pass.validate(qubitCount: qubitCount)
    apply(pass, program(of: pass))
  }

  /// A pass with the program that the kernels take; nil where they take none.
  package struct PreparedPass {
    let pass: Pass
    let program: TileProgram?
  }

  package func prepared(_ pass: Pass) -> PreparedPass {
    let program: TileProgram? = if case .tile(let tile) = pass { program(of: tile) } else { nil }
    return PreparedPass(pass: pass, program: program)
  }

  package mutating func apply(prepared: PreparedPass) throws(SimulatorError) {
    switch prepared.pass {
    case .operation(let operation): try apply(operation)
    case .tile(let tile):
      try tile.validate(qubitCount: qubitCount)
      apply(tile, prepared.program)
    }
  }

  private func program(of pass: TilePass) -> TileProgram? {
    let rowQubitCount = (~pass.localQubits).trailingZeroBitCount
    let tileQubitCounts = pass.hasBlocks ? Limits.blockTileQubitCounts : 0...Limits.blockTileQubitCounts.upperBound
    guard rowQubitCount >= Limits.leastTileRowQubitCount, tileQubitCounts.contains(pass.localQubits.nonzeroBitCount) else {
      return nil
    }
    return state.program(of: pass)
  }

  private func apply(_ pass: TilePass, _ program: TileProgram?) {
    if let program, state.apply(pass, program) { return }
    for operation in pass.operations { state.apply(operation) }
  }

  package mutating func collapse(mask: UInt64, values: UInt64, scale: Double) throws(SimulatorError) {
    try SimulatorError.check(mask: mask, values: values, qubitCount: qubitCount)
    guard scale.isFinite else { throw SimulatorError(.invalidArgument, "a scale of \(scale); a finite number is needed") }
    state.collapse(mask: mask, values: values, scale: scale)
  }

  package func synchronize() {}
}
