/// Which branches run beside each other: those of few shots, a group at a time. Those of many are followed first, one at a time, until they have
/// parted.
///
/// It does not depend on the number of threads: nor do results, which are added up group by group.
struct BranchGrouping {
  /// The most shots of a branch that runs beside others.
  let shotCount: Int
  /// Branches that may part before what has parted is looked at.
  var room = Limits.branchGroupCount

  /// - Parameter shotCount: Shots of all branches.
  init(shotCount: Int) { self.shotCount = max(1, shotCount / Limits.branchShare) }

  func isSmall<Register: ~Copyable>(_ branch: Branch<Register>) -> Bool { branch.shots.count <= shotCount }

  /// Whether a branch that is followed is put aside, with so many that have parted from it.
  func putsAside<Register: ~Copyable>(_ branch: Branch<Register>, pendingCount: Int) -> Bool {
    isSmall(branch) || pendingCount >= room
  }
}
