internal import Circuits
internal import OpenCLRuntime

extension OpenCLRegister {
  package mutating func apply(_ operation: StateOperation) throws(SimulatorError) {
    try operation.validate(qubitCount: qubitCount)
    try workspace.change { () throws(OpenCLError) in try enqueue(operation.simplified()) }
  }

  /// Queues one operation as a sweep of its own.
  func enqueue(_ operation: StateOperation) throws(OpenCLError) {
    switch operation {
    case .matrix(let matrix, let targets, let controls): try applyMatrix(matrix, targets, controls)
    case .diagonal(let factors, let targets, let controls): try applyDiagonal(factors, targets, controls)
    case .permutation(let table, let targets, let controls): try applyPermutation(table, targets, controls)
    case .pauliRotation(let x, let z, let angle, let controls): try rotatePauli(x, z, angle, controls)
    }
  }

  /// Work-items when the bits of `fixed` are not iterated.
  private func groupCount(_ fixed: UInt64) -> Int { 1 << (qubitCount - fixed.nonzeroBitCount) }

  private func applyMatrix(_ matrix: [Complex], _ targets: [Int], _ controls: Controls) throws(OpenCLError) {
    let touched = bitMask(of: targets) | controls.mask
    guard targets.count <= 2, touched.nonzeroBitCount <= 4, let first = targets.first else {
      return try applyLargeMatrix(matrix, targets, controls, touched)
    }
    let name = targets.count == 1 ? "apply_matrix_1q" : "apply_matrix_2q"
    try workspace.launch(name, count: groupCount(touched)) { arguments throws(OpenCLError) in
      try arguments.add(state)
      try arguments.add(touched.onesBelow)
      try arguments.add(controls.values)
      try arguments.add(UInt64(1) << UInt64(first))
      if targets.count == 1 {
        try arguments.add(reals: matrix)
      } else {
        try arguments.add(UInt64(1) << UInt64(targets[1]))
        for row in 0..<4 { try arguments.add(reals: matrix[4 * row..<4 * row + 4]) }
      }
    }
  }

  private func applyLargeMatrix(
    _ matrix: [Complex], _ targets: [Int], _ controls: Controls, _ touched: UInt64
  ) throws(OpenCLError) {
    let firstEntry = try pushReals(matrix)
    let firstOffset = try workspace.push((0..<1 << targets.count).map { scatterBits($0, at: targets) })
    try workspace.launch("apply_matrix_\(targets.count)q_any", count: groupCount(touched)) { arguments throws(OpenCLError) in
      try arguments.add(state)
      try arguments.add(touched)
      try arguments.add(controls.values)
      try workspace.addTable(&arguments)
      try arguments.add(firstEntry)
      try workspace.addTable(&arguments)
      try arguments.add(firstOffset)
    }
  }

  private func applyDiagonal(_ factors: [Complex], _ targets: [Int], _ controls: Controls) throws(OpenCLError) {
    guard targets.count <= 1 else { return try applyLargeDiagonal(factors, targets, controls) }
    let target = bitMask(of: targets)
    let pair = targets.isEmpty ? [factors[0], factors[0]] : factors
    try workspace.launch("apply_diagonal_1q", count: groupCount(controls.mask)) { arguments throws(OpenCLError) in
      try arguments.add(state)
      try arguments.add(controls.mask)
      try arguments.add(controls.values)
      try arguments.add(target)
      try arguments.add(reals: pair)
    }
  }

  private func applyLargeDiagonal(_ factors: [Complex], _ targets: [Int], _ controls: Controls) throws(OpenCLError) {
    let ascending = targets.sorted()
    let places = ascending.map { targets.firstIndex(of: $0) ?? 0 }
    let firstFactor = try pushReals((0..<factors.count).map { factors[Int(scatterBits($0, at: places))] })
    try workspace.launch("apply_diagonal_kq", count: groupCount(controls.mask)) { arguments throws(OpenCLError) in
      try arguments.add(state)
      try arguments.add(controls.mask)
      try arguments.add(controls.values)
      try arguments.add(bitMask(of: targets))
      try workspace.addTable(&arguments)
      try arguments.add(firstFactor)
    }
  }

  private func applyPermutation(_ table: [Int], _ targets: [Int], _ controls: Controls) throws(OpenCLError) {
    let touched = bitMask(of: targets) | controls.mask
    let cycles = permutationCycles(table).map { cycle in cycle.map { scatterBits($0, at: targets) } }
    guard !cycles.isEmpty else { return }
    if cycles.count == 1, cycles[0].count == 2 {
      return try workspace.launch("swap_pairs", count: groupCount(touched)) { arguments throws(OpenCLError) in
        try arguments.add(state)
        try arguments.add(touched)
        try arguments.add(cycles[0][0] | controls.values)
        try arguments.add(cycles[0][1] | controls.values)
      }
    }
    var starts: [UInt64] = [0]
    for cycle in cycles { starts.append(starts[starts.count - 1] + UInt64(cycle.count)) }
    let firstStart = try workspace.push(starts)
    let firstPlace = try workspace.push(cycles.flatMap { $0 })
    try workspace.launch("rotate_cycles", count: groupCount(touched) * cycles.count) { arguments throws(OpenCLError) in
      try arguments.add(state)
      try arguments.add(touched)
      try arguments.add(controls.values)
      try arguments.add(UInt64(cycles.count))
      try workspace.addTable(&arguments)
      try arguments.add(firstStart)
      try arguments.add(firstPlace)
    }
  }

  private func rotatePauli(_ x: UInt64, _ z: UInt64, _ angle: Double, _ controls: Controls) throws(OpenCLError) {
    let factors = PauliFactors(x: x, z: z, angle: angle)
    let fixed = controls.mask | factors.pivot
    try workspace.launch(x == 0 ? "rotate_pauli_phases" : "rotate_pauli_pairs", count: groupCount(fixed)) {
      arguments throws(OpenCLError) in
      try arguments.add(state)
      try arguments.add(fixed)
      try arguments.add(controls.values)
      if x != 0 { try arguments.add(x) }
      try arguments.add(z)
      try arguments.add(real: factors.cosine)
      try arguments.add(real: factors.sine)
      if x != 0 { try arguments.add(UInt32(factors.isReal ? 1 : 0)) }
    }
  }

  /// Pushes complex numbers in the state's precision; returns the index of the first one.
  private func pushReals(_ numbers: [Complex]) throws(OpenCLError) -> UInt64 {
    switch precision {
    case .single: try workspace.push(numbers.map { SIMD2(Float($0.real), Float($0.imaginary)) })
    case .double: try workspace.push(numbers.map { SIMD2($0.real, $0.imaginary) })
    }
  }
}

extension UInt64 {
  /// For each of up to four bits, ascending, the ones below it; all ones where there is none: what kernels' `expand_4` takes.
  var onesBelow: SIMD4<UInt64> {
    var (bits, result) = (self, SIMD4<UInt64>(repeating: .max))
    for place in 0..<4 where bits != 0 {
      let bit = bits & (0 &- bits)
      result[place] = bit - 1
      bits ^= bit
    }
    return result
  }
}
