internal import OpenCLRuntime

extension OpenCLRegister {
  /// Qubits inside one block of ``ReductionTree``.
  static var blockBits: Int { ReductionTree.blockSize.trailingZeroBitCount }
  /// The bits of a block's index.
  private var blockMask: UInt64 { qubitCount > Self.blockBits ? 1 << UInt64(qubitCount - Self.blockBits) - 1 : 0 }

  package func normSquared() throws(SimulatorError) -> Double {
    try probability(mask: 0, values: 0)
  }

  package func probability(mask: UInt64, values: UInt64) throws(SimulatorError) -> Double {
    try SimulatorError.check(mask: mask, values: values, qubitCount: qubitCount)
    let fixed = mask >> UInt64(Self.blockBits)
    return try workspace.value { () throws(OpenCLError) in
      try treeSum(varying: blockMask & ~fixed, width: 1) { varying, first, leafCount, sums throws(OpenCLError) in
        try workspace.launch(
          "sum_squares", count: leafCount * ReductionTree.laneCount, groupSize: ReductionTree.laneCount
        ) { arguments throws(OpenCLError) in
          try addLeaves(&arguments, varying, first | values >> UInt64(Self.blockBits))
          try arguments.add(mask)
          try arguments.add(values)
          try arguments.add(sums)
        }
      }[0]
    }
  }

  package func probabilities(of qubits: [Int]) throws(SimulatorError) -> [Double] {
    try SimulatorError.check(qubits: qubits, qubitCount: qubitCount)
    let mask = bitMask(of: qubits)
    let ascending = try workspace.value { () throws(OpenCLError) in try marginal(of: mask) }
    let sorted = qubits.sorted()
    if qubits == sorted { return ascending }
    let places = qubits.map { sorted.firstIndex(of: $0) ?? 0 }
    return (0..<ascending.count).map { ascending[Int(scatterBits($0, at: places))] }
  }

  /// The marginal distribution of the qubits of `mask`, by ascending qubit.
  ///
  /// High qubits choose blocks, low ones split a block's sum. Outcomes of the high qubits are taken in portions that fit the sums' buffer.
  private func marginal(of mask: UInt64) throws(OpenCLError) -> [Double] {
    let low = mask & UInt64(ReductionTree.blockSize - 1)
    let kept = mask >> UInt64(Self.blockBits)
    let width = 1 << low.nonzeroBitCount
    let portionBits = min(kept.nonzeroBitCount, max(0, Limits.sumCount.trailingZeroBitCount - low.nonzeroBitCount))
    let portion = 1 << portionBits
    let keptLow = scatterBits(UInt64(portion - 1), kept)
    var outcomes: [Double] = []
    outcomes.reserveCapacity(width << kept.nonzeroBitCount)
    for high in 0..<UInt64(1) << UInt64(kept.nonzeroBitCount - portionBits) {
      let base = scatterBits(high, kept & ~keptLow)
      outcomes += try treeSum(varying: blockMask & ~kept, width: width * portion) {
        varying, first, leafCount, sums throws(OpenCLError) in
        try workspace.launch(
          "sum_outcomes", count: leafCount * portion * ReductionTree.laneCount, groupSize: ReductionTree.laneCount
        ) { arguments throws(OpenCLError) in
          try arguments.add(state)
          try arguments.add(UInt64(amplitudeCount))
          try arguments.add(UInt64(portion))
          try arguments.add(varying)
          try arguments.add(keptLow)
          try arguments.add(first | base)
          try arguments.add(low)
          try arguments.add(sums)
        }
      }
    }
    return outcomes
  }

  package func expectations(_ paulis: [PauliMask]) throws(SimulatorError) -> [Double] {
    try sums(paulis, StateSlots(whole: qubitCount))[0]
  }

  package func expectations(_ paulis: [PauliMask], slotCount: Int) throws(SimulatorError) -> [[Double]] {
    try sums(paulis, StateSlots(of: qubitCount, slotCount: slotCount))
  }

  /// The values of Pauli strings in each slot.
  private func sums(_ paulis: [PauliMask], _ slots: StateSlots) throws(SimulatorError) -> [[Double]] {
    for pauli in paulis { try SimulatorError.check(mask: pauli.x | pauli.z, qubitCount: slots.qubitCount) }
    var results = [[Double]](repeating: Array(repeating: 0, count: paulis.count), count: slots.count)
    for (x, indices) in Dictionary(grouping: paulis.indices, by: { paulis[$0].x }) {
      for start in stride(from: 0, to: indices.count, by: Self.paulisPerSweep) {
        let chunk = indices[start..<min(start + Self.paulisPerSweep, indices.count)]
        let sums = try workspace.value { () throws(OpenCLError) in try sumPaulis(x: x, z: chunk.map { paulis[$0].z }, slots) }
        for slot in 0..<slots.count {
          for (place, index) in chunk.enumerated() {
            let sum = sums[slot * chunk.count + place]
            results[slot][index] = x == 0 ? sum : 2 * sum
          }
        }
      }
    }
    return results
  }

  /// Phase masks of one launch of `sum_paulis`.
  private static let paulisPerSweep = 8

  private func sumPaulis(x: UInt64, z: [UInt64], _ slots: StateSlots) throws(OpenCLError) -> [Double] {
    let kept = slots.mask >> UInt64(Self.blockBits)
    let excluded = x == 0 ? 0 : UInt64(1) << UInt64(63 - x.leadingZeroBitCount)
    var phases = SIMD8<UInt64>(repeating: 0)
    for (place, mask) in z.enumerated() { phases[place] = mask }
    return try treeSum(
      varying: blockMask & ~kept & ~(excluded >> UInt64(Self.blockBits)), width: z.count * slots.count
    ) { varying, first, leafCount, sums throws(OpenCLError) in
      try workspace.launch(
        "sum_paulis", count: leafCount * slots.count * ReductionTree.laneCount, groupSize: ReductionTree.laneCount
      ) { arguments throws(OpenCLError) in
        try arguments.add(state)
        try arguments.add(UInt64(amplitudeCount))
        try arguments.add(UInt64(slots.count))
        try arguments.add(varying)
        try arguments.add(kept)
        try arguments.add(first)
        try arguments.add(x)
        try arguments.add(excluded)
        try arguments.add(phases)
        try arguments.add(UInt32(z.count))
        try arguments.add(sums)
      }
    }
  }

  private func addLeaves(_ arguments: inout OpenCLArguments, _ varying: UInt64, _ first: UInt64) throws(OpenCLError) {
    try arguments.add(state)
    try arguments.add(UInt64(amplitudeCount))
    try arguments.add(varying)
    try arguments.add(first)
  }

  /// Sums leaves over the bits of `varying` by halving, the highest bit first.
  ///
  /// The leaves of as many high bits as fit the sums' buffer are made and halved in one go on the device, once for each value of the low
  /// bits; the last few halvings, and those over the low bits, are done here.
  ///
  /// - Parameters:
  ///   - varying: Bits of a block's index.
  ///   - width: Sums that each value of `varying` has.
  ///   - leaves: Queues `leafCount` leaves for the values of the bits that it is given, the others being in `first`.
  private func treeSum(
    varying: UInt64, width: Int, leaves: (UInt64, UInt64, Int, borrowing Buffer) throws(OpenCLError) -> Void
  ) throws(OpenCLError) -> [Double] {
    let bits = varying.nonzeroBitCount
    var highBits = 0
    while highBits < bits, width << (highBits + 1) <= Limits.sumCount { highBits += 1 }
    let low = scatterBits(UInt64(1) << UInt64(bits - highBits) - 1, varying)
    let sums = try Buffer(context: workspace.backend.context, byteCount: (width << highBits) * MemoryLayout<Double>.stride)
    // Values in the order of their reversed bits, so that the two parts of each sum are made one after the other.
    var pending: [[Double]] = []
    let lowBits = UInt64(bits - highBits)
    for step in 0..<UInt64(1) << lowBits {
      let value = lowBits == 0 ? 0 : step.bitReversed >> (64 - lowBits)
      try leaves(varying & ~low, scatterBits(value, low), 1 << highBits, sums)
      var count = width << highBits
      while count > width, count > Limits.hostSumCount {
        count /= 2
        try workspace.launch("halve_sums", count: count) { arguments throws(OpenCLError) in
          try arguments.add(sums)
          try arguments.add(UInt64(count))
        }
      }
      var piece = Self.halve(try workspace.queue.read(sums, at: 0, count: count, as: Double.self, zero: 0), to: width)
      for _ in 0..<(~step).trailingZeroBitCount { piece = zip(pending.removeLast(), piece).map { $0 + $1 } }
      pending.append(piece)
    }
    return pending[0]
  }

  /// Adds the upper half to the lower one until `count` sums are left.
  private static func halve(_ sums: [Double], to count: Int) -> [Double] {
    var sums = sums
    while sums.count > count {
      let half = sums.count / 2
      for i in 0..<half { sums[i] += sums[i + half] }
      sums.removeLast(half)
    }
    return sums
  }
}

extension UInt64 {
  /// The bits in reverse order.
  fileprivate var bitReversed: UInt64 {
    var (value, result) = (self, UInt64(0))
    for _ in 0..<UInt64.bitWidth {
      result = result << 1 | value & 1
      value >>= 1
    }
    return result
  }
}
