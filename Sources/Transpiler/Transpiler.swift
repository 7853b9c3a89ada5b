public import Circuits

/// Compiles circuits to a device: to qubits that are coupled, in the device's gates, with as few entangling gates as it finds.
///
///     let transpiler = Transpiler(to: try CompilationTarget(.named("montreal")))
///     let compiled = try transpiler.compile(circuit)
///
/// Gates on one and two qubits are multiplied up wherever they meet, what commutes passing each other, and written anew with the fewest
/// entangling gates by Cartan's decomposition. Qubits are placed where no SWAP is needed if there is such a place, else by SABRE from many
/// starts.
///
/// Control flow stays: each body starts where the qubits are at its beginning, and brings them back there, so that all branches and turns end
/// alike. Nothing is moved across it, or across what reads classical memory.
public struct Transpiler: Sendable {
  /// Choices that most callers leave as they are.
  public struct Options: Hashable, Sendable {
    /// Decides between what is equally good.
    public var seed: UInt64 = 0
    /// Starts of the search for a layout; nil: fewer, the more gates on two qubits there are.
    public var trialCount: Int?
    /// The depth that the compiled circuit is to have at most; while it is deeper, layers are merged until that helps no more.
    public var maximumDepth: Int?
    /// Whether gates are left out that only change phases before a last measurement.
    public var dropsFinalPhases = true
    /// The most starts that are taken.
    public static let trialLimit = 10_000
    /// Makes the defaults.
    public init() {}
  }

  /// What circuits are compiled to.
  public let target: CompilationTarget
  /// The choices.
  public let options: Options

  /// Makes a transpiler.
  public init(to target: CompilationTarget, options: Options = Options()) { (self.target, self.options) = (target, options) }

  /// Compiles a circuit.
  ///
  /// - Throws: ``TranspilerError``: `too_many_qubits`; `unsupported` for noise and errors of reading; what writing gates out throws.
  public func compile(_ circuit: Circuit) throws(TranspilerError) -> CompiledCircuit {
    let available = target.coupling.largestComponent
    guard circuit.qubitCount <= available.count else {
      let whole = target.coupling.qubitCount
      let most =
        whole == available.count
        ? "the device has \(whole)" : "the largest part of the device that is connected has \(available.count)"
      throw TranspilerError(.tooManyQubits, "a circuit of \(circuit.qubitCount) qubits; \(most)")
    }
    guard circuit.readout.isEmpty else {
      throw TranspilerError(.unsupported, "errors of reading; a circuit is compiled first and gets the device's noise then")
    }
    if circuit.instructions.contains(where: \.isClassical) { return try DynamicCompilation(self, circuit, available).best() }
    return try Compilation(self, circuit, available).best()
  }
}
