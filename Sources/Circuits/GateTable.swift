/// All gates, each described once.
///
/// Matrices follow Qiskit's conventions (qubit 0 of the gate is the least significant bit). Decompositions end in `gphase`, `u` and `cx`.
enum GateTable {
  static let records: [GateRecord] = oneQubit + rotations + controlledOneQubit + twoQubit + interactions + multiQubit

  static let indices: [String: Int] = {
    var result = [String: Int]()
    for (index, record) in records.enumerated() {
      for name in [record.name] + record.aliases {
        precondition(result.updateValue(index, forKey: name) == nil, "two gates are called \(name)")
      }
    }
    return result
  }()
}

extension Gate {
  private static func table(_ name: String) -> Gate {
    guard let gate = Gate(named: name) else { preconditionFailure("no gate is called \(name)") }
    return gate
  }

  /// The gate `gphase`.
  public static let globalPhase = table("gphase")
  /// The gate `id`.
  public static let identity = table("id")
  /// The gate `x`.
  public static let x = table("x")
  /// The gate `y`.
  public static let y = table("y")
  /// The gate `z`.
  public static let z = table("z")
  /// The gate `h`.
  public static let h = table("h")
  /// The gate `s`.
  public static let s = table("s")
  /// The gate `sdg`.
  public static let sdg = table("sdg")
  /// The gate `t`.
  public static let t = table("t")
  /// The gate `tdg`.
  public static let tdg = table("tdg")
  /// The gate `sx`.
  public static let sx = table("sx")
  /// The gate `sxdg`.
  public static let sxdg = table("sxdg")
  /// The gate `rx`.
  public static let rx = table("rx")
  /// The gate `ry`.
  public static let ry = table("ry")
  /// The gate `rz`.
  public static let rz = table("rz")
  /// The gate `p`.
  public static let p = table("p")
  /// The gate `r`.
  public static let r = table("r")
  /// The gate `u`.
  public static let u = table("u")
  /// The gate `cx`.
  public static let cx = table("cx")
  /// The gate `cy`.
  public static let cy = table("cy")
  /// The gate `cz`.
  public static let cz = table("cz")
  /// The gate `ch`.
  public static let ch = table("ch")
  /// The gate `cp`.
  public static let cp = table("cp")
  /// The gate `crx`.
  public static let crx = table("crx")
  /// The gate `cry`.
  public static let cry = table("cry")
  /// The gate `crz`.
  public static let crz = table("crz")
  /// The gate `swap`.
  public static let swap = table("swap")
  /// The gate `iswap`.
  public static let iswap = table("iswap")
  /// The gate `ecr`.
  public static let ecr = table("ecr")
  /// The gate `rxx`.
  public static let rxx = table("rxx")
  /// The gate `ryy`.
  public static let ryy = table("ryy")
  /// The gate `rzz`.
  public static let rzz = table("rzz")
  /// The gate `rzx`.
  public static let rzx = table("rzx")
  /// The gate `ccx`.
  public static let ccx = table("ccx")
  /// The gate `ccz`.
  public static let ccz = table("ccz")
  /// The gate `cswap`.
  public static let cswap = table("cswap")
}
