internal import OpenCLRuntime

extension OpenCLRegister {
  /// Applies the operations of a pass in as few sweeps as the device's local memory allows, which may be more than one: tiles are planned
  /// for the caches of processors. The order of the operations stays, and with it every bit of the result.
  package mutating func apply(_ pass: TilePass) throws(SimulatorError) {
    try pass.validate(qubitCount: qubitCount)
    try workspace.change { () throws(OpenCLError) in
      for run in tiling.runs(pass.operations.map { $0.simplified() }) {
        if tiling.isWorthASweep(run) {
          try sweep(run)
        } else {
          for operation in run.operations { try enqueue(operation) }
        }
      }
    }
  }

  /// Each sweep over tiles visits the whole state, and each operation outside of them what it changes.
  package func traffic(of pass: Pass) -> PassTraffic {
    guard case .tile(let tile) = pass else { return PassTraffic(of: pass, qubitCount: qubitCount, precision: precision) }
    let bytesMoved = tiling.runs(tile.operations.map { $0.simplified() }).reduce(0) { bytes, run in
      if tiling.isWorthASweep(run) { return bytes + 2 * precision.amplitudeByteCount * amplitudeCount }
      return run.operations.reduce(bytes) { $0 + $1.bytesMoved(qubitCount: qubitCount, precision: precision) }
    }
    return PassTraffic(bytesMoved: bytesMoved, visitedQubitCount: qubitCount)
  }

  /// Queues one sweep, or several where the numbers of the operations fill a program.
  private func sweep(_ run: OpenCLTiling.Run) throws(OpenCLError) {
    let empty = OpenCLTileProgram(localQubits: run.localQubits, precision: precision)
    var program = empty
    for operation in run.operations {
      program.append(operation)
      if program.isFull {
        try launch(&program, run.localQubits)
        program = empty
      }
    }
    if !program.isEmpty { try launch(&program, run.localQubits) }
  }

  private func launch(_ program: inout OpenCLTileProgram, _ localQubits: UInt64) throws(OpenCLError) {
    let tileBits = localQubits.nonzeroBitCount
    let itemCount = try workspace.groupSize(
      of: "run_tiles", upTo: min(Limits.openCLTileGroupSize, 1 << (tileBits - OpenCLTileBlock.qubitCount)))
    let itemQubits = scatterBits(UInt64(itemCount - 1), localQubits)
    let encoded = program.finish()
    try workspace.setProgram(encoded.words)
    let firstWord = encoded.tables.isEmpty ? 0 : try workspace.push(encoded.tables)
    try workspace.launch("run_tiles", count: itemCount << (qubitCount - tileBits), groupSize: itemCount) {
      arguments throws(OpenCLError) in
      try arguments.add(state)
      try arguments.add(localByteCount: precision.amplitudeByteCount << tileBits)
      try arguments.add(itemQubits)
      try arguments.add(localQubits & ~itemQubits)
      try workspace.addProgram(&arguments)
      try arguments.add(UInt32(encoded.stepCount))
      try workspace.addTable(&arguments)
      try arguments.add(firstWord)
    }
  }
}
