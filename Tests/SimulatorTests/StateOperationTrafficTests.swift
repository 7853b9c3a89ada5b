import Circuits
import Simulator
import Testing

@Suite("the bytes an operation moves follow from the amplitudes it changes")
struct StateOperationTrafficTests {
  private static let hadamard = [
    Complex(0.5.squareRoot()), Complex(0.5.squareRoot()), Complex(0.5.squareRoot()), -Complex(0.5.squareRoot()),
  ]
  private static let one = Controls(mask: 0b100, values: 0b100)

  /// Ten qubits: 1,024 amplitudes, of 8 bytes in single precision, read and written.
  @Test(
    "each amplitude in the controlled subspace that the operation changes counts twice",
    arguments: [
      (StateOperation.matrix(hadamard, targets: [0], controls: .none), 1024),
      (.matrix(hadamard, targets: [0], controls: one), 512),
      (.matrix(hadamard, targets: [0], controls: Controls(mask: 0b1100, values: 0b0100)), 256),
      (.diagonal([.one, .i], targets: [3], controls: .none), 512),
      (.diagonal([.one, .i], targets: [3], controls: one), 256),
      (.diagonal([-.i, .i], targets: [3], controls: .none), 1024),
      (.diagonal([.i], targets: [], controls: one), 512),
      (.permutation([1, 0], targets: [1], controls: one), 512),
      (.permutation([0, 2, 1, 3], targets: [1, 5], controls: .none), 512),
      (.permutation([0, 2, 1, 3], targets: [1, 5], controls: one), 256),
      (.pauliRotation(x: 0b11, z: 0b10, angle: 0.3, controls: .none), 1024),
      (.pauliRotation(x: 0b11, z: 0b10, angle: 0.3, controls: one), 512),
    ])
  func counts(operation: StateOperation, amplitudes: Int) {
    #expect(operation.touchedAmplitudeCount(qubitCount: 10) == amplitudes)
    #expect(operation.bytesMoved(qubitCount: 10, precision: .single) == amplitudes * 16)
    #expect(operation.bytesMoved(qubitCount: 10, precision: .double) == amplitudes * 32)
  }

  @Test("an operation that changes nothing moves nothing")
  func identities() {
    #expect(
      StateOperation.diagonal([.one, .one], targets: [0], controls: .none).bytesMoved(qubitCount: 4, precision: .single) == 0)
    #expect(StateOperation.permutation([0, 1], targets: [0], controls: .none).bytesMoved(qubitCount: 4, precision: .single) == 0)
  }
}
