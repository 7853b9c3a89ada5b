/// The random numbers of one row of one circuit of a job: any of them can be computed alone, in any order, on any device.
///
/// The key is the job's seed (low word first). The counter's words are, from the first: site, shot, row, circuit. A draw is the first
/// two words of the block, the first one low; the other two are not used, so that a draw has one counter and a counter one draw.
///
///     let stream = RandomStream(seed: 7, circuit: 0, row: 3)
///     let first = stream.draw(shot: 0, site: 0)
package struct RandomStream: Hashable, Sendable {
  /// The job's seed.
  package let seed: UInt64
  /// The circuit's index in the job.
  package let circuit: UInt32
  /// The parameter row's index in the circuit.
  package let row: UInt32

  package init(seed: UInt64, circuit: UInt32, row: UInt32) {
    self.seed = seed
    self.circuit = circuit
    self.row = row
  }

  /// A uniform 64-bit number for one place of one shot or trajectory.
  ///
  /// - Parameters:
  ///   - shot: The shot or trajectory.
  ///   - site: Where in the circuit, or what for: two uses in one shot never share a site.
  package func draw(shot: UInt32, site: UInt32) -> UInt64 {
    let key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    let block = Philox.block(counter: SIMD4(site, shot, row, circuit), key: key)
    return UInt64(block[1]) << 32 | UInt64(block[0])
  }

  /// One draw for each shot at one site.
  package func draws(shots: Range<UInt32>, site: UInt32) -> [UInt64] {
    CPUKernels.preferredOrBest.draws(self, shots: shots, site: site, threadCount: Self.threadCount)
  }

  /// One draw for each of some shots at one site, several at once; the same numbers as ``draw(shot:site:)`` gives.
  package func draws(shots: [UInt32], site: UInt32) -> [UInt64] {
    CPUKernels.preferredOrBest.draws(self, shots: shots, site: site, threadCount: Self.threadCount)
  }

  // A register refuses an environment that is not understood; the numbers are the same on any number of threads.
  private static var threadCount: Int { (try? ThreadPool.preferredThreadCount.get()) ?? 1 }

  /// Draws below it come with a probability.
  package static func bound(_ probability: Double) -> UInt64 { probability >= 1 ? .max : UInt64(probability * 0x1p64) }

  /// For probabilities of outcomes, one after the other, the bounds below which a draw that is not below an earlier one chooses each.
  package static func bounds(_ probabilities: some Sequence<Double>) -> [UInt64] {
    var sum = 0.0
    return probabilities.map { probability in
      sum += probability
      return bound(sum)
    }
  }

  /// A draw as a number in [0, 1): its highest 53 bits.
  package static func unitInterval(_ draw: UInt64) -> Double {
    Double(draw >> 11) * 0x1p-53
  }
}
