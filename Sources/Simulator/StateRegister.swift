package import Circuits

/// 2ⁿ amplitudes on one device, and the few verbs that everything else is made of.
///
/// One contract suite runs over every conforming type. The layout of the amplitudes is the register's own affair; what leaves it
/// is in basis state order. Every verb is deterministic: for one sequence of calls the state is the same bit for bit whatever the
/// thread count, and sums follow ``ReductionTree``.
package protocol StateRegister: ~Copyable {
  /// n; the register holds 2ⁿ amplitudes.
  var qubitCount: Int { get }
  /// The format of the amplitudes.
  var precision: Precision { get }
  /// What results call this device: `cpu`, `opencl:0.0`.
  var deviceName: String { get }

  /// Sets the state to one basis state.
  mutating func reset(to basisState: UInt64) throws(SimulatorError)
  /// Overwrites all 2ⁿ amplitudes.
  mutating func load(_ amplitudes: [Complex]) throws(SimulatorError)
  /// Reads `count` amplitudes from `start` on, in basis state order.
  func amplitudes(from start: Int, count: Int) throws(SimulatorError) -> [Complex]
  /// Makes this state a copy of another of the same size, precision and device.
  mutating func copy(from other: borrowing Self) throws(SimulatorError)

  /// Fills every slot of this state with a copy of a smaller one of the same precision and device: see ``StateSlots``.
  ///
  /// The norms of the slots are that of the copy, so this state's is not 1.
  mutating func fillSlots(from other: borrowing Self) throws(SimulatorError)
  /// Makes this state a copy of the one in a slot of a larger register, of the same precision and device, that has `slotCount` of them.
  mutating func copy(slot: Int, of slotCount: Int, from other: borrowing Self) throws(SimulatorError)

  /// Applies one operation. A device may queue it; errors may surface in the next verb that returns a value.
  mutating func apply(_ operation: StateOperation) throws(SimulatorError)

  /// Applies the operations of a pass one after the other.
  mutating func apply(_ pass: TilePass) throws(SimulatorError)
  /// What a pass becomes for registers of this kind, size and precision.
  associatedtype Prepared = Pass
  /// Does what is needed to apply a pass any number of times.
  func prepared(_ pass: Pass) -> Prepared
  /// Applies a pass that was prepared by a register of the same kind, size and precision.
  mutating func apply(prepared pass: Prepared) throws(SimulatorError)
  /// What a pass moves on this device, at least: what it visits, read once and written once for each sweep.
  func traffic(of pass: Pass) -> PassTraffic

  /// ⟨ψ|ψ⟩ in double.
  func normSquared() throws(SimulatorError) -> Double
  /// Σ|ψᵢ|² over basis states whose bits under `mask` equal `values`, in double.
  func probability(mask: UInt64, values: UInt64) throws(SimulatorError) -> Double
  /// The marginal distribution of `qubits` (`qubits[0]` least significant), 2^count entries in double.
  func probabilities(of qubits: [Int]) throws(SimulatorError) -> [Double]
  /// Zeroes amplitudes whose bits under `mask` differ from `values` and multiplies the others by `scale`.
  mutating func collapse(mask: UInt64, values: UInt64, scale: Double) throws(SimulatorError)

  /// One basis state for each draw, by inversion of the fixed-point cumulative distribution (see ``FixedPoint``).
  ///
  /// Draws are 64-bit uniform; the result keeps their order. O(2ⁿ + S·n) for S draws.
  func sample(_ draws: consuming [UInt64]) throws(SimulatorError) -> [UInt64]
  /// How often each basis state is among those that ``sample(_:)`` gives for the same draws.
  func count(_ draws: consuming [UInt64]) throws(SimulatorError) -> StateCounts
  /// ⟨ψ|Pⱼ|ψ⟩ for each Pauli string, one sweep for each distinct flip mask. Not divided by the norm.
  func expectations(_ paulis: [PauliMask]) throws(SimulatorError) -> [Double]

  /// What ``count(_:)`` would give of the state in each slot for the slot's draws, to the last of them; there are as many slots as lists of draws.
  func count(slots draws: [[UInt64]]) throws(SimulatorError) -> [StateCounts]
  /// What ``expectations(_:)`` would give of the state in each slot, to the same bits. Strings are on the qubits of a slot.
  func expectations(_ paulis: [PauliMask], slotCount: Int) throws(SimulatorError) -> [[Double]]

  /// Waits for everything queued.
  func synchronize() throws(SimulatorError)
}

extension StateRegister where Self: ~Copyable, Prepared == Pass {
  package func prepared(_ pass: Pass) -> Pass { pass }

  package mutating func apply(prepared pass: Pass) throws(SimulatorError) { try apply(pass) }
}

extension StateRegister where Self: ~Copyable {
  /// One operation after the other, each a sweep.
  package mutating func apply(_ pass: TilePass) throws(SimulatorError) {
    for operation in pass.operations { try apply(operation) }
  }

  /// Applies one sweep.
  package mutating func apply(_ pass: Pass) throws(SimulatorError) {
    switch pass {
    case .operation(let operation): try apply(operation)
    case .tile(let tile): try apply(tile)
    }
  }
}

/// The one order in which sums over amplitudes are taken, on every device, so that results do not depend on threads or hardware.
///
/// Terms (one a basis state, in double) are cut into blocks of ``blockSize`` consecutive basis states, and those into rows of ``laneCount``.
/// The rows of a block are added lane by lane in pairs of neighbours, then the sums of two neighbours, and so on until one row is left; its
/// lanes are combined by halving (lane j += lane j + 16, then 8, 4, 2, 1). Block sums are combined by halving in the same way over the next
/// power of two. What is missing is zero: states smaller than a block are padded with zero terms.
///
/// Every step adds the terms that differ in one bit of the index, so the sums for all choices of one sign a bit are a Walsh-Hadamard
/// transform, to the same bits.
package enum ReductionTree {
  package static let laneCount = 32
  package static let blockSize = 1024
}

/// Fixed-point probabilities: sums of integers do not depend on their order.
///
/// |ψᵢ|² = fma(re, re, im·im) in double, for both precisions; its weight is the integer part of |ψᵢ|² · 2⁶². The total T of all weights is
/// at most a little over 2⁶². A uniform 64-bit draw u selects the basis state whose cumulative interval holds ⌊u·T / 2⁶⁴⌋.
package enum FixedPoint {
  package static let scale = 0x1p62
}
