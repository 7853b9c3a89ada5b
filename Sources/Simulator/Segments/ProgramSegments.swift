internal import Circuits

/// Where a program's steps can be gone through at once: stretches of gates and noise into which nothing jumps, and whose numbers are known before
/// anything runs.
struct ProgramSegments: Sendable {
  /// The step behind the segment that starts at a step; 0 where none does.
  private let ends: [Int]

  /// - Parameter operationCount: Gates of a segment, at most.
  init(_ program: Program, operationCount: Int = Limits.segmentOperationCount) {
    let targets = Set(program.steps.flatMap(\.targets))
    var ends = [Int](repeating: 0, count: program.steps.count)
    var (start, count) = (0, 0)
    for (index, step) in program.steps.enumerated() {
      let isNoise = if case .noise = step { true } else { false }
      // Noise goes with the gate before it.
      if targets.contains(index) || !isNoise && count == operationCount { (start, count) = (index, 0) }
      guard step.isFixed else {
        (start, count) = (index + 1, 0)
        continue
      }
      if !isNoise { count += 1 }
      ends[start] = index + 1
    }
    self.ends = ends
  }

  /// The steps of the segment that starts at a step.
  func segment(at step: Int) -> Range<Int>? { ends[step] > 0 ? step..<ends[step] : nil }
}

extension Program.Step {
  /// Whether it is a gate whose numbers no classical memory changes, or noise.
  fileprivate var isFixed: Bool {
    switch self {
    case .operation, .noise: true
    case .gate(let operation): !Instruction.gate(operation).isClassical
    default: false
    }
  }

  /// Where it may jump to.
  fileprivate var targets: [Int] {
    switch self {
    case .jump(let target), .jumpUnless(_, let target), .nextIteration(_, _, let target): [target]
    case .select(_, let cases, let otherwise): cases.map(\.target) + [otherwise]
    default: []
    }
  }
}
