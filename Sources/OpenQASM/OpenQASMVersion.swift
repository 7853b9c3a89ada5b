/// A version of the OpenQASM language.
public enum OpenQASMVersion: String, Hashable, Sendable, CaseIterable {
  /// OpenQASM 2.0.
  case v2 = "2.0"
  /// OpenQASM 3.0, and what later minor versions add to it that a simulator can mean (`switch`).
  case v3 = "3.0"
}
