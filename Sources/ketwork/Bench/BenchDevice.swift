internal import Simulator

/// A device that benchmarks can run on.
struct BenchDevice {
  /// What a device is, without a hold on it.
  struct Facts {
    /// `cpu`, `opencl:0.0`.
    var label: String
    /// The processor and, for a CPU, the instruction set and threads.
    var name: String
    /// Bytes that a state may take.
    var memoryByteCount: Int
    /// The most qubits in a precision; 0 if the precision is not there.
    var largestQubitCounts: [Precision: Int]
    /// Bytes in a second, read and written in place, over an array that no cache holds.
    var bytesPerSecond = 0.0

    func largestQubitCount(_ precision: Precision) -> Int { largestQubitCounts[precision] ?? 0 }

    /// Why a state of so many qubits does not run here.
    func refusal(_ qubitCount: Int, _ precision: Precision) -> String {
      guard largestQubitCount(precision) > 0 else { return "\(label) does not compute in \(precision.rawValue) precision" }
      let needed = Double(sign: .plus, exponent: qubitCount, significand: Double(precision.amplitudeByteCount))
      return "a state of \(qubitCount) qubits takes \(Format.bytes(needed)) in \(precision.rawValue) precision; "
        + "\(label) has \(Format.bytes(Double(memoryByteCount)))"
    }
  }

  let facts: Facts
}
