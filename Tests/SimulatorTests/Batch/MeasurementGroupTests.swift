import Circuits
import TestSupport
import Testing

@testable import Simulator

@Suite("Pauli strings that are measured together")
struct MeasurementGroupTests {
  private static func labels(_ observables: [String]) throws -> [[String]] {
    try MeasurementGroup.groups(of: observables.map { try Observable($0) }).map { $0.members.map(\.pauli.label) }
  }

  @Test("the heaviest first, each into the first group where it has no other letter; equal ones as they come")
  func order() throws {
    #expect(try Self.labels(["0.5*ZZ + XX + 0.1*ZI - 2*XI"]) == [["XI", "XX"], ["ZZ", "ZI"]])
    #expect(try Self.labels(["X + Y + Z"]) == [["X"], ["Y"], ["Z"]])
    #expect(try Self.labels(["XI + IX + YI + IY + YX"]) == [["XI", "IX"], ["YI", "IY"], ["YX"]])
    // Strings that commute, but not on each qubit, are apart.
    #expect(try Self.labels(["XX + YY + ZZ"]) == [["XX"], ["YY"], ["ZZ"]])
  }

  @Test("groups are over all observables; a string has its heaviest factor, the identity and zero factors none")
  func observables() throws {
    #expect(try Self.labels(["ZI + 3*II", "0.5*IZ", "0.2*XI + 0*YY", "2*IX"]) == [["IX", "ZI"], ["IZ", "XI"]])
    let groups = try MeasurementGroup.groups(of: [Observable("Z + 0.5*Z"), Observable("-4*Z")])
    #expect(groups.count == 1 && groups[0].members.count == 1)
    #expect(groups[0].members[0].coefficients.map(\.value) == [1.5, -4])
    #expect(try Self.labels(["2*III"]).isEmpty)
  }

  @Test("random strings are each in one group, and have one letter on each qubit of a group", arguments: 1...20)
  func random(_ seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let qubitCount = Int.random(in: 1...6, using: &random)
    let mask = UInt64(1) << UInt64(qubitCount) - 1
    let terms = (0..<40).map { _ in
      Observable.Term(
        Double.random(in: -1...1, using: &random),
        PauliString(qubitCount: qubitCount, x: random.next() & random.next() & mask, z: random.next() & random.next() & mask))
    }
    let groups = try MeasurementGroup.groups(of: [Observable(terms)]).map { $0.members.map(\.pauli.label) }
    let strings = Set(terms.map(\.pauli.label).filter { $0.contains { $0 != "I" } })
    #expect(Set(groups.joined()) == strings && groups.joined().count == strings.count)
    for group in groups {
      for qubit in 0..<qubitCount { #expect(Set(group.map { Array($0)[qubit] }).subtracting(["I"]).count <= 1) }
    }
  }

  @Test("strings of an observable apart from those of others")
  func parts() throws {
    let groups = try MeasurementGroup.groups(of: [Observable("ZI + IZ"), Observable("2*ZZ - ZI")])
    #expect(groups.count == 1)
    let parts = groups[0].byObservable()
    #expect(parts.map { $0.members.map(\.pauli.label) } == [["ZI", "IZ"], ["ZZ", "ZI"]])
    #expect(parts.map { $0.members.flatMap { $0.coefficients.map(\.value) } } == [[1, 1], [2, -1]])
  }

  @Test("more strings than are taken are refused")
  func refused() throws {
    let count = Limits.measuredStringCount + 1
    let terms = (1...count).map { Observable.Term(1, PauliString(qubitCount: 20, x: 0, z: UInt64($0))) }
    let error = #expect(throws: SimulatorError.self) { _ = try MeasurementGroup.groups(of: [Observable(terms)]) }
    #expect(error?.code == .limitExceeded && error?.message.contains("65537 Pauli strings") == true)
    #expect(try MeasurementGroup.groups(of: [Observable(terms.dropLast())]).count == 1)
  }
}

@Suite("what outcomes and shots say of observables")
struct OutcomeValueTests {
  @Test("parities are sums of the independent ones among them, those that came first", arguments: 1...20)
  func paritySpan(_ seed: UInt64) {
    var random = SplitMix(seed: seed)
    var (span, independent, echelon) = (ParitySpan(), [UInt64](), BinaryEchelon())
    for _ in 0..<30 {
      let parity = random.next() & 0x3ff
      let (mask, isNew) = span.insert(parity)
      #expect(isNew == echelon.insert(parity), "seed \(seed)")
      if isNew { independent.append(parity) }
      #expect(setBits(mask).reduce(0) { $0 ^ independent[$1] } == parity, "seed \(seed)")
    }
  }

  @Test("a table has the values of the sums, and masks that come again add up")
  func table() {
    let strings: [(mask: UInt64, coefficient: Double)] = [(0b101, 0.3), (0, -1), (0b011, 2), (0b101, 0.1)]
    let values = OutcomeValues(observable: 4, strings)
    let tabulated = OutcomeValues(tabulating: values, bitCount: 3)
    #expect(values.observable == 4 && tabulated.observable == 4)
    for outcome in UInt64(0)..<8 {
      let expected = strings.reduce(0) {
        $0 + ((outcome & $1.mask).nonzeroBitCount.isMultiple(of: 2) ? $1.coefficient : -$1.coefficient)
      }
      #expect(abs(values.value(at: outcome) - expected) < 1e-15)
      #expect(tabulated.value(at: outcome) == values.value(at: outcome))
    }
  }

  @Test("the mean and its error are those of the list of shots; equal values have no error, one shot no number")
  func moments() {
    var moments = ShotMoments()
    for (value, count) in [(0.3, 2), (-1.7, 1), (0.9, 5)] { moments.add(value, count: UInt64(count)) }
    let list = SampleMean([0.3, 0.3, -1.7, 0.9, 0.9, 0.9, 0.9, 0.9])
    #expect(abs(moments.mean - list.mean) < 1e-15)
    #expect(abs(moments.squaredError.squareRoot() - list.error) < 1e-15)
    var equal = ShotMoments()
    for _ in 0..<3 { equal.add(0.1, count: 7) }
    #expect(equal.mean == 0.1 && equal.squaredError == 0)
    var one = ShotMoments()
    one.add(0.4, count: 1)
    #expect(one.mean == 0.4 && one.squaredError.isNaN)
  }
}
