import Circuits
import Foundation
import OpenCLRuntime
import Simulator
import TestSupport
import Testing

@Suite("the work of a pass is counted as the kernels do it")
struct PassWorkTests {
  private static let registers = [5, 6, 7]
  private static let rotation: [Complex] = [.one, Complex(0.5), Complex(-0.5), .one]
  private static let imaginaryRotation: [Complex] = [.one, Complex(0, 0.5), Complex(0, 0.5), .one]
  private static let mixedRotation: [Complex] = [.one, Complex(0.3, 0.4), Complex(-0.3, 0.4), .one]
  private static let matrix: [Complex] = (0..<16).map { Complex(Double($0), 1) }

  /// A block of one operation on 2¹⁰ amplitudes in single precision, of 2¹² that the register has.
  private static func work(_ operation: StateOperation, _ precision: Precision = .single) -> PassWork {
    let tile = TilePass(localQubits: 0x3ff, activeCount: 10, steps: [.block(registers: registers, [operation])])
    return PassWork(.tile(tile), qubitCount: 12, precision: precision)
  }

  private static func controls(_ qubits: Int...) -> Controls {
    let mask = qubits.reduce(UInt64(0)) { $0 | 1 << UInt64($1) }
    return Controls(mask: mask, values: mask)
  }

  @Test(
    "a rotation takes two fused multiply-adds an amplitude",
    arguments: [(Self.controls(), 1024), (Self.controls(0, 3), 1024), (Self.controls(6), 512), (Self.controls(6, 9), 256)])
  func rotations(controls: Controls, amplitudes: Int) {
    for entries in [Self.rotation, Self.imaginaryRotation] {
      let work = Self.work(.matrix(entries, targets: [5], controls: controls))
      #expect(work.rotations == amplitudes && work.operations == 4 * amplitudes)
      #expect(work.loads == 1024 && work.matrices == 0 && work.otherOperations == 0)
    }
  }

  @Test("a shear takes as much as a rotation with imaginary numbers, and two multiply-adds more with complex ones")
  func shears() {
    func work(_ number: Complex) -> PassWork {
      var entries = [Complex](repeating: .zero, count: 16)
      for row in 0..<4 { (entries[5 * row], entries[3 * row + 3]) = (.one, number) }
      return Self.work(.matrix(entries, targets: [5, 7], controls: Self.controls(8)))
    }
    let imaginary = work(Complex(0, 0.5))
    #expect(imaginary.rotations == 512 && imaginary.operations == 4 * 512 && imaginary.otherOperations == 0)
    let complex = work(Complex(0.3, 0.5))
    #expect(complex.rotations == 0 && complex.operations == 8 * 512 && complex.otherOperations == 8 * 512 && complex.matrices == 0)
  }

  @Test("a pair taken apart takes two rotations and two entries of each row")
  func cartan() throws {
    let planner = Planner(qubitCount: 10, tileQubitCount: 10, usesCartan: true)
    var layout = QubitLayout(qubitCount: 10, isZero: false)
    var generator = SplitMix(seed: 4)
    let operations = [StateOperation.matrix(generator.unitaryOnTwo(), targets: [5, 7], controls: .none)]
    // Rotations and phases that are left over come after it.
    let works = try planner.passes(operations, layout: &layout).map { PassWork($0, qubitCount: 10, precision: .single) }
    let work = try #require(works.first)
    #expect(works.count == 1 && work.matrices == 0 && work.rotations >= 2 * 1024)
    #expect(work.otherOperations == 14 * 1024)
  }

  @Test("qubits inside a block of memory are fewer in double precision")
  func lanes() {
    let controlled = StateOperation.matrix(Self.rotation, targets: [5], controls: Self.controls(3))
    #expect(Self.work(controlled, .single).rotations == 1024)
    #expect(Self.work(controlled, .double).rotations == 512)
  }

  @Test("a matrix takes two multiplications and two multiply-adds for the first entry of a row, and four for each other")
  func matrices() {
    let one = Self.work(.matrix(Self.mixedRotation, targets: [5], controls: .none))
    #expect(one.otherOperations == 14 * 1024 && one.operations == 14 * 1024 && one.rotations == 0)
    let two = Self.work(.matrix(Self.matrix, targets: [5, 7], controls: Self.controls(8)))
    #expect(two.matrices == 512 && two.operations == 30 * 512 && two.otherOperations == 0)
    #expect(PassWork.operationsOfMatrix == 30)
  }

  @Test("factors are multiplied by in every element of a block, and real ones take a third")
  func tables() {
    let complex = Self.work(.diagonal([.one, .i], targets: [6], controls: Self.controls(7, 2)))
    #expect(complex.tables == 1024 && complex.operations == 6 * 1024)
    let real = Self.work(.diagonal([.one, -.one], targets: [6], controls: Self.controls(9)))
    #expect(real.tables == 512 && real.operations == 2 * 512)
  }

  @Test("exchanges compute nothing, and controls on a qubit that is still |0⟩ are not met")
  func nothing() {
    #expect(Self.work(.permutation([1, 0], targets: [5], controls: .none)).operations == 0)
    #expect(Self.work(.matrix(Self.rotation, targets: [5], controls: Self.controls(11))).operations == 0)
    let zero = Controls(mask: 1 << 11, values: 0)
    #expect(Self.work(.matrix(Self.rotation, targets: [5], controls: zero)).rotations == 1024)
  }

  @Test("the steps of a pass add up, an exchange of qubits as two sweeps of a tile")
  func steps() {
    let wide = (0..<64).map { Complex(Double($0)) }
    let tile = TilePass(
      localQubits: 0x3ff, activeCount: 10,
      steps: [
        .block(registers: Self.registers, [.matrix(Self.rotation, targets: [5], controls: .none)]), .exchange([4, 5, 6, 7]),
        .operation(.matrix(wide, targets: [0, 1, 2], controls: Self.controls(9))),
        .operation(.pauliRotation(x: 3, z: 1, angle: 0.1, controls: .none)),
      ])
    let work = PassWork(.tile(tile), qubitCount: 12, precision: .single)
    #expect(work.loads == (1 + 2 + 1 + 1) * 1024)
    #expect(work.otherOperations == 62 * 512 + 6 * 1024)
    #expect(work.operations == 4 * 1024 + 62 * 512 + 6 * 1024)
    let row = PassRow(.tile(tile), qubitCount: 12, precision: .single)
    #expect(row.blockCount == 1 && row.exchangeCount == 1 && row.stepCount == 4 && row.operationCount == 3)
    #expect(row.localQubits == Array(0..<10) && row.activeQubitCount == 10)
    #expect(row.traffic == PassTraffic(bytesMoved: 2 * 8 * 1024, visitedQubitCount: 10), "what is visited, once")
  }

  @Test("an operation of its own is applied where its controls let it, and has no cheaper form")
  func alone() {
    let flip = Pass.operation(.permutation([0, 1, 3, 2], targets: [0, 4], controls: .none))
    let row = PassRow(flip, qubitCount: 12, precision: .double)
    #expect(
      row.traffic.bytesMoved == 2 * 16 * 2048 && row.work.operations == 0 && row.localQubits == nil && row.activeQubitCount == 12)
    let phase = PassWork(
      .operation(.diagonal([.one, .one, .one, .i], targets: [0, 4], controls: .none)), qubitCount: 12, precision: .single)
    #expect(phase.tables == 1024 && phase.operations == 6 * 1024)
    let rotation = PassWork(
      .operation(.matrix(Self.rotation, targets: [1], controls: .none)), qubitCount: 12, precision: .single)
    #expect(rotation.rotations == 0 && rotation.operations == 14 * 4096)
  }

  @Test("passes add up")
  func sums() {
    let a = Self.work(.matrix(Self.rotation, targets: [5], controls: .none))
    let b = Self.work(.matrix(Self.matrix, targets: [5, 6], controls: .none))
    let c = Self.work(.diagonal([.one, .i], targets: [6], controls: .none))
    let d = Self.work(.matrix(Self.mixedRotation, targets: [5], controls: .none))
    let sum = a + b + c + d
    #expect(sum.loads == 4096 && sum.rotations == 1024 && sum.matrices == 1024 && sum.tables == 1024)
    #expect(sum.otherOperations == 14 * 1024 && sum.operations == (4 + 30 + 6 + 14) * 1024)
  }

  @Test(
    "an OpenCL device moves the state once for each of its own tiles", .enabled(if: OpenCLTestDevices.areThere, "no OpenCL device"))
  func openCL() throws {
    let backend = try #require(OpenCLTestDevices.backends.first)
    let mix = [3, 4, 9, 10, 11, 12].map { StateOperation.matrix(Self.mixedRotation, targets: [$0], controls: .none) }
    let pass = Pass.tile(TilePass(localQubits: 0x1fff, activeCount: 13, steps: mix.map { .operation($0) }))
    let once = 2 * 8 << 13
    #expect(try HostRegister(qubitCount: 13).traffic(of: pass).bytesMoved == once)
    func bytes(_ tileQubitCount: Int) throws -> Int {
      try OpenCLRegister(backend: backend, qubitCount: 13, precision: .single, tileQubitCount: tileQubitCount).traffic(of: pass)
        .bytesMoved
    }
    #expect(try bytes(12) == once, "all of it fits one tile: four lowest qubits are too many for 256 bytes")
    #expect(try bytes(8) > once)
    #expect(try bytes(0) == 6 * once, "a sweep for each operation")
    // Nine of its qubits may not be 0: the host leaves out the rest, tiles in local memory do not.
    let part = Pass.tile(TilePass(localQubits: 0x1ff, activeCount: 9, steps: [.operation(mix[0]), .operation(mix[1])]))
    let device = try OpenCLRegister(backend: backend, qubitCount: 13, precision: .single, tileQubitCount: 12)
    #expect(device.traffic(of: part) == PassTraffic(bytesMoved: once, visitedQubitCount: 13))
    let host = try HostRegister(qubitCount: 13).traffic(of: part)
    #expect(host == PassTraffic(bytesMoved: once >> 4, visitedQubitCount: 9))
  }
}
