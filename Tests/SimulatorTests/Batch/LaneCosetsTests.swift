import Circuits
import TestSupport
import Testing

@testable import Simulator

@Suite("the basis states of a table's entries")
struct LaneCosetsTests {
  /// The basis states in the order in which the lanes undo them: group after group, element after element.
  private static func order(_ block: LanePlan.Block, _ program: LaneProgram) -> [UInt32] {
    let half = LaneSpan(block.directions.dropLast())
    let fixed = half.fixed(program.sumMask)
    return (0..<UInt32(1) << UInt32(program.bits)).filter { $0 & fixed == 0 }.flatMap { first in half.offsets.map { first ^ $0 } }
  }

  /// What cosets say: the states of each, in the order in which they are walked.
  private static func walked(_ cosets: LaneCosets) -> [[UInt32]] {
    (0..<1 << cosets.numbering.count).map { number in
      var state = cosets.numbering.indices.reduce(UInt32(0)) { $0 ^ (number >> $1 & 1 == 1 ? cosets.numbering[$1] : 0) }
      return (0..<1 << cosets.steps.count).map { index in
        if index > 0 { state ^= cosets.steps[index.trailingZeroBitCount] }
        return state
      }
    }
  }

  @Test(
    "each is walked once, in the order of the lanes, by the coset of its entry and highest coordinates", arguments: [7, 9, 14])
  func walk(_ qubitCount: Int) throws {
    var circuit = try Circuit(qubitCount: qubitCount)
    let angle = ClassicalExpression.parameter(Parameter("a"))
    for qubit in 0..<qubitCount { try circuit.append(.rx, angle, on: qubit) }
    for qubit in 0..<qubitCount {
      try circuit.append(.rz, angle, on: qubit)
      try circuit.append(.rzz, angle, on: qubit, (qubit + 1) % qubitCount)
    }
    for qubit in 0..<qubitCount { try circuit.append(.ry, angle, on: qubit) }
    let all = try Observable(String(repeating: "Z", count: qubitCount))
    let program = try #require(try BatchProgram(circuit, observables: [all], isDifferentiable: true).parts.first)
    #expect(!program.plan.tables.isEmpty)
    for block in program.plan.blocks {
      let order = Self.order(block, program)
      for case .table(let index) in block.operations {
        let table = program.plan.tables[index]
        let groups = Dictionary(grouping: order.indices) { place in
          let entry = table.functionals.map { (order[place] & $0).nonzeroBitCount & 1 }
          return entry + [place >> program.sumBits]
        }
        let cosets = LaneCosets(table, block, program)
        let walked = Self.walked(cosets)
        #expect(Set(walked) == Set(groups.values.map { $0.map { order[$0] } }))
        // The highest coordinates number cosets above all else.
        let strandBits = program.bits - program.sumBits
        for (number, states) in walked.enumerated() {
          let place = try #require(order.firstIndex(of: states[0]))
          #expect(place >> program.sumBits == number >> (cosets.numbering.count - strandBits))
        }
      }
    }
  }
}
