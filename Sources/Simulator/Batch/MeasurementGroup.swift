internal import Circuits

/// Pauli strings of observables that are measured together: on each qubit all that act there have the same letter.
///
/// What hardware does, and what Qiskit and PennyLane group by: each qubit is turned once, and the strings are parities of what it reads.
///
/// Strings are taken by what they weigh, the heaviest first, each into the first group that it commutes with on each qubit, so that strings
/// that add the most to the error share their shots (sorted insertion: Crawford et al., arXiv:1908.06942).
struct MeasurementGroup: Hashable, Sendable {
  /// One string.
  struct Member: Hashable, Sendable {
    var pauli: PauliString
    /// Its factor in each observable that it is a part of, ascending.
    var coefficients: [Coefficient]
    /// The largest factor that it has.
    var weight: Double { coefficients.reduce(0) { max($0, $1.value.magnitude) } }
  }

  /// A string's factor in an observable.
  struct Coefficient: Hashable, Sendable {
    var observable: Int
    var value: Double
  }

  /// The strings, the heaviest first.
  private(set) var members: [Member]
  /// Qubits that are read in a basis of X or Y, and of Z or Y.
  private(set) var x: UInt64
  private(set) var z: UInt64

  private init(_ member: Member) { (members, x, z) = ([member], member.pauli.x, member.pauli.z) }

  /// Takes strings of which each commutes with all others on each qubit.
  private init(_ members: [Member]) {
    (x, z) = members.reduce((0, 0)) { ($0.0 | $1.pauli.x, $0.1 | $1.pauli.z) }
    self.members = members
  }

  /// Whether a string has no other letter than the group wherever both have one.
  private func takes(_ pauli: PauliString) -> Bool {
    ((x ^ pauli.x) | (z ^ pauli.z)) & (x | z) & (pauli.x | pauli.z) == 0
  }

  private mutating func append(_ member: Member) {
    members.append(member)
    (x, z) = (x | member.pauli.x, z | member.pauli.z)
  }

  /// Groups the strings of observables; the identity is in none, and neither is a string whose factors are zero.
  ///
  /// - Throws: ``SimulatorError`` with code `limit_exceeded` for more strings or groups than are taken.
  /// - Complexity: O(strings · groups), and O(strings · log strings) to order them.
  static func groups(of observables: [Observable]) throws(SimulatorError) -> [MeasurementGroup] {
    var groups = [MeasurementGroup]()
    for member in try members(of: observables) {
      if let place = groups.firstIndex(where: { $0.takes(member.pauli) }) {
        groups[place].append(member)
        continue
      }
      guard groups.count < Limits.measurementGroupCount else {
        throw SimulatorError(
          .limitExceeded,
          "observables of more than \(Limits.measurementGroupCount) groups of Pauli strings that can be measured together, for shots"
        )
      }
      groups.append(MeasurementGroup(member))
    }
    return groups
  }

  /// The strings that are measured, the heaviest first; of equal weight, in the order in which they come.
  private static func members(of observables: [Observable]) throws(SimulatorError) -> [Member] {
    var places: [PauliString: Int] = [:]
    var members = [Member]()
    for (observable, terms) in observables.map(\.terms).enumerated() {
      for term in terms where term.pauli.x | term.pauli.z != 0 && term.coefficient != 0 {
        let new = Coefficient(observable: observable, value: term.coefficient)
        guard let place = places[term.pauli] else {
          places[term.pauli] = members.count
          members.append(Member(pauli: term.pauli, coefficients: [new]))
          continue
        }
        members[place].add(new)
      }
    }
    guard members.count <= Limits.measuredStringCount else {
      throw SimulatorError(
        .limitExceeded, "\(members.count) Pauli strings that are measured with shots; at most \(Limits.measuredStringCount)")
    }
    return members.enumerated().sorted { ($1.element.weight, $0.offset) < ($0.element.weight, $1.offset) }.map(\.element)
  }

  /// The same strings, those of each observable apart.
  func byObservable() -> [MeasurementGroup] {
    let observables = Set(members.flatMap { $0.coefficients.map(\.observable) }).sorted()
    return observables.map { observable in
      MeasurementGroup(
        members.compactMap { member in
          guard let own = member.coefficients.first(where: { $0.observable == observable }) else { return nil }
          return Member(pauli: member.pauli, coefficients: [own])
        })
    }
  }
}

extension MeasurementGroup.Member {
  /// Adds a factor; an observable may name a string twice.
  fileprivate mutating func add(_ new: MeasurementGroup.Coefficient) {
    if let last = coefficients.indices.last, coefficients[last].observable == new.observable {
      coefficients[last].value += new.value
    } else {
      coefficients.append(new)
    }
  }
}

extension Observable {
  /// The sum of the factors of the identity: what needs no shots.
  var identityCoefficient: Double {
    terms.reduce(0) { $1.pauli.x | $1.pauli.z == 0 ? $0 + $1.coefficient : $0 }
  }
}
