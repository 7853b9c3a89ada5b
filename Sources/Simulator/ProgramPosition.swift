internal import Circuits

/// Where a run of a program is, and its classical memory.
struct ProgramPosition {
  /// What a loop still has to do.
  struct LoopState {
    private var next: Int64 = 0
    private var step: Int64 = 1
    private var remaining: Int = 0
    private var list: [ClassicalValue] = []
  }

  /// The next step.
  var step = 0
  var memory: ClassicalMemory
  private var loops: [LoopState]

  /// The start of a program.
  init(_ program: Program, memory: ClassicalMemory) {
    self.memory = memory
    loops = Array(repeating: LoopState(), count: program.loopSlotCount)
  }

  /// Does a step that touches no qubit.
  mutating func run(_ step: Program.Step) throws(CircuitError) {
    switch step {
    case .assign(let target, let value): try memory.assign(try value.evaluated(in: memory), to: target)
    case .jump(let target): self.step = target
    case .jumpUnless(let condition, let target):
      if !(try condition.evaluated(in: memory).isTrue) { self.step = target }
    case .select(let value, let cases, let otherwise):
      let chosen = try value.integer(in: memory)
      self.step = cases.first { $0.values.contains(chosen) }?.target ?? otherwise
    case .startLoop(let slot, let values): loops[slot] = try LoopState(values, in: memory)
    case .nextIteration(let slot, let variable, let exit):
      guard let value = loops[slot].takeNext() else {
        self.step = exit
        return
      }
      try memory.assign(value, to: .variable(variable))
    case .operation, .gate, .measure, .reset, .noise, .end: preconditionFailure("not a classical step")
    }
  }
}

extension ProgramPosition.LoopState {
  fileprivate init(_ values: Instruction.LoopValues, in memory: ClassicalMemory) throws(CircuitError) {
    switch values {
    case .list(let expressions):
      for expression in expressions { list.append(try expression.evaluated(in: memory)) }
      list.reverse()
    case .range(let start, let step, let end):
      let (first, increment, last) = (try start.integer(in: memory), try step.integer(in: memory), try end.integer(in: memory))
      guard increment != 0 else { throw CircuitError(.invalidArithmetic, "a loop with step 0") }
      (next, self.step) = (first, increment)
      let (distance, overflow) = last.subtractingReportingOverflow(first)
      guard !overflow, increment != .min else { throw CircuitError(.limitExceeded, "a loop from \(first) to \(last)") }
      remaining = distance == 0 || (distance > 0) == (increment > 0) ? Int(distance / increment) + 1 : 0
    }
  }

  fileprivate mutating func takeNext() -> ClassicalValue? {
    if let value = list.popLast() { return value }
    guard remaining > 0 else { return nil }
    defer {
      next &+= step
      remaining -= 1
    }
    return .int(next, width: 64)
  }
}
