internal import CKernels
internal import Circuits

/// The 4ⁿ reals of a density matrix in this process's memory, and what the kernels do with them: see `ck_transfer.h`.
@safe package struct DensityMemory: ~Copyable, DensityStorage {
  package let qubitCount: Int
  package let precision: Precision
  package var deviceName: String { "cpu" }
  private let memory: UnsafeMutableRawPointer
  private let byteCount: Int
  private let operations: UnsafePointer<ck_operations>
  private let threadCount: Int

  /// Allocates a matrix and sets it to |0…0⟩⟨0…0|.
  ///
  /// - Parameters:
  ///   - qubitCount: 1 to ``Limits/densityQubitCount``, as far as the memory goes.
  ///   - kernels: The set of kernels; by default the one that `KETWORK_CPU_KERNELS` names, or the best one.
  ///   - threadCount: By default `KETWORK_THREADS`, or the number of cores. Results do not depend on it.
  /// - Throws: ``SimulatorError`` with code `out_of_memory` naming the bytes needed and there, or `invalid_argument`.
  package init(
    qubitCount: Int, precision: Precision, kernels: CPUKernels? = nil, threadCount: Int? = nil
  ) throws(SimulatorError) {
    try Self.check(qubitCount: qubitCount)
    let chosen = if let kernels { kernels } else { try CPUKernels.preferred.get() }
    let threads = if let threadCount { threadCount } else { try ThreadPool.preferredThreadCount.get() }
    let needed = Self.byteCount(qubitCount: qubitCount, precision: precision)
    guard HostMemory.mayHold(byteCount: UInt128(needed)), let memory = unsafe ck_allocate(needed) else {
      throw SimulatorError(
        .outOfMemory,
        "a density matrix of \(qubitCount) qubits in \(precision.rawValue) precision needs \(needed) bytes; this host has \(HostMemory.availableByteCount)"
      )
    }
    unsafe self.memory = unsafe memory
    unsafe operations = chosen.operations(precision)
    (self.qubitCount, self.precision, byteCount, self.threadCount) = (qubitCount, precision, needed, threads)
    reset(to: 0)
  }

  deinit { unsafe ck_release(memory, byteCount) }

  /// Bytes of a matrix; one vector at least.
  private static func byteCount(qubitCount: Int, precision: Precision) -> Int {
    max(precision.realByteCount << (2 * qubitCount), 64)
  }

  private var laneBits: Int { unsafe Int(operations.pointee.lane_bits) }

  package func reset(to basisState: UInt64) {
    unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    for z in 0..<UInt64(1) << UInt64(qubitCount) {
      self[Int(stringNumber(x: 0, z: z))] = (z & basisState).nonzeroBitCount & 1 == 0 ? 1 : -1
    }
  }

  package func copy(from other: borrowing DensityMemory) { unsafe memory.copyMemory(from: other.memory, byteCount: byteCount) }

  package func values(_ numbers: [UInt64]) -> [Double] { numbers.map { self[Int($0)] } }

  /// The real of a string's number.
  private subscript(number: Int) -> Double {
    get {
      precision == .single
        ? Double(unsafe memory.load(fromByteOffset: 4 * number, as: Float.self))
        : unsafe memory.load(fromByteOffset: 8 * number, as: Double.self)
    }
    nonmutating set {
      if precision == .single {
        unsafe memory.storeBytes(of: Float(newValue), toByteOffset: 4 * number, as: Float.self)
      } else {
        unsafe memory.storeBytes(of: newValue, toByteOffset: 8 * number, as: Double.self)
      }
    }
  }

  package func apply(_ map: TransferMap) {
    let table = TransferTable(map, laneBits: laneBits)
    let groupCount = UInt64(1) << UInt64(max(2 * qubitCount - table.fixed.nonzeroBitCount, 0))
    let work = UInt64(1) << UInt64(2 * qubitCount - 1)
    unsafe table.withTransfer(precision) { transfer in
      ThreadPool.shared.forEachRange(of: groupCount, amplitudeCount: work, threadCount: threadCount) {
        unsafe operations.pointee.apply_transfer(memory, transfer, $0.lowerBound, $0.upperBound)
      }
    }
  }

  package func apply(_ gate: WideGate) throws(SimulatorError) {
    let pass = try WidePass(gate, qubitCount: qubitCount, threadCount: threadCount)
    unsafe pass.run(on: memory, precision, threadCount: threadCount)
  }
}

/// A map as the kernel takes it: rows of coefficients for vectors of 2ˡ reals.
private struct TransferTable {
  private var offsets: [UInt64] = []
  private var starts: [UInt32] = [0]
  private var terms: [ck_transfer_term] = []
  private var coefficients: [Double] = []
  private(set) var fixed: UInt64

  init(_ map: TransferMap, laneBits: Int) {
    let bits = map.qubits.flatMap { [2 * $0, 2 * $0 + 1] }
    let (inside, outside) = (bits.indices.filter { bits[$0] < laneBits }, bits.indices.filter { bits[$0] >= laneBits })
    let laneCount = 1 << laneBits
    fixed = UInt64(laneCount - 1) | outside.reduce(0) { $0 | 1 << UInt64(bits[$1]) }
    /// The row of a lane of a vector.
    func row(_ vector: Int, _ lane: Int) -> Int {
      outside.enumerated().reduce(0) { $0 | (vector >> $1.offset & 1) << $1.element }
        | inside.reduce(0) { $0 | (lane >> bits[$1] & 1) << $1 }
    }
    for vector in 0..<1 << outside.count {
      offsets.append(outside.enumerated().reduce(0) { $0 | UInt64(vector >> $1.offset & 1) << UInt64(bits[$1.element]) })
      for change in 0..<map.matrix.dimension {
        let values = (0..<laneCount).map { map.matrix[row(vector, $0), row(vector, $0) ^ change] }
        guard values.contains(where: { $0 != 0 }) else { continue }
        let source = outside.enumerated().reduce(0) { $0 | (change >> $1.element & 1) << $1.offset } ^ vector
        let flip = inside.reduce(0) { $0 | (change >> $1 & 1) << bits[$1] }
        terms.append(ck_transfer_term(source: UInt32(source), flip: UInt32(flip)))
        coefficients += values
      }
      starts.append(UInt32(terms.count))
    }
  }

  /// Calls a body with the map, its coefficients rounded to a precision.
  func withTransfer(_ precision: Precision, _ body: (UnsafePointer<ck_transfer>) -> Void) {
    let byteCount = max(coefficients.count, 1) * precision.realByteCount
    unsafe withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: 64) { room in
      guard let start = room.baseAddress else { return }
      for (place, value) in coefficients.enumerated() {
        if precision == .single {
          unsafe start.storeBytes(of: Float(value), toByteOffset: 4 * place, as: Float.self)
        } else {
          unsafe start.storeBytes(of: value, toByteOffset: 8 * place, as: Double.self)
        }
      }
      unsafe offsets.withUnsafeBufferPointer { offsets in
        unsafe starts.withUnsafeBufferPointer { starts in
          unsafe terms.withUnsafeBufferPointer { terms in
            guard let offsets = offsets.baseAddress, let starts = starts.baseAddress, let terms = terms.baseAddress else { return }
            var transfer = unsafe ck_transfer(
              vector_count: UInt32(self.offsets.count), offsets: offsets, starts: starts, terms: terms, coefficients: start,
              fixed: fixed)
            unsafe body(&transfer)
          }
        }
      }
    }
  }
}
