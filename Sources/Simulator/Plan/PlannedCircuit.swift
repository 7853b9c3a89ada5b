internal import Circuits

/// What a list of operations has become, with the numbers and arrays of all its operations in few lists.
struct PlannedCircuit {
  var operations: [PlannedOperation] = []
  var numbers: [Complex] = []
  var others: [StateOperation] = []
  /// What is called qubit q at the end, as the plan calls it.
  var wires: [Int]

  /// An operation as those of a register.
  func operations(_ planned: PlannedOperation) -> [StateOperation] {
    planned.fitsBlock ? planned.gate.operations(numbers) : [others[planned.other]]
  }
}
