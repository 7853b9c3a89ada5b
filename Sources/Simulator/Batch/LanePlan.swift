internal import Circuits

/// What is done with a batch of states, one a lane: in coordinates of the basis states that are reached, and in an order in which groups of
/// amplitudes take several rotations while they are in registers.
struct LanePlan {
  /// A rotation in coordinates.
  struct Rotation: Hashable {
    var x: UInt32
    var z: UInt32
    /// Whether amplitudes take i times a real number instead of a real one: |x ∧ z| even.
    var isImaginary: Bool
    /// Whether τ is −tan(θ/2).
    var isNegative: Bool
    var angle: LinearForm

    func commutes(with other: Rotation) -> Bool { (x & other.z ^ z & other.x).nonzeroBitCount & 1 == 0 }
  }

  /// Diagonal rotations as one table over the values of some parities.
  struct Table {
    var functionals: [UInt32]
    /// Rotations with their masks over the functionals, by the highest bit.
    var strings: [(rotation: Int, mask: UInt32)]
  }

  enum Operation {
    case rotation(Int)
    case table(Int)
    case scale(Int)
  }

  /// Operations on the span of a few directions.
  struct Block {
    var directions: [UInt32]
    var operations: [Operation]
  }

  /// Coordinates, at least as many as a block has directions.
  var bits: Int
  var isReal: Bool
  /// Whether one state is spread over the lanes, which number its highest coordinates.
  var isSpread: Bool
  /// The rotations in the order of time.
  var rotations: [Rotation]
  /// The place of each rotation in the order of application.
  var numbers: [Int]
  /// Rotations that reach a new direction each, in order.
  var growths: [Int]
  var tables: [Table]
  var blocks: [Block]
  var scaleCount: Int
}

extension LanePlan {
  /// Coordinates over which sums are taken; those of the lanes are left apart.
  var sumBits: Int { isSpread ? bits - Limits.laneSpreadQubitCount : bits }
}

extension LanePlan.Rotation {
  /// A rotation in coordinates; its flip mask has to be in their span.
  ///
  /// −i·i^y = κ·(1 or i) for y = |x ∧ z|: −i, −1, i and 1 for y = 0, 1, 2, 3 (mod 4), together with (−1)^y from the partner's sign.
  init(_ rotation: RotationCircuit.Rotation, in coordinates: LaneCoordinates) {
    guard let x = coordinates.coordinates(of: rotation.x) else { preconditionFailure("a rotation out of its own span") }
    self.x = x
    z = coordinates.parity(of: rotation.z)
    let y = (rotation.x & rotation.z).nonzeroBitCount & 3
    isImaginary = y & 1 == 0
    isNegative = y < 2
    angle = rotation.angle
  }
}
