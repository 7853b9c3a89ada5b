internal import Circuits
internal import OpenCLRuntime

extension OpenCLDensityMemory {
  package mutating func apply(_ map: TransferMap) throws(SimulatorError) {
    try workspace.change { () throws(OpenCLError) in
      if map.matrix.isDiagonal { return try applyDiagonal(map) }
      switch map.qubits.count {
      case 1: try applyOne(map)
      case 2 where hasConstantMemory: try applyTwo(map)
      default: try applyRows(map)
      }
    }
  }

  /// Through the host, whose order of sums gives the CPU's bits: gates this wide are few, and the matrix goes over the bus twice.
  package mutating func apply(_ gate: WideGate) throws(SimulatorError) {
    switch precision {
    case .single: try apply(gate, Float(0))
    case .double: try apply(gate, 0.0)
    }
  }

  private mutating func apply<Real: BitwiseCopyable>(_ gate: WideGate, _ zero: Real) throws(SimulatorError) {
    guard HostMemory.mayHold(byteCount: UInt128(state.byteCount)) else {
      throw SimulatorError(
        .outOfMemory,
        "a gate on \(gate.qubits.count) qubits of a density matrix takes it through the host: \(state.byteCount) bytes; this host has \(HostMemory.availableByteCount)"
      )
    }
    let threadCount = try ThreadPool.preferredThreadCount.get()
    let pass = try WidePass(gate, qubitCount: qubitCount, threadCount: threadCount)
    var reals = try workspace.value { () throws(OpenCLError) in
      try workspace.queue.read(state, at: 0, count: 1 << (2 * qubitCount), as: Real.self, zero: zero)
    }
    unsafe reals.withUnsafeMutableBytes { bytes in
      if let start = bytes.baseAddress { unsafe pass.run(on: start, precision, threadCount: threadCount) }
    }
    try workspace.change { () throws(OpenCLError) in try workspace.queue.write(state, at: 0, reals) }
  }

  /// Devices of the embedded profile may have too little for a workspace's program.
  private var hasConstantMemory: Bool {
    workspace.backend.device.constantMemoryByteCount >= Limits.openCLTileProgramByteCount
  }

  /// Groups of reals that differ in the digits of a map's qubits.
  private func groupCount(_ map: TransferMap) -> Int { 1 << (2 * (qubitCount - map.qubits.count)) }

  private func applyDiagonal(_ map: TransferMap) throws(OpenCLError) {
    let firstFactor = try push(reals: (0..<map.matrix.dimension).map { map.matrix[$0, $0] })
    var shifts = SIMD4<UInt64>(repeating: UInt64(2 * Limits.densityQubitCount))
    for (place, qubit) in map.qubits.enumerated() { shifts[place] = UInt64(2 * qubit) }
    try workspace.launch("apply_transfer_diagonal", count: 1 << (2 * qubitCount)) { arguments throws(OpenCLError) in
      try arguments.add(state)
      try arguments.add(shifts)
      try workspace.addTable(&arguments)
      try arguments.add(firstFactor)
    }
  }

  private func applyOne(_ map: TransferMap) throws(OpenCLError) {
    try workspace.launch("apply_transfer_1q", count: groupCount(map)) { arguments throws(OpenCLError) in
      try arguments.add(state)
      try arguments.add(map.digitMask.onesBelow)
      try arguments.add(map.digit(0))
      try arguments.add(reals: map.matrix.entries)
    }
  }

  private func applyTwo(_ map: TransferMap) throws(OpenCLError) {
    let rows = 0..<map.matrix.dimension
    let changes = rows.filter { change in rows.contains { map.matrix[$0, $0 ^ change] != 0 } }
    try setProgram(reals: changes.flatMap { change in rows.map { map.matrix[$0, $0 ^ change] } })
    try workspace.launch("apply_transfer_2q", count: groupCount(map)) { arguments throws(OpenCLError) in
      try arguments.add(state)
      try arguments.add(map.digitMask.onesBelow)
      try arguments.add(map.digit(0))
      try arguments.add(map.digit(1))
      try arguments.add(changes.reduce(UInt32(0)) { $0 | 1 << UInt32($1) })
      try workspace.addProgram(&arguments)
    }
  }

  private func applyRows(_ map: TransferMap) throws(OpenCLError) {
    let rows = TransferRows(map)
    let firstOffset = try workspace.push(rows.offsets)
    let firstStart = try workspace.push(rows.starts)
    let firstColumn = try workspace.push(rows.columns)
    let firstCoefficient = try push(reals: rows.coefficients)
    let (name, count) = ("apply_transfer_kq", groupCount(map))
    let size = try workspace.groupSize(of: name, upTo: min(count, Limits.openCLTransferGroupSize))
    try workspace.launch(name, count: count, groupSize: size) { arguments throws(OpenCLError) in
      try arguments.add(state)
      try arguments.add(map.digitMask)
      try arguments.add(UInt32(rows.offsets.count))
      try arguments.add(localByteCount: rows.offsets.count * size * precision.realByteCount)
      try workspace.addTable(&arguments)
      try arguments.add(firstOffset)
      try workspace.addTable(&arguments)
      try arguments.add(firstStart)
      try workspace.addTable(&arguments)
      try arguments.add(firstColumn)
      try workspace.addTable(&arguments)
      try arguments.add(firstCoefficient)
    }
  }

  /// Pushes reals in the state's precision; returns the index of the first one.
  private func push(reals: [Double]) throws(OpenCLError) -> UInt64 {
    switch precision {
    case .single: try workspace.push(reals.map(Float.init))
    case .double: try workspace.push(reals)
    }
  }

  private func setProgram(reals: [Double]) throws(OpenCLError) {
    switch precision {
    case .single: try workspace.setProgram(reals.map(Float.init))
    case .double: try workspace.setProgram(reals)
    }
  }
}

/// A map as rows of terms, in the order in which every device adds them.
private struct TransferRows {
  /// Where the reals of a group lie, relative to its first.
  private(set) var offsets: [UInt64] = []
  /// The first term of each row, and the end of the last.
  private(set) var starts: [UInt32] = [0]
  private(set) var columns: [UInt32] = []
  private(set) var coefficients: [Double] = []

  init(_ map: TransferMap) {
    let bits = map.qubits.flatMap { [2 * $0, 2 * $0 + 1] }
    for row in 0..<map.matrix.dimension {
      offsets.append(scatterBits(row, at: bits))
      for change in 0..<map.matrix.dimension where map.matrix[row, row ^ change] != 0 {
        columns.append(UInt32(row ^ change))
        coefficients.append(map.matrix[row, row ^ change])
      }
      starts.append(UInt32(columns.count))
    }
  }
}

extension TransferMap {
  /// The two bits of each qubit's digit.
  fileprivate var digitMask: UInt64 { stringNumber(x: bitMask(of: qubits), z: bitMask(of: qubits)) }

  /// 1 in the digit of a qubit.
  fileprivate func digit(_ place: Int) -> UInt64 { 1 << UInt64(2 * qubits[place]) }
}

extension PauliTransferMatrix {
  /// Whether each string is multiplied by a number: Pauli channels, depolarizing, dephasing.
  fileprivate var isDiagonal: Bool {
    (0..<dimension).allSatisfy { row in (0..<dimension).allSatisfy { $0 == row || self[row, $0] == 0 } }
  }
}
