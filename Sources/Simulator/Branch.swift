internal import Circuits

/// One history of measurement outcomes and the shots that share it.
///
/// Shots are not run one by one: as long as they see the same outcomes they share a state, and each shot's own draws decide where it
/// leaves. The counts are those of separate runs, to the last shot.
struct Branch<Register: StateRegister & ~Copyable> {
  /// Where in the program the branch is, and what it remembers.
  var position: ProgramPosition
  /// Outcomes of measurements, resets and noise so far, by their numbers; the count is the site of the next draw.
  var history: [UInt8] = []
  /// How many outcomes of the history have been met again, when a branch without a state is replayed from the start.
  var met = 0
  /// Outcomes of the history at which other shots left. What was gathered was applied there, and has to be there too when the branch is
  /// replayed: gates that are planned together differ in rounding from those that are not.
  var partings: Set<Int> = []
  /// Outcomes for which the state was looked at, though no shots left: the same holds for them.
  var looks: Set<Int> = []
  /// Where a segment begins, by the number of its first site, that is gone through step by step, because the state has to be looked at there.
  var stepwise: Set<Int> = []
  /// Operations that are to be applied to the state first.
  var queue: [StateOperation] = []
  /// The shots in this branch; empty in exact enumeration.
  var shots: [UInt32]
  /// The probability of the history.
  var weight = 1.0
  /// The state, or nil if it has to be copied or replayed.
  var state: RegisterBox<Register>?
  /// What to copy the state from.
  var origin: SharedState<Register>?
  /// The branches that parted in the same place; nil where the branch has gone on from there.
  var family: BranchFamily?
  /// Where a branch without a state is replayed from; nil for the start of the program.
  var base: ReplayBase<Register>?
}

/// What branches have in common that start from one state in one place, though there may have been no room to keep it.
final class BranchFamily {}

/// A state that cannot be replayed, because it was in a slot of a wide register, and how far the program was then.
final class ReplayBase<Register: StateRegister & ~Copyable> {
  let state: SharedState<Register>
  let position: ProgramPosition
  let met: Int

  init(_ state: SharedState<Register>, _ position: ProgramPosition, met: Int) {
    (self.state, self.position, self.met) = (state, position, met)
  }
}

/// Holds a register that moves between branches.
final class RegisterBox<Register: ~Copyable> {
  var register: Register
  init(_ register: consuming Register) { self.register = register }
}

/// A state from which several branches start; given back when all of them have.
final class SharedState<Register: StateRegister & ~Copyable> {
  let box: RegisterBox<Register>
  private let registers: RegisterPool<Register>

  init(_ box: RegisterBox<Register>, of registers: RegisterPool<Register>) { (self.box, self.registers) = (box, registers) }

  deinit { registers.give(box) }
}
