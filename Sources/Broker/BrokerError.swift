/// Why a broker cannot start or go on.
public struct BrokerError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A stable name of the kind of failure; new ones may appear.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The name, in lower case with underscores.
    public let rawValue: String
    /// Makes a code of its name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The store failed, so nothing more can be promised.
    public static let storage = Code(rawValue: "storage")
    /// Another broker uses the store.
    public static let storeInUse = Code(rawValue: "store_in_use")
    /// What the store holds is not what was written.
    public static let storeDamaged = Code(rawValue: "store_damaged")
    /// The store was written by a newer version.
    public static let storeVersion = Code(rawValue: "store_version")
    /// Another broker took over the store, so this one can promise nothing more.
    public static let deposed = Code(rawValue: "store_deposed")
    /// What was given is no place of a store, or holds a secret.
    public static let invalidStore = Code(rawValue: "invalid_store")
    /// The kind of store is not built into this program.
    public static let notBuiltIn = Code(rawValue: "not_built_in")
    /// A lock was not to be had in the time given.
    static let lockNotAvailable = Code(rawValue: "lock_not_available")
    /// A socket failed.
    public static let socket = Code(rawValue: "socket")
    /// The broker was started twice, or after it was stopped.
    public static let alreadyStarted = Code(rawValue: "already_started")
  }

  /// The kind of failure.
  public var code: Code
  /// What was attempted and what went wrong.
  public var message: String

  /// Makes an error of a kind with a message for people.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message, then the code in brackets.
  public var description: String { "\(message) [\(code.rawValue)]" }
}
