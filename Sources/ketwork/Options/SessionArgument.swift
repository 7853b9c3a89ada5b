internal import ArgumentParser
internal import Protocol

/// A session's id on the command line.
struct SessionArgument: ParsableArguments {
  @Argument(help: "The session's id, as session open printed it.")
  var session: String

  var id: SessionID {
    get throws { try SessionArgument.id(session) }
  }

  mutating func validate() throws { _ = try id }

  /// Reads a session's id.
  static func id(_ text: String) throws -> SessionID {
    guard let id = SessionID(text) else {
      throw ValidationError("'\(text)' is no session id; 26 letters and digits, as session open prints them, are accepted.")
    }
    return id
  }
}
