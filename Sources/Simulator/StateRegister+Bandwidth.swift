extension StateRegister where Self: ~Copyable {
  /// The bytes in a second that this device reads and writes when it multiplies every amplitude in place: what the memory gives to a
  /// pass over a state, and so the yardstick for one.
  ///
  /// Each sample is one ``collapse(mask:values:scale:)`` by the factor 1 and no mask, which leaves the state as it is.
  ///
  /// - Parameter sampleCount: Samples, of which the median counts; one more comes before and is not counted.
  package mutating func measureBandwidth(sampleCount: Int = 7) throws(SimulatorError) -> Double {
    precondition(sampleCount > 0, "a measurement without samples")
    let clock = ContinuousClock()
    var samples = [Double]()
    for _ in 0...sampleCount {
      let start = clock.now
      try collapse(mask: 0, values: 0, scale: 1)
      try synchronize()
      samples.append((clock.now - start) / .seconds(1))
    }
    let sorted = samples.dropFirst().sorted()
    return Double(2 * precision.amplitudeByteCount << qubitCount) / sorted[(sampleCount - 1) / 2]
  }
}
