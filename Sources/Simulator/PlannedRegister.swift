package import Circuits

/// A register whose operations are planned: qubits may lie anywhere in it, and keep their names outside.
///
/// A list of operations is applied in as few passes as the planner finds. SWAPs and remapping change only which qubit is where, so
/// what is asked of the register afterwards is asked about other qubits; only the amplitudes themselves have to be put in order first.
package struct PlannedRegister<Base: StateRegister & ~Copyable>: ~Copyable, StateRegister {
  /// The register that does the work.
  private var base: Base
  private(set) var layout: QubitLayout
  private let planner: Planner

  /// Plans for a register in the state |0…0⟩, by the planner of its size or by another.
  package init(_ base: consuming Base, planner: Planner? = nil) {
    layout = QubitLayout(qubitCount: base.qubitCount, isZero: true)
    self.planner = planner ?? Planner(qubitCount: base.qubitCount, precision: base.precision)
    self.base = base
  }

  /// Plans with tiles of another size.
  package init(_ base: consuming Base, tileQubitCount: Int) {
    let planner = Planner(qubitCount: base.qubitCount, tileQubitCount: tileQubitCount, precision: base.precision)
    self.init(base, planner: planner)
  }

  /// Plans for states in slots of a register: see ``StateSlots``.
  init(_ base: consuming Base, slotQubitCount: Int) {
    let planner = Planner(qubitCount: base.qubitCount, slotQubitCount: slotQubitCount, precision: base.precision)
    self.init(base, planner: planner)
  }

  package var qubitCount: Int { base.qubitCount }
  package var precision: Precision { base.precision }
  package var deviceName: String { base.deviceName }

  package mutating func reset(to basisState: UInt64) throws(SimulatorError) {
    try base.reset(to: basisState)
    layout = QubitLayout(qubitCount: qubitCount, isZero: basisState == 0)
  }

  package mutating func load(_ amplitudes: [Complex]) throws(SimulatorError) {
    try base.load(amplitudes)
    layout = QubitLayout(qubitCount: qubitCount, isZero: false)
  }

  package func amplitudes(from start: Int, count: Int) throws(SimulatorError) -> [Complex] {
    if layout.isIdentity { return try base.amplitudes(from: start, count: count) }
    guard start >= 0, count >= 0, start <= 1 << qubitCount, count <= 1 << qubitCount - start else {
      throw SimulatorError(.invalidArgument, "\(count) amplitudes from \(start) on; the register holds \(1 << qubitCount)")
    }
    var result = [Complex]()
    result.reserveCapacity(count)
    for state in start..<(start + count) {
      result += try base.amplitudes(from: Int(layout.positions(of: UInt64(state))), count: 1)
    }
    return result
  }

  package mutating func copy(from other: borrowing PlannedRegister) throws(SimulatorError) {
    try base.copy(from: other.base)
    layout = other.layout
  }

  /// The slots' qubits lie as those of the other register do, below those that number the slots.
  package mutating func fillSlots(from other: borrowing PlannedRegister) throws(SimulatorError) {
    try base.fillSlots(from: other.base)
    layout = QubitLayout(positions: other.layout.positions + Array(other.qubitCount..<qubitCount))
  }

  package mutating func copy(slot: Int, of slotCount: Int, from other: borrowing PlannedRegister) throws(SimulatorError) {
    let positions = Array(other.layout.positions.prefix(qubitCount))
    precondition(positions.allSatisfy { $0 < qubitCount }, "qubits that do not lie together")
    try base.copy(slot: slot, of: slotCount, from: other.base)
    layout = QubitLayout(positions: positions)
  }

  package mutating func apply(_ operation: StateOperation) throws(SimulatorError) {
    try operation.validate(qubitCount: qubitCount)
    layout.activateAll()
    try base.apply(operation.moved(to: layout.positions))
  }

  package mutating func apply(_ pass: TilePass) throws(SimulatorError) {
    for operation in pass.operations { try apply(operation) }
  }

  /// The qubits that are known to be |0⟩.
  package var idleQubits: [Int] { (0..<qubitCount).filter { layout.isZero($0) } }

  package func traffic(of pass: Pass) -> PassTraffic { base.traffic(of: pass) }

  /// Applies operations one after the other, as one plan; asks `check` before each pass whether to go on, and shows each to `recorder`.
  package mutating func apply(
    _ operations: [StateOperation], recorder: PlanRecorder? = nil,
    check: () throws(SimulatorError) -> Void = { () throws(SimulatorError) in }
  ) throws(SimulatorError) {
    try apply(try plan(operations), recorder: recorder, check: check)
  }

  /// What is done to a state whose qubits lie in a certain order, and how they lie afterwards.
  struct Plan {
    fileprivate let passes: [(pass: Pass, prepared: Base.Prepared)]
    fileprivate let layout: QubitLayout
  }

  /// What would be done for operations: for a state whose qubits lie as they do now.
  func plan(_ operations: [StateOperation]) throws(SimulatorError) -> Plan {
    var after = layout
    let passes = try planner.passes(operations, layout: &after)
    return Plan(passes: passes.map { ($0, base.prepared($0)) }, layout: after)
  }

  /// Does what was planned for a state whose qubits lie as they do now.
  mutating func apply(
    _ plan: Plan, recorder: PlanRecorder?, check: () throws(SimulatorError) -> Void
  ) throws(SimulatorError) {
    // From here on the state is neither what it was nor what it will be; whoever is stopped has no use for it.
    recorder?.beginSegment()
    for (pass, prepared) in plan.passes {
      try check()
      if let recorder { try recorder.run(pass, on: &base) } else { try base.apply(prepared: prepared) }
    }
    layout = plan.layout
  }

  /// Brings every qubit to its own position, so that amplitudes can be read in order.
  package mutating func restoreOrder() throws(SimulatorError) {
    for position in 0..<qubitCount where layout.positions[position] != position {
      let other = layout.positions[position]
      try base.apply(.permutation([0, 2, 1, 3], targets: [position, other], controls: .none))
      layout.exchange(position, other)
    }
    layout.activateAll()
  }

  /// Brings the first qubits to the lowest positions, in any order.
  mutating func gather(_ count: Int) throws(SimulatorError) {
    var free = (0..<count).filter { layout.qubits[$0] >= count }
    for qubit in 0..<count where layout.positions[qubit] >= count {
      let (position, target) = (layout.positions[qubit], free.removeLast())
      try base.apply(.permutation([0, 2, 1, 3], targets: [target, position], controls: .none))
      layout.exchange(target, position)
    }
  }

  package func normSquared() throws(SimulatorError) -> Double { try base.normSquared() }

  package func probability(mask: UInt64, values: UInt64) throws(SimulatorError) -> Double {
    try SimulatorError.check(mask: mask, values: values, qubitCount: qubitCount)
    return try base.probability(mask: layout.positions(of: mask), values: layout.positions(of: values))
  }

  package func probabilities(of qubits: [Int]) throws(SimulatorError) -> [Double] {
    guard qubits.allSatisfy(layout.positions.indices.contains) else { return try base.probabilities(of: qubits) }
    return try base.probabilities(of: qubits.map { layout.positions[$0] })
  }

  package mutating func collapse(mask: UInt64, values: UInt64, scale: Double) throws(SimulatorError) {
    try SimulatorError.check(mask: mask, values: values, qubitCount: qubitCount)
    try base.collapse(mask: layout.positions(of: mask), values: layout.positions(of: values), scale: scale)
  }

  /// One basis state for each draw; the cumulative distribution is in the order of the register's positions.
  package func sample(_ draws: consuming [UInt64]) throws(SimulatorError) -> [UInt64] {
    var states = try base.sample(draws)
    if !layout.isIdentity { BitMoves(to: layout.qubits).move(&states, threadCount: try ThreadPool.preferredThreadCount.get()) }
    return states
  }

  /// How often each basis state is among those that ``sample(_:)`` gives for the same draws.
  package func count(_ draws: consuming [UInt64]) throws(SimulatorError) -> StateCounts {
    let found = try base.count(draws)
    if layout.isIdentity { return found }
    var states = found.states
    BitMoves(to: layout.qubits).move(&states, threadCount: try ThreadPool.preferredThreadCount.get())
    return StateCounts(states: states, counts: found.counts)
  }

  package func expectations(_ paulis: [PauliMask]) throws(SimulatorError) -> [Double] {
    for pauli in paulis { try SimulatorError.check(mask: pauli.x | pauli.z, qubitCount: qubitCount) }
    return try base.expectations(paulis.map { PauliMask(x: layout.positions(of: $0.x), z: layout.positions(of: $0.z)) })
  }

  package func count(slots draws: [[UInt64]]) throws(SimulatorError) -> [StateCounts] {
    let found = try base.count(slots: draws)
    if layout.isIdentity { return found }
    let moves = BitMoves(to: layout.qubits)
    return found.map { counts in
      var states = counts.states
      moves.move(&states, threadCount: 1)
      return StateCounts(states: states, counts: counts.counts)
    }
  }

  package func expectations(_ paulis: [PauliMask], slotCount: Int) throws(SimulatorError) -> [[Double]] {
    for pauli in paulis { try SimulatorError.check(mask: pauli.x | pauli.z, qubitCount: qubitCount) }
    return try base.expectations(
      paulis.map { PauliMask(x: layout.positions(of: $0.x), z: layout.positions(of: $0.z)) }, slotCount: slotCount)
  }

  package func synchronize() throws(SimulatorError) { try base.synchronize() }
}
