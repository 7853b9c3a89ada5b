internal import Circuits

/// A pass of a gate over all reals of a density matrix in this process's memory.
///
/// For each Pauli string Q of the other qubits, the 4ᵏ reals of the strings P⊗Q are an operator on the gate's qubits, A = 2⁻ᵏ Σ rP. Its entries
/// ⟨i|A|j⟩ are found qubit by qubit, as (I + Z)/2, (X + iY)/2, (X − iY)/2 and (I − Z)/2 are those of one; then A becomes UAU†, and reals again.
/// All is computed in double precision in one order, so that the bits depend neither on the threads nor on where the matrix comes from.
struct WidePass {
  private let gate: WideGate
  private let qubitCount: Int
  /// Where the reals of a group lie, relative to its first.
  private let offsets: [Int]
  /// The two bits of each of the other qubits' digits.
  private let otherBits: UInt64
  private let groupCount: Int

  /// Prepares a pass over a matrix of so many qubits.
  ///
  /// - Throws: ``SimulatorError`` with code `out_of_memory` if there is no room for as many operators as there are threads.
  init(_ gate: WideGate, qubitCount: Int, threadCount: Int) throws(SimulatorError) {
    let reals = UInt128(1) << UInt128(2 * gate.qubits.count)
    groupCount = 1 << (2 * (qubitCount - gate.qubits.count))
    let needed = reals * UInt128(16 * min(threadCount, groupCount) + 8)
    guard HostMemory.mayHold(byteCount: needed) else {
      throw SimulatorError(
        .outOfMemory,
        "a gate on \(gate.qubits.count) qubits of a density matrix needs \(needed) bytes beside it; this host has \(HostMemory.availableByteCount)"
      )
    }
    (self.gate, self.qubitCount) = (gate, qubitCount)
    let own = bitMask(of: gate.qubits)
    let ownBits = stringNumber(x: own, z: own)
    offsets = (0..<Int(reals)).map { Int(scatterBits(UInt64($0), ownBits)) }
    otherBits = (UInt64(1) << UInt64(2 * qubitCount) - 1) & ~ownBits
  }

  /// Changes the 4ⁿ reals of a precision at an address.
  func run(on memory: UnsafeMutableRawPointer, _ precision: Precision, threadCount: Int) {
    switch precision {
    case .single: unsafe run(on: memory.assumingMemoryBound(to: Float.self), threadCount)
    case .double: unsafe run(on: memory.assumingMemoryBound(to: Double.self), threadCount)
    }
  }

  private func run<Real: BinaryFloatingPoint>(on reals: UnsafeMutablePointer<Real>, _ threadCount: Int) {
    let isWorthThreads = groupCount * offsets.count >= Limits.serialAmplitudeCount
    let threads = isWorthThreads ? min(threadCount, groupCount) : 1
    let conjugation = WideConjugation(gate)
    let rooms = (0..<threads).map { _ in WideRoom(gate) }
    let partCount = threads == 1 ? 1 : min(threads * Limits.partsPerThread, groupCount)
    ThreadPool.shared.run(partCount: partCount, threadCount: threads) { part, place in
      for group in groupCount * part / partCount..<groupCount * (part + 1) / partCount {
        let first = unsafe reals + Int(scatterBits(UInt64(group), otherBits))
        unsafe conjugation.run(on: first, offsets, &rooms[place].entries, &rooms[place].old)
      }
    }
  }
}

/// Room for an operator, of one thread.
private final class WideRoom {
  /// The entry of row i and column j has the bits of i at even places and those of j at odd ones.
  var entries: [Complex]
  /// What a column or row was before it is written anew.
  var old: [Complex]

  init(_ gate: WideGate) {
    entries = Array(repeating: .zero, count: 1 << (2 * gate.qubits.count))
    old = Array(repeating: .zero, count: gate.states.count)
  }
}

/// What it takes to apply a gate to an operator on its qubits.
private struct WideConjugation {
  private let gate: WideGate
  /// The bits of each state at even places.
  private let all: [Int]
  private let changed: [Int]
  private let conjugates: [Complex]

  init(_ gate: WideGate) {
    self.gate = gate
    all = (0..<1 << gate.qubits.count).map { Int(stringNumber(x: UInt64($0), z: 0)) }
    changed = gate.states.map { Int(stringNumber(x: UInt64($0), z: 0)) }
    conjugates = gate.factors.map(\.conjugate)
  }

  /// From the values of Pauli strings, at offsets from an address, to UAU†, and back to values.
  func run<Real: BinaryFloatingPoint>(
    on reals: UnsafeMutablePointer<Real>, _ offsets: [Int], _ entries: inout [Complex], _ old: inout [Complex]
  ) {
    var entries = entries.mutableSpan
    var old = old.mutableSpan
    for index in offsets.indices { entries[index] = Complex(Double(unsafe reals[offsets[index]])) }
    for place in gate.qubits.indices { Self.writeEntries(&entries, 1 << (2 * place)) }
    for state in all { multiply(&entries, from: 2 * state, step: 1, gate.factors, &old) }
    for state in all { multiply(&entries, from: state, step: 2, conjugates, &old) }
    for place in gate.qubits.indices { Self.writeStrings(&entries, 1 << (2 * place)) }
    for index in offsets.indices { unsafe reals[offsets[index]] = Real(entries[index].real) }
  }

  /// Multiplies one column with the gate's rows, or one row with their conjugates.
  @inline(__always)
  private func multiply(
    _ entries: inout MutableSpan<Complex>, from start: Int, step: Int, _ factors: [Complex], _ old: inout MutableSpan<Complex>
  ) {
    for place in changed.indices { old[place] = entries[start + step * changed[place]] }
    for place in changed.indices {
      var sum = Complex.zero
      for term in gate.starts[place]..<gate.starts[place + 1] { sum += factors[term] * old[gate.sources[term]] }
      entries[start + step * changed[place]] = sum
    }
  }

  /// From I, X, Z, Y in one digit to the entries of rows and columns 00, 10, 01, 11.
  private static func writeEntries(_ entries: inout MutableSpan<Complex>, _ stride: Int) {
    for base in Swift.stride(from: 0, to: entries.count, by: 4 * stride) {
      for first in base..<base + stride {
        let (i, x, z, y) = (entries[first], entries[first + stride], entries[first + 2 * stride], entries[first + 3 * stride])
        let turned = Complex(-y.imaginary, y.real)
        entries[first] = 0.5 * (i + z)
        entries[first + stride] = 0.5 * (x + turned)
        entries[first + 2 * stride] = 0.5 * (x - turned)
        entries[first + 3 * stride] = 0.5 * (i - z)
      }
    }
  }

  /// The way back.
  private static func writeStrings(_ entries: inout MutableSpan<Complex>, _ stride: Int) {
    for base in Swift.stride(from: 0, to: entries.count, by: 4 * stride) {
      for first in base..<base + stride {
        let (a, b, c, d) = (entries[first], entries[first + stride], entries[first + 2 * stride], entries[first + 3 * stride])
        let difference = c - b
        entries[first] = a + d
        entries[first + stride] = b + c
        entries[first + 2 * stride] = a - d
        entries[first + 3 * stride] = Complex(-difference.imaginary, difference.real)
      }
    }
  }
}
