import Foundation
import Glibc
import TestSupport

/// A process that was started and has to be waited for.
///
/// Foundation's `Process` now and then misses the end of one of several children that end at once, and then waits for ever
/// (Swift 6.3 on Linux).
final class ChildProcess: Sendable {
  /// Standard output, to be read by its owner.
  let output: FileHandle
  /// The number by which the system knows it.
  let id: pid_t
  private let isReaped = Shared(false)

  /// One starts at a time, so that no other child keeps this one's pipe open.
  private static let starting = Shared(())

  /// Starts an executable; standard input and standard error are files.
  init(_ executable: String, _ arguments: [String], environment: [String: String], input: String, errors: String) throws {
    let words = [executable] + arguments
    let variables = environment.map { "\($0.key)=\($0.value)" }
    (id, output) = try Self.starting.update { _ in
      Result { try Self.start(words, variables, input: input, errors: errors) }
    }.get()
  }

  private static func start(
    _ words: [String], _ variables: [String], input: String, errors: String
  ) throws -> (id: pid_t, output: FileHandle) {
    let pipe = Pipe()
    let (reader, writer) = (pipe.fileHandleForReading, pipe.fileHandleForWriting)
    for end in [reader, writer] { _ = fcntl(end.fileDescriptor, F_SETFD, FD_CLOEXEC) }
    defer { writer.closeFile() }
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, writer.fileDescriptor, STDOUT_FILENO)
    unsafe posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    // Threads that run tasks block all signals, and a child would begin with them blocked.
    var (attributes, none) = (posix_spawnattr_t(), sigset_t())
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    unsafe sigemptyset(&none)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var id = pid_t()
    let status = unsafe withCStrings(words) { words in
      unsafe withCStrings(variables) { variables in unsafe posix_spawn(&id, words[0]!, &actions, &attributes, words, variables) }
    }
    guard status == 0 else { throw CommandLineTool.Trouble("\(words[0]) does not start: error \(status)") }
    return (id, reader)
  }

  /// Sends a signal, unless the process has ended.
  func signal(_ number: Int32) {
    isReaped.update { isReaped in
      if !isReaped { kill(id, number) }
    }
  }

  /// Whether the process has not ended yet.
  var isRunning: Bool {
    isReaped.update { isReaped in
      guard !isReaped else { return false }
      var information = unsafe siginfo_t()
      // No process is found in `information` as long as this one goes on.
      let status = unsafe waitid(P_PID, id_t(id), &information, WEXITED | WNOWAIT | WNOHANG)
      return unsafe status == 0 && information.si_signo == 0
    }
  }

  /// Waits for the end; the exit status, or the number of the signal that ended it.
  func wait() -> Int32 {
    var information = unsafe siginfo_t()
    // Left unreaped until the lock is held, so that no signal goes to a later process of the same number.
    while unsafe waitid(P_PID, id_t(id), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    return isReaped.update { isReaped in
      var status: Int32 = 0
      unsafe waitpid(id, &status, 0)
      isReaped = true
      return status & 0x7f == 0 ? status >> 8 & 0xff : status & 0x7f
    }
  }

  deinit {
    guard !isReaped.current else { return }
    signal(SIGKILL)
    _ = wait()
  }

  private static func withCStrings<Result>(
    _ texts: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    var pointers = unsafe texts.map { unsafe strdup($0) } + [nil]
    defer { unsafe pointers.forEach { unsafe free($0) } }
    return unsafe pointers.withUnsafeMutableBufferPointer { unsafe body($0.baseAddress!) }
  }
}
