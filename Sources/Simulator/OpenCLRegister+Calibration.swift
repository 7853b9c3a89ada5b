internal import OpenCLRuntime

extension OpenCLRegister: CalibratedRegister {
  package var takesTiles: Bool { tiling.tileQubitCount >= OpenCLTiling.leastQubitCount }

  package func chainMultiplyAdds(rounds: Int) throws(SimulatorError) -> Double {
    precondition((1...Limits.multiplyAddRoundCount).contains(rounds), "rounds that a real cannot count")
    let itemCount = workspace.backend.device.computeUnitCount * Limits.openCLPeakItemCount
    let counts = try workspace.value { () throws(OpenCLError) in
      let counts = try Buffer(context: workspace.backend.context, byteCount: itemCount * MemoryLayout<Double>.stride)
      try workspace.launch("chain_multiply_adds", count: itemCount) { kernel throws(OpenCLError) in
        try kernel.set(0, counts)
        try kernel.set(1, UInt64(rounds))
        try workspace.setReal(kernel, 2, 1)
      }
      return try workspace.queue.read(counts, at: 0, count: itemCount, as: Double.self, zero: 0)
    }
    return counts.reduce(0, +)
  }
}
