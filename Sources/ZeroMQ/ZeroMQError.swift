import CZeroMQ
import Glibc

/// What went wrong at a socket, with a stable code, the raw error number and a message for people.
public struct ZeroMQError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A stable name of the kind of failure, used in logs and metrics; new ones may appear.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The name as it is written in logs.
    public let rawValue: String
    /// Makes a code from its name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Another socket is bound to the endpoint.
    public static let addressInUse = Code(rawValue: "address_in_use")
    /// No such interface, host name or directory here.
    public static let addressNotAvailable = Code(rawValue: "address_not_available")
    /// The process may not bind or connect there.
    public static let permissionDenied = Code(rawValue: "permission_denied")
    /// An endpoint, option or key is not valid.
    public static let invalidArgument = Code(rawValue: "invalid_argument")
    /// The transport is unknown or does not suit the socket's kind.
    public static let unsupported = Code(rawValue: "unsupported")
    /// Too many sockets or file descriptors are open. Closing some cures it.
    public static let tooManySockets = Code(rawValue: "too_many_sockets")
    /// Memory is exhausted.
    public static let outOfMemory = Code(rawValue: "out_of_memory")
    /// The context was shut down; its sockets are of no more use.
    public static let contextTerminated = Code(rawValue: "context_terminated")
    /// Anything else that the system reported; see ``ZeroMQError/errorNumber``.
    public static let system = Code(rawValue: "system")
  }

  /// The kind of failure.
  public var code: Code
  /// What was attempted, with which values, and what would be accepted.
  public var message: String
  /// The error number that libzmq or the system reported, 0 where there was none.
  public var errorNumber: Int32

  /// Makes an error.
  public init(_ code: Code, _ message: String, errorNumber: Int32 = 0) {
    self.code = code
    self.message = message
    self.errorNumber = errorNumber
  }

  /// The message and the code.
  public var description: String { "\(message) [\(code.rawValue)]" }

  /// Makes the error that stands for an error number.
  init(errorNumber: Int32, _ operation: String) {
    let reason = unsafe String(cString: zmq_strerror(errorNumber))
    self.init(Self.code(of: errorNumber), "\(operation): \(reason)", errorNumber: errorNumber)
  }

  private static func code(of errorNumber: Int32) -> Code {
    switch errorNumber {
    case EADDRINUSE: .addressInUse
    case EADDRNOTAVAIL, ENODEV, ENOENT, ENOTDIR: .addressNotAvailable
    case EACCES, EPERM, EROFS: .permissionDenied
    case EINVAL, ENAMETOOLONG: .invalidArgument
    case EPROTONOSUPPORT, Int32(ENOCOMPATPROTO): .unsupported
    case EMFILE, ENFILE: .tooManySockets
    case ENOMEM: .outOfMemory
    case Int32(ETERM): .contextTerminated
    default: .system
    }
  }

  private static let ENOCOMPATPROTO = 156_384_712 + 52
  private static let ETERM = 156_384_712 + 53
}

/// Turns a libzmq status into an error: the only place that does so.
///
/// The error number is read first, before anything else can change it.
func check(_ status: Int32, _ operation: @autoclosure () -> String) throws(ZeroMQError) {
  guard status < 0 else { return }
  let errorNumber = zmq_errno()
  throw ZeroMQError(errorNumber: errorNumber, operation())
}
