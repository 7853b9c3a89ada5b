public import Circuits

/// Writes circuits as OpenQASM 2 or 3.
///
///     let text = try OpenQASMExporter.export(circuit, version: .v3)
///
/// OpenQASM 3 expresses every circuit. OpenQASM 2 has no free parameters, no classical arithmetic, no loops and no global phase: a circuit
/// that needs one of the first three is refused, and the last is left out. Gates that `stdgates.inc` or `qelib1.inc` lack are defined in
/// the text, so that other tools read it; names that are no identifiers are changed.
public enum OpenQASMExporter {
  /// The circuit as text.
  ///
  /// What is read back from it has the same unitary (for version 2, up to global phase) or the same distribution of results.
  ///
  /// - Throws: ``OpenQASMError`` with code `unsupported`, naming what the version cannot express.
  public static func export(_ circuit: Circuit, version: OpenQASMVersion) throws(OpenQASMError) -> String {
    do throws(ExportFailure) {
      switch version {
      case .v2:
        var writer = Version2Writer(circuit)
        return try writer.text()
      case .v3:
        var writer = Version3Writer(circuit)
        return try writer.text()
      }
    } catch {
      throw OpenQASMError(.unsupported, error.message, file: "OpenQASM \(version.rawValue)")
    }
  }
}

/// Why a circuit cannot be written.
struct ExportFailure: Error {
  var message: String
  init(_ message: String) { self.message = message }
}
