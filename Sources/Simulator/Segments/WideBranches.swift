/// Branches whose states lie in the slots of one register. None of them looks at its state, so all are at the same place of the program.
struct WideBranches<Register: StateRegister & ~Copyable> {
  /// Holds the states.
  let box: RegisterBox<PlannedRegister<Register>>
  let shape: StateSlots
  /// Each slot's branch; nil where it has left, or there was none.
  var slots: [Branch<PlannedRegister<Register>>?]
  private(set) var position: ProgramPosition

  /// - Parameter branches: As many as there are slots, or fewer; at least one.
  init(
    _ branches: ArraySlice<Branch<PlannedRegister<Register>>>, _ box: RegisterBox<PlannedRegister<Register>>, _ shape: StateSlots
  ) {
    guard let first = branches.first else { preconditionFailure("no branches") }
    (self.box, self.shape, position) = (box, shape, first.position)
    slots = Array(branches) + Array(repeating: nil, count: shape.count - branches.count)
  }

  var isEmpty: Bool { slots.allSatisfy { $0 == nil } }

  /// The branch in the first slot.
  var first: Branch<PlannedRegister<Register>>? { slots[0] }

  /// Lets go of the state that the slots are copies of.
  mutating func forgetOrigins() {
    for slot in slots.indices {
      slots[slot]?.origin = nil
      slots[slot]?.family = nil
    }
  }

  /// All branches have gone through a segment.
  mutating func pass(_ segment: Segment) {
    position.step = segment.end
    for slot in slots.indices {
      slots[slot]?.met += segment.sites.count
      slots[slot]?.position = position
    }
  }
}
