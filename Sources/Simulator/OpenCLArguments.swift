internal import Circuits
internal import OpenCLRuntime

/// The arguments of one launch, given in the order in which the kernel declares them.
struct OpenCLArguments {
  private let kernel: OpenCLKernel
  private let precision: Precision
  private var next = 0

  init(_ kernel: OpenCLKernel, _ precision: Precision) {
    self.kernel = kernel
    self.precision = precision
  }

  /// A scalar or a SIMD vector.
  mutating func add(_ value: some BitwiseCopyable) throws(OpenCLError) {
    try kernel.kernel.set(take(), value)
  }

  /// A buffer, which must outlive the launch.
  mutating func add(_ buffer: borrowing Buffer) throws(OpenCLError) {
    try kernel.kernel.set(take(), buffer)
  }

  /// The buffers of a state and, if they are several, the qubits below those that choose between them.
  mutating func add(_ state: borrowing OpenCLStateBuffers) throws(OpenCLError) {
    let first = next
    next += state.split.bufferCount
    var index = first
    try state.forEachBuffer { buffer throws(OpenCLError) in
      try kernel.kernel.set(index, buffer)
      index += 1
    }
    if state.split.splitQubitCount > 0 { try add(UInt32(state.split.bufferQubitCount)) }
  }

  /// Complex numbers as a vector of reals in the state's precision.
  mutating func add(reals numbers: some Sequence<Complex>) throws(OpenCLError) {
    switch precision {
    case .single: try kernel.kernel.set(take(), vector: numbers.flatMap { [Float($0.real), Float($0.imaginary)] })
    case .double: try kernel.kernel.set(take(), vector: numbers.flatMap { [$0.real, $0.imaginary] })
    }
  }

  /// Reals as a vector in the state's precision.
  mutating func add(reals numbers: some Sequence<Double>) throws(OpenCLError) {
    switch precision {
    case .single: try kernel.kernel.set(take(), vector: numbers.map(Float.init))
    case .double: try kernel.kernel.set(take(), vector: Array(numbers))
    }
  }

  /// A real in the state's precision.
  mutating func add(real number: Double) throws(OpenCLError) {
    switch precision {
    case .single: try add(Float(number))
    case .double: try add(number)
    }
  }

  /// Local memory of so many bytes.
  mutating func add(localByteCount: Int) throws(OpenCLError) {
    try kernel.kernel.setLocal(take(), byteCount: localByteCount)
  }

  private mutating func take() -> Int {
    next += 1
    return next - 1
  }
}

/// A kernel in a box, since a dictionary's values are copyable.
final class OpenCLKernel {
  let kernel: Kernel
  init(_ kernel: consuming Kernel) { self.kernel = kernel }
}
