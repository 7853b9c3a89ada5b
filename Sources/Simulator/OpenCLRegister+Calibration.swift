internal import OpenCLRuntime

extension OpenCLRegister: CalibratedRegister {
  package var takesTiles: Bool { tiling.tileQubitCount >= OpenCLTiling.leastQubitCount }

  package func chainMultiplyAdds(rounds: Int) throws(SimulatorError) -> Double {
    precondition((1...Limits.multiplyAddRoundCount).contains(rounds), "rounds that a real cannot count")
    let itemCount = workspace.backend.device.computeUnitCount * Limits.openCLPeakItemCount
    let counts = try workspace.value { () throws(OpenCLError) in
      let counts = try Buffer(context: workspace.backend.context, byteCount: itemCount * MemoryLayout<Double>.stride)
      try workspace.launch("chain_multiply_adds", count: itemCount) { arguments throws(OpenCLError) in
        try arguments.add(counts)
        try arguments.add(UInt64(rounds))
        try arguments.add(real: 1)
      }
      return try workspace.queue.read(counts, at: 0, count: itemCount, as: Double.self, zero: 0)
    }
    return counts.reduce(0, +)
  }
}
