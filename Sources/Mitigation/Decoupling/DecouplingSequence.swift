public import Circuits

/// Pulses that undo what happens to a qubit that waits.
public enum DecouplingSequence: Hashable, Sendable {
  /// τ X τ X: what rotates the qubit about Z at one speed turns it back.
  case xx
  /// τ/2 X τ X τ/2, Carr's, Purcell's, Meiboom's and Gill's spacing: what changes steadily is undone as well.
  case cpmg
  /// τ/2 X τ Y τ X τ Y τ/2: rotations about all three axes are undone.
  ///
  /// The four pulses are −1, so a qubit's windows with an odd number of repetitions give the circuit that global phase.
  case xy4

  /// The gates of one repetition.
  public var pulses: [Gate] {
    switch self {
    case .xx, .cpmg: [.x, .x]
    case .xy4: [.x, .y, .x, .y]
    }
  }

  /// How the idle time is shared out between so many pulses: before each of them, and after the last. The shares add up to 1.
  func shares(pulseCount: Int) -> [Double] {
    let step = 1 / Double(pulseCount)
    switch self {
    case .xx: return Array(repeating: step, count: pulseCount) + [0]
    case .cpmg, .xy4: return [step / 2] + Array(repeating: step, count: pulseCount - 1) + [step / 2]
    }
  }
}
