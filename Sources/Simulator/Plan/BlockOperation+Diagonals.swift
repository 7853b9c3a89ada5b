internal import Circuits

extension BlockOperation {
  /// The same diagonal with every target that only decides whether something happens turned into a control.
  ///
  /// - Parameter numbers: The list in which its factors stand, and to which those that are left are added.
  func simplified(_ numbers: inout [Complex]) -> BlockOperation {
    precondition(kind == .diagonal, "a diagonal")
    var rest = targets
    while rest != 0 {
      let target = rest & (~rest + 1)
      rest &= rest - 1
      for value in 0...1 where hasOnes(at: target, value: 1 - value, numbers) {
        let controls = Controls(mask: controls.mask | target, values: controls.values | (value == 1 ? target : 0))
        return chosen(of: target, values: value == 1 ? target : 0, controls: controls, &numbers).simplified(&numbers)
      }
    }
    return self
  }

  /// Whether all factors are one where a target has a value.
  private func hasOnes(at target: UInt64, value: Int, _ numbers: [Complex]) -> Bool {
    let bit = (targets & (target - 1)).nonzeroBitCount
    for index in 0..<numberCount where index >> bit & 1 == value && numbers[firstNumber + index] != .one { return false }
    return true
  }

  /// The same diagonal without the targets among these qubits, whose values are given.
  func chosen(of qubits: UInt64, values: UInt64, controls: Controls, _ numbers: inout [Complex]) -> BlockOperation {
    let fixed = gatherBits(qubits, targets)
    guard fixed != 0 else { return BlockOperation(kind: kind, targets: targets, controls: controls, firstNumber: firstNumber) }
    let wanted = gatherBits(values & qubits, targets)
    let first = numbers.count
    for index in 0..<UInt64(numberCount) where index & fixed == wanted { numbers.append(numbers[firstNumber + Int(index)]) }
    return BlockOperation(kind: kind, targets: targets & ~qubits, controls: controls, firstNumber: first)
  }
}
