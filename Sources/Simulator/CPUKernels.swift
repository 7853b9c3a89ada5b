internal import CKernels
internal import Circuits
internal import FoundationEssentials

/// The C kernels of one instruction set. This file calls them; `TileProgram` prepares their steps and `ScratchMemory` what they need of it.
package struct CPUKernels: Hashable, Sendable {
  /// The name by which `KETWORK_CPU_KERNELS` asks for this set.
  package let name: String
  /// What it is, for people.
  package let description: String
  private let index: Int

  private init?(index: Int) {
    let implementation = unsafe ck_implementation_at(index).pointee
    guard unsafe implementation.supported() else { return nil }
    self.index = index
    unsafe name = String(cString: implementation.name)
    unsafe description = String(cString: implementation.description)
  }

  /// The sets that this build has and this machine can run, best first, `scalar` last.
  package static let available: [CPUKernels] = (0..<ck_implementation_count()).compactMap { CPUKernels(index: $0) }

  /// The set that `KETWORK_CPU_KERNELS` asks for, or the best one; read once.
  package static let preferred = named(ProcessInfo.processInfo.environment["KETWORK_CPU_KERNELS"])

  /// The preferred set, or the best one where the environment asks for none that is understood, which every register refuses: for what
  /// belongs to no register, and gives the same under any set.
  static let preferredOrBest = (try? preferred.get()) ?? available[0]

  /// The set with a name, or the best one for nil or an empty name; an error with code `invalid_argument` that lists what this machine
  /// accepts otherwise.
  package static func named(_ name: String?) -> Result<CPUKernels, SimulatorError> {
    guard let name, !name.isEmpty else { return .success(available[0]) }
    if let found = available.first(where: { $0.name == name }) { return .success(found) }
    let accepted = available.map(\.name).joined(separator: ", ")
    return .failure(SimulatorError(.invalidArgument, "KETWORK_CPU_KERNELS is \"\(name)\"; this machine accepts \(accepted)"))
  }

  /// The draws of shots under the key of a stream, at one site.
  func draws(_ stream: RandomStream, shots: [UInt32], site: UInt32, threadCount: Int) -> [UInt64] {
    unsafe shots.withUnsafeBufferPointer { shots in
      unsafe draws(stream, shots: shots.baseAddress, from: 0, count: shots.count, site: site, threadCount: threadCount)
    }
  }

  /// The draws of successive shots under the key of a stream, at one site.
  func draws(_ stream: RandomStream, shots: Range<UInt32>, site: UInt32, threadCount: Int) -> [UInt64] {
    unsafe draws(stream, shots: nil, from: shots.lowerBound, count: shots.count, site: site, threadCount: threadCount)
  }

  private func draws(
    _ stream: RandomStream, shots: UnsafePointer<UInt32>?, from first: UInt32, count: Int, site: UInt32, threadCount: Int
  ) -> [UInt64] {
    let kernel = unsafe operations(.single).pointee.draw
    let key = ck_draw_key(seed: stream.seed, circuit: stream.circuit, row: stream.row, site: site)
    let partCount = count < Limits.serialDrawCount ? 1 : threadCount
    return unsafe [UInt64](unsafeUninitializedCapacity: count) { draws, initializedCount in
      guard let destination = draws.baseAddress else { return }
      ThreadPool.shared.run(partCount: partCount, threadCount: partCount) { part in
        let (start, end) = (count * part / partCount, count * (part + 1) / partCount)
        unsafe kernel(key, unsafe shots.map { unsafe $0 + start }, first + UInt32(start), UInt64(end - start), destination + start)
      }
      initializedCount = count
    }
  }

  /// Finds the block of each draw, replaces it by its position there, and counts the draws of each block.
  func place(
    _ draws: UnsafeMutablePointer<UInt64>, count: Int, _ weights: UnsafePointer<ck_cumulative>,
    blocks: UnsafeMutablePointer<UInt32>, _ drawCounts: UnsafeMutablePointer<UInt32>
  ) {
    unsafe operations(.single).pointee.place_draws(draws, UInt64(count), weights, blocks, drawCounts)
  }

  /// The kernels for batches of states, one in each lane, and how many lanes there are.
  func laneOperations(_ precision: Precision) -> (operations: UnsafePointer<ck_lane_operations>, laneCount: Int) {
    let all = unsafe operations(precision)
    return unsafe (all.pointee.lanes, 1 << Int(all.pointee.lane_bits))
  }

  func densityOperations(_ precision: Precision) -> (operations: UnsafePointer<ck_density_operations>, laneCount: Int) {
    let all = unsafe operations(precision)
    return unsafe (all.pointee.densities, 1 << Int(all.pointee.lane_bits))
  }

  func operations(_ precision: Precision) -> UnsafePointer<ck_operations> {
    let implementation = unsafe ck_implementation_at(index).pointee
    return unsafe precision == .single ? implementation.single_precision : implementation.double_precision
  }
}

/// The amplitudes of one state in this process's memory, and what the kernels do with them.
///
/// Arguments are checked by the register; here they are trusted.
@safe package struct CPUState: ~Copyable {
  private let memory: UnsafeMutableRawPointer
  private let byteCount: Int
  private let operations: UnsafePointer<ck_operations>
  private let qubitCount: Int
  private let precision: Precision
  private let threadCount: Int
  /// Where tiles are brought together; kept as long as the state, because passes follow each other closely.
  private let scratch = ScratchMemory()

  /// Zero amplitudes, or nil if the system gives no memory.
  init?(qubitCount: Int, precision: Precision, kernels: CPUKernels, threadCount: Int) {
    let byteCount = precision.amplitudeByteCount << max(qubitCount, 5)
    guard let memory = unsafe ck_allocate(byteCount) else { return nil }
    unsafe self.memory = unsafe memory
    self.byteCount = byteCount
    unsafe operations = kernels.operations(precision)
    self.qubitCount = qubitCount
    self.precision = precision
    self.threadCount = threadCount
  }

  deinit { unsafe ck_release(memory, byteCount) }

  private var amplitudeCount: UInt64 { 1 << UInt64(qubitCount) }
  private var laneBits: Int { unsafe Int(operations.pointee.lane_bits) }
  private var blockCount: UInt64 { max(1, amplitudeCount / UInt64(CK_SUM_BLOCK)) }
  private var rowCount: UInt32 { UInt32(min(32, max(1, amplitudeCount / UInt64(CK_SUM_LANES)))) }

  /// Cuts the groups of a pass into ranges.
  ///
  /// - Parameters:
  ///   - targets: The bits along which the amplitudes of a group lie.
  ///   - controls: The mask of the controls.
  ///   - weight: How much an amplitude costs, in units of one in a two-qubit matrix or less.
  private func forEachGroup(targets: UInt64 = 0, controls: UInt64 = 0, weight: UInt64 = 1, _ body: (Range<UInt64>) -> Void) {
    let count = unsafe ck_group_count(operations, UInt32(qubitCount), targets | controls)
    let work = (amplitudeCount >> UInt64(controls.nonzeroBitCount)) * weight
    ThreadPool.shared.forEachRange(of: count, amplitudeCount: work, threadCount: threadCount, body)
  }
}

extension CPUState {
  func zero() {
    ThreadPool.shared.forEachRange(of: UInt64(byteCount / 64), amplitudeCount: amplitudeCount, threadCount: threadCount) { lines in
      unsafe (memory + Int(lines.lowerBound) * 64).initializeMemory(as: UInt8.self, repeating: 0, count: lines.count * 64)
    }
  }

  func copy(from other: borrowing CPUState) {
    let source = unsafe other.memory
    ThreadPool.shared.forEachRange(of: UInt64(byteCount / 64), amplitudeCount: amplitudeCount, threadCount: threadCount) { lines in
      let start = Int(lines.lowerBound) * 64
      unsafe (memory + start).copyMemory(from: source + start, byteCount: lines.count * 64)
    }
  }

  /// Makes every slot a copy of another state; what a slot has beyond it is zero.
  func fill(_ slots: StateSlots, from other: borrowing CPUState) {
    let source = unsafe other.memory
    let (slotByteCount, copiedByteCount) = (precision.amplitudeByteCount << slots.qubitCount, other.byteCount)
    ThreadPool.shared.forEachRange(of: UInt64(slots.count), amplitudeCount: amplitudeCount, threadCount: threadCount) { places in
      for place in places {
        let start = unsafe memory + Int(place) * slotByteCount
        unsafe start.copyMemory(from: source, byteCount: copiedByteCount)
        unsafe (start + copiedByteCount).initializeMemory(as: UInt8.self, repeating: 0, count: slotByteCount - copiedByteCount)
      }
    }
  }

  /// Copies as many amplitudes as there are here, from one on that begins a slot.
  func copy(from other: borrowing CPUState, start: Int) {
    unsafe memory.copyMemory(from: other.memory + precision.amplitudeByteCount * start, byteCount: byteCount)
  }

  func load(_ amplitudes: [Complex], from start: Int = 0) {
    unsafe amplitudes.withUnsafeBytes { bytes in
      guard let source = unsafe bytes.baseAddress?.assumingMemoryBound(to: Double.self) else { return }
      ThreadPool.shared.forEachRange(
        of: UInt64(amplitudes.count), amplitudeCount: UInt64(amplitudes.count), threadCount: threadCount
      ) {
        unsafe operations.pointee.load(
          memory, source + 2 * Int($0.lowerBound), UInt64(start) + $0.lowerBound, UInt64(start) + $0.upperBound)
      }
    }
  }

  func amplitudes(from start: Int, count: Int) -> [Complex] {
    unsafe [Complex](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      initializedCount = count
      guard count > 0, let base = buffer.baseAddress else { return }
      let destination = unsafe UnsafeMutableRawPointer(base).assumingMemoryBound(to: Double.self)
      ThreadPool.shared.forEachRange(of: UInt64(count), amplitudeCount: UInt64(count), threadCount: threadCount) {
        unsafe operations.pointee.store(
          memory, destination + 2 * Int($0.lowerBound), UInt64(start) + $0.lowerBound, UInt64(start) + $0.upperBound)
      }
    }
  }
}

extension CPUState {
  func apply(_ operation: StateOperation) {
    switch operation.simplified() {
    case .matrix(let entries, let targets, let controls): applyMatrix(entries, targets, controls)
    case .diagonal(let factors, let targets, let controls): applyDiagonal(factors, targets, controls)
    case .permutation(let table, let targets, let controls): applyPermutation(table, targets, controls)
    case .pauliRotation(let x, let z, let angle, let controls): applyPauliRotation(x, z, angle, controls)
    }
  }

  private func applyMatrix(_ entries: [Complex], _ targets: [Int], _ controls: Controls) {
    let places = targets.map { UInt8($0) }
    unsafe withDoubles(entries) { doubles in
      forEachGroup(targets: mask(of: targets), controls: controls.mask, weight: 1 << UInt64(max(0, places.count - 2))) {
        unsafe operations.pointee.apply_matrix(
          memory, doubles, UInt32(places.count), places, controls.condition, $0.lowerBound, $0.upperBound)
      }
    }
  }

  private func applyDiagonal(_ factors: [Complex], _ targets: [Int], _ controls: Controls) {
    let places = targets.map { UInt8($0) }
    unsafe withDoubles(factors) { doubles in
      forEachGroup(controls: controls.mask) {
        unsafe operations.pointee.apply_diagonal(
          memory, doubles, UInt32(places.count), places, controls.condition, $0.lowerBound, $0.upperBound)
      }
    }
  }

  private func applyPermutation(_ table: [Int], _ targets: [Int], _ controls: Controls) {
    if Self.isMatrix(targets, laneBits) {
      applyMatrix(Self.matrix(of: table), targets, controls)
      return
    }
    let (entries, places) = (table.map { UInt16($0) }, targets.map { UInt8($0) })
    forEachGroup(targets: mask(of: targets), controls: controls.mask) {
      unsafe operations.pointee.apply_permutation(
        memory, entries, UInt32(places.count), places, controls.condition, $0.lowerBound, $0.upperBound)
    }
  }

  /// Whether a permutation is applied as a matrix: inside a vector lanes are exchanged by the matrix kernels, not one by one; zeros and
  /// ones lose nothing.
  static func isMatrix(_ targets: [Int], _ laneBits: Int) -> Bool { targets.count <= 3 && targets.contains { $0 < laneBits } }

  /// The matrix that moves the amplitude with target bits s to target bits table[s].
  static func matrix(of table: [Int]) -> [Complex] {
    var entries = [Complex](repeating: .zero, count: table.count * table.count)
    for (column, row) in table.enumerated() { entries[row * table.count + column] = .one }
    return entries
  }

  /// The steps of a pass as the kernels take them.
  func program(of pass: TilePass) -> TileProgram { TileProgram(pass, precision: precision, laneBits: laneBits) }

  /// Applies a pass; false, and nothing is done, if the system gives no memory to bring tiles together.
  func apply(_ pass: TilePass, _ program: TileProgram) -> Bool {
    let tileBits = pass.localQubits.nonzeroBitCount
    let tileCount = 1 << (pass.activeCount - tileBits)
    // To wake another thread takes as long as a few operations on a small state.
    let isSerial = pass.program.weight < Limits.serialOperationCount >> pass.activeCount
    let threadCount = isSerial ? 1 : self.threadCount
    let partCount = min(tileCount, threadCount * Limits.partsPerThread)
    let tileByteCount = precision.amplitudeByteCount << tileBits
    let isTogether = pass.localQubits & (pass.localQubits + 1) == 0
    guard let room = unsafe scratch.memory(byteCount: isTogether ? 64 : min(partCount, threadCount) * tileByteCount) else {
      return false
    }
    unsafe program.withSteps { steps in
      guard let first = steps.baseAddress else { return }
      ThreadPool.shared.run(partCount: partCount, threadCount: threadCount) { part, place in
        unsafe ck_run_tiles(
          operations, memory, UInt32(pass.activeCount), precision.amplitudeByteCount, pass.localQubits, first, steps.count,
          isTogether ? nil : room + place * tileByteCount, UInt64(part * tileCount / partCount),
          UInt64((part + 1) * tileCount / partCount))
      }
    }
    return true
  }

  private func applyPauliRotation(_ x: UInt64, _ z: UInt64, _ angle: Double, _ controls: Controls) {
    let high = x & (~0 << UInt64(laneBits))
    let pivot: UInt64 = high == 0 ? 0 : 1 << UInt64(63 - high.leadingZeroBitCount)
    let half = Complex(phase: angle / 2)
    forEachGroup(targets: pivot, controls: controls.mask) {
      unsafe operations.pointee.apply_pauli_rotation(
        memory, x, z, half.real, half.imaginary, controls.condition, $0.lowerBound, $0.upperBound)
    }
  }

  func collapse(mask: UInt64, values: UInt64, scale: Double) {
    forEachGroup {
      unsafe operations.pointee.collapse(
        memory, ck_condition(mask: mask, values: values), scale, $0.lowerBound, $0.upperBound)
    }
  }

  private func mask(of targets: [Int]) -> UInt64 { targets.reduce(0) { $0 | 1 << UInt64($1) } }

  private func withDoubles(_ values: [Complex], _ body: (UnsafePointer<Double>) -> Void) {
    unsafe values.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      unsafe body(base.assumingMemoryBound(to: Double.self))
    }
  }
}

extension CPUState {
  /// Fused multiply-adds in registers on every thread; returns how many were done.
  func chainMultiplyAdds(rounds: Int) -> Double {
    precondition((1...Limits.multiplyAddRoundCount).contains(rounds), "rounds that a real cannot count")
    let partCount = threadCount * Limits.partsPerThread
    var counts = [Double](repeating: 0, count: partCount)
    unsafe counts.withUnsafeMutableBufferPointer { counts in
      guard let base = counts.baseAddress else { return }
      ThreadPool.shared.run(partCount: partCount, threadCount: threadCount) { part in
        unsafe base[part] = operations.pointee.chain_multiply_adds(UInt64(rounds))
      }
    }
    return counts.reduce(0, +)
  }
}

extension CPUState {
  func probability(mask: UInt64, values: UInt64) -> Double {
    var parameters = unsafe leafParameters
    unsafe parameters.condition = ck_condition(mask: mask, values: values)
    return unsafe treeSums(operations.pointee.sum, parameters, apart: 0, fixed: mask >> 10, first: values >> 10, width: 1)[0]
  }

  /// The marginal of the qubits in `kept`, its outcomes in the order of these qubits' positions.
  func marginal(kept: UInt64) -> [Double] {
    var parameters = unsafe leafParameters
    unsafe parameters.kept = kept & (UInt64(CK_SUM_BLOCK) - 1)
    return unsafe treeSums(
      operations.pointee.marginal, parameters, apart: kept >> 10, fixed: 0, first: 0, width: 1 << parameters.kept.nonzeroBitCount)
  }

  /// Expectation values of the Pauli strings of a sweep, in its order, in one slot after the other.
  func expectations(_ sweep: PauliSweep, _ slots: StateSlots) -> [Double] {
    let common = sweep.commonX
    let pivot: UInt64 = common == 0 ? 0 : 1 << UInt64(63 - common.leadingZeroBitCount)
    let groups = sweep.groups.map { ck_pauli_group(x: $0.x, first: UInt32($0.places.lowerBound), count: UInt32($0.places.count)) }
    return unsafe groups.withUnsafeBufferPointer { groups in
      unsafe sweep.z.withUnsafeBufferPointer { z in
        var parameters = unsafe leafParameters
        unsafe parameters.groups = groups.baseAddress
        unsafe parameters.group_count = UInt32(groups.count)
        unsafe parameters.z = z.baseAddress
        return unsafe treeSums(
          operations.pointee.expectation, parameters, apart: slots.mask >> 10, fixed: pivot >> 10, first: 0, width: z.count)
      }
    }
  }

  private var leafParameters: ck_leaf_parameters {
    var parameters = unsafe ck_leaf_parameters()
    unsafe parameters.row_count = rowCount
    return unsafe parameters
  }

  /// Sums leaves over all blocks whose index bits under `fixed` are those of `first`, once for each value of the bits in `apart`.
  private func treeSums(
    _ leaf: ck_leaf, _ parameters: ck_leaf_parameters, apart: UInt64, fixed: UInt64, first: UInt64, width: Int
  ) -> [Double] {
    let varying = (blockCount - 1) & ~(apart | fixed)
    let varyingCount = varying.nonzeroBitCount
    // From the lowest bit up: neighbouring blocks of a run, then the tasks, then what one task sums. How many of each there are
    // changes nothing in the result, because all are halved in the order of the tree.
    let runBits = min(Limits.runBlockBits, varyingCount, max(0, 12 - width.bitWidth + width.leadingZeroBitCount))
    let taskBits = min(6, varyingCount - runBits)
    let outcomeCount = 1 << apart.nonzeroBitCount
    let run = spread((1 << UInt64(runBits)) - 1, over: varying, skipping: 0)
    let inner = spread((1 << UInt64(varyingCount - taskBits - runBits)) - 1, over: varying, skipping: taskBits + runBits)
    let runWidth = width << runBits
    var sums = [Double](repeating: 0, count: (outcomeCount << taskBits) * runWidth)
    unsafe sums.withUnsafeMutableBufferPointer { sums in
      guard let base = sums.baseAddress else { return }
      ThreadPool.shared.forEachRange(
        of: UInt64(outcomeCount << taskBits), amplitudeCount: amplitudeCount, threadCount: threadCount
      ) { tasks in
        unsafe withUnsafeTemporaryAllocation(of: Double.self, capacity: (inner.nonzeroBitCount + 1) * runWidth) { scratch in
          guard let scratch = scratch.baseAddress else { return }
          for task in tasks {
            let block =
              first | spread(task >> UInt64(taskBits), over: apart, skipping: 0)
              | spread(task & ((1 << UInt64(taskBits)) - 1), over: varying, skipping: runBits)
            unsafe withUnsafePointer(to: parameters) {
              unsafe ck_tree_sum(leaf, memory, $0, block, inner, run, width, scratch, base + Int(task) * runWidth)
            }
          }
        }
      }
    }
    return halved(sums, outcomeCount: outcomeCount, termCount: 1 << (taskBits + runBits), width: width)
  }

  private func halved(_ sums: [Double], outcomeCount: Int, termCount: Int, width: Int) -> [Double] {
    var sums = sums
    var result: [Double] = []
    result.reserveCapacity(outcomeCount * width)
    for outcome in 0..<outcomeCount {
      let start = outcome * termCount * width
      var half = termCount / 2
      while half > 0 {
        for place in start..<(start + half * width) { sums[place] += sums[place + half * width] }
        half /= 2
      }
      result.append(contentsOf: sums[start..<(start + width)])
    }
    return result
  }

  /// The bits of `value` spread over the set bits of `mask`, the lowest `skipping` of which are passed over.
  private func spread(_ value: UInt64, over mask: UInt64, skipping: Int) -> UInt64 {
    var (value, mask, result) = (value << UInt64(skipping), mask, UInt64(0))
    while mask != 0, value != 0 {
      if value & 1 == 1 { result |= mask & (~mask + 1) }
      mask &= mask - 1
      value >>= 1
    }
    return result
  }
}

extension CPUState {
  /// The fixed-point weight of each block, and the probability of the whole in floating point.
  func blockWeights() -> (weights: [UInt64], probability: Double) {
    let partCount = min(UInt64(Limits.partsPerThread * threadCount), blockCount)
    var weights = [UInt64](repeating: 0, count: Int(blockCount))
    var totals = [Double](repeating: 0, count: Int(partCount))
    unsafe weights.withUnsafeMutableBufferPointer { weights in
      unsafe totals.withUnsafeMutableBufferPointer { totals in
        guard let weightBase = weights.baseAddress, let totalBase = totals.baseAddress else { return }
        ThreadPool.shared.forEachRange(of: partCount, amplitudeCount: amplitudeCount, threadCount: threadCount) { parts in
          for part in parts {
            let (begin, end) = (blockCount * part / partCount, blockCount * (part + 1) / partCount)
            unsafe operations.pointee.block_weights(memory, rowCount, weightBase, totalBase + Int(part), begin, end)
          }
        }
      }
    }
    return (weights, totals.reduce(0, +))
  }

  /// Replaces positions inside the weight of their run's block by basis states.
  func locate(_ groups: borrowing DrawGroups) { unsafe locate(groups.runs, groups.positions) }

  /// Replaces positions inside the weight of their run's block by basis states.
  func locate(_ draws: inout SlotDraws) {
    let runs = draws.runs
    unsafe draws.positions.withUnsafeMutableBufferPointer { positions in
      if let base = positions.baseAddress { unsafe locate(runs, base) }
    }
  }

  private func locate(_ runs: [DrawGroups.Run], _ positions: UnsafeMutablePointer<UInt64>) {
    ThreadPool.shared.forEachRange(
      of: UInt64(runs.count), amplitudeCount: UInt64(runs.count) * UInt64(CK_SUM_BLOCK), threadCount: threadCount
    ) { range in
      for run in runs[Int(range.lowerBound)..<Int(range.upperBound)] {
        unsafe operations.pointee.locate(
          memory, rowCount, run.block, positions + run.positions.lowerBound, UInt64(run.positions.count))
      }
    }
  }
}

extension Controls {
  fileprivate var condition: ck_condition { ck_condition(mask: mask, values: values) }
}
