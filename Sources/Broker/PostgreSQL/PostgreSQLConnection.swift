#if PostgreSQL
  internal import CPostgreSQL
  internal import Protocol

  #if canImport(Glibc)
    internal import Glibc
  #elseif canImport(Musl)
    internal import Musl
  #endif

  /// A connection to a PostgreSQL server, used by one thread at a time.
  ///
  /// Statements are sent ahead and answered together, so that many cost one round trip (libpq's pipeline mode). Nothing blocks for longer
  /// than a server may be silent. After an error of the connection itself, nothing more can be asked.
  @safe final class PostgreSQLConnection {
    /// What is awaited, in its order.
    private enum Awaited {
      case preparation(sql: String)
      case answer(place: Int)
    }

    private let handle: OpaquePointer
    /// What is said of the server: its database, host and port, and nothing else of what was asked for.
    let server: String
    private var names: [String: String] = [:]
    private var nameCount = 0
    private var awaited: [Awaited] = []
    private var awaitedByteCount = 0
    /// Whether the connection itself failed.
    private(set) var isLost = false

    /// Connects.
    ///
    /// - Throws: ``BrokerError`` with code `storage`, in words of the server and without what the URL holds.
    init(_ location: PostgreSQLLocation) throws(BrokerError) {
      guard let handle = unsafe Self.connect(location) else {
        throw BrokerError(.storage, "PostgreSQL: no memory for a connection")
      }
      unsafe self.handle = handle
      server = unsafe Self.name(handle)
      guard unsafe PQstatus(handle) == CONNECTION_OK else {
        throw BrokerError(
          .storage,
          "PostgreSQL: cannot connect: \(unsafe Self.reason(handle)); passwords are read from PGPASSFILE, a service file or PGPASSWORD"
        )
      }
      let version = unsafe PQserverVersion(handle)
      guard version >= Limits.postgreSQLVersion, unsafe PQsetnonblocking(handle, 1) == 0, unsafe PQenterPipelineMode(handle) == 1
      else {
        throw BrokerError(
          .storage, "\(server): version \(version / 10_000) cannot be used; \(Limits.postgreSQLVersion / 10_000) or newer is needed"
        )
      }
    }

    deinit { unsafe PQfinish(handle) }

    private static func connect(_ location: PostgreSQLLocation) -> OpaquePointer? {
      let parameters = location.parameters
      var keywords = unsafe parameters.map { unsafe UnsafePointer(strdup($0.0)) } + [nil]
      var values = unsafe parameters.map { unsafe UnsafePointer(strdup($0.1)) } + [nil]
      defer { unsafe (keywords + values).forEach { unsafe free(UnsafeMutableRawPointer(mutating: $0)) } }
      return unsafe PQconnectdbParams(&keywords, &values, 1)
    }

    private static func name(_ handle: OpaquePointer) -> String {
      func text(_ value: UnsafeMutablePointer<CChar>?) -> String { unsafe value.map { unsafe String(cString: $0) } ?? "" }
      return unsafe "PostgreSQL database \(text(PQdb(handle))) at \(text(PQhost(handle))):\(text(PQport(handle)))"
    }

    private static func reason(_ handle: OpaquePointer) -> String {
      let text = unsafe String(cString: PQerrorMessage(handle))
      return text.split(whereSeparator: \.isNewline).joined(separator: "; ")
    }

    /// The number of the server's process that serves this connection.
    var process: Int64 { Int64(unsafe PQbackendPID(handle)) }

    // MARK: Asking

    /// Runs one statement and hands over the rows of its answer.
    func run(_ sql: String, _ arguments: [RowArgument] = [], _ body: (PostgreSQLRow) throws -> Void = { _ in }) throws {
      try send(sql, arguments)
      try receive { _, row in try body(row) }
    }

    /// Sends a statement ahead, whose rows nobody wants or ``receive(_:)`` hands over; so that not too much is on its way, answers are
    /// awaited now and then.
    ///
    /// - Parameter place: What its rows are handed over with.
    func send(_ sql: String, _ arguments: [RowArgument], place: Int = 0) throws(BrokerError) {
      let name: String
      if let known = names[sql] {
        name = known
      } else {
        name = "s\(nameCount)"
        nameCount += 1
        try check(unsafe PQsendPrepare(handle, name, sql, 0, nil))
        awaited.append(.preparation(sql: sql))
        names[sql] = name
      }
      let buffer = ArgumentBuffer(arguments)
      try check(
        unsafe buffer.withPointers { values, lengths, formats in
          unsafe PQsendQueryPrepared(handle, name, Int32(arguments.count), values, lengths, formats, 1)
        })
      awaited.append(.answer(place: place))
      awaitedByteCount += buffer.byteCount
    }

    /// Whether enough was sent ahead for its answers to be awaited.
    var isFull: Bool { awaited.count >= Limits.pipelineCount || awaitedByteCount >= Limits.pipelineByteCount }

    private func check(_ status: Int32) throws(BrokerError) {
      guard status == 1 else { throw lose(unsafe Self.reason(handle)) }
    }

    private func lose(_ reason: String) -> BrokerError {
      isLost = true
      return BrokerError(.storage, "\(server): the connection is lost: \(reason)")
    }

    // MARK: Answers

    /// Awaits the answers to all that was sent, and hands over their rows one by one.
    ///
    /// - Throws: The first error of the server, or of the body; all answers are read nevertheless.
    func receive(_ body: (Int, PostgreSQLRow) throws -> Void = { _, _ in }) throws {
      try check(unsafe PQpipelineSync(handle))
      let awaited = awaited
      (self.awaited, awaitedByteCount) = ([], 0)
      var failure: (any Error)?
      for expected in awaited {
        do { try receive(expected, isWanted: failure == nil, body) } catch {
          failure = failure ?? error
          if isLost { break }
        }
      }
      if let failure, isLost { throw failure }
      guard let last = try next(), unsafe PQresultStatus(last.handle) == PGRES_PIPELINE_SYNC else {
        throw lose("an answer out of order")
      }
      if let failure { throw failure }
    }

    /// Reads one answer to its end.
    private func receive(_ expected: Awaited, isWanted: Bool, _ body: (Int, PostgreSQLRow) throws -> Void) throws {
      // Rows come one by one: a million of them are never in memory at a time.
      if case .answer = expected { _ = unsafe PQsetSingleRowMode(handle) }
      var failure: (any Error)?
      while let result = try next() {
        let status = unsafe PQresultStatus(result.handle)
        if [PGRES_SINGLE_TUPLE, PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY].contains(status) {
          guard case .answer(let place) = expected, isWanted, failure == nil else { continue }
          do { try result.rows { try body(place, $0) } } catch { failure = error }
        } else {
          if case .preparation(let sql) = expected { names[sql] = nil }
          if status != PGRES_PIPELINE_ABORTED { failure = failure ?? result.error(server) }
        }
      }
      if let failure { throw failure }
    }

    /// The next piece of an answer; `nil` at its end.
    private func next() throws(BrokerError) -> PostgreSQLResult? {
      var isFlushed = try flush()
      while unsafe PQisBusy(handle) != 0 {
        var item = pollfd(fd: unsafe PQsocket(handle), events: Int16(POLLIN | (isFlushed ? 0 : POLLOUT)), revents: 0)
        let status = unsafe poll(&item, 1, Limits.databasePatienceMilliseconds)
        if status < 0 && errno == EINTR { continue }
        guard status > 0 else { throw lose("no answer in \(Limits.databasePatienceMilliseconds / 1_000) s") }
        if Int32(item.revents) & ~POLLOUT != 0 { try check(unsafe PQconsumeInput(handle)) }
        if !isFlushed { isFlushed = try flush() }
      }
      guard let result = unsafe PQgetResult(handle) else { return nil }
      return unsafe PostgreSQLResult(owning: result)
    }

    /// Writes what is to be written without waiting; whether all is.
    private func flush() throws(BrokerError) -> Bool {
      let status = unsafe PQflush(handle)
      guard status >= 0 else { throw lose(unsafe Self.reason(handle)) }
      return status == 0
    }
  }

  extension PostgreSQLConnection: RowSource {
    func read(_ query: RowQuery, keys: [RowArgument], _ body: (Int, PostgreSQLRow) throws -> Void) throws {
      for (place, key) in keys.enumerated() {
        try send(query.sql, [key], place: place)
        if isFull || place == keys.count - 1 { try receive(body) }
      }
    }

    func read(_ query: RowQuery, _ body: (PostgreSQLRow) throws -> Void) throws { try run(query.sql, [], body) }

    func large(_ digest: Digest) throws -> [UInt8] {
      var bytes: [UInt8] = []
      try run("SELECT bytes FROM blob WHERE digest = $1 ORDER BY number", [RowArgument(digest)]) { bytes += $0.bytes(0) }
      guard Digest(of: bytes) == digest else { throw RowDamage.error("a large value, \(digest),") }
      return bytes
    }
  }

  extension PostgreSQLConnection {
    /// Runs a body in a transaction, which is undone when the body throws.
    func transaction<Value>(_ mode: String = "", _ body: () throws -> Value) throws -> Value {
      try send("BEGIN \(mode)", [])
      do {
        let value = try body()
        try run("COMMIT")
        return value
      } catch {
        try? rollBack()
        throw error
      }
    }

    /// Ends a transaction that failed; on a connection that is lost there is none.
    private func rollBack() throws {
      guard !isLost else { return }
      try run("ROLLBACK")
    }
  }

  /// Values of a statement as libpq takes them: all bytes in one buffer, numbers in network order.
  private struct ArgumentBuffer {
    private var bytes: [UInt8] = []
    private var places: [Range<Int>?] = []

    var byteCount: Int { bytes.count + 64 }

    init(_ arguments: [RowArgument]) {
      for argument in arguments {
        let start = bytes.count
        switch argument {
        case .absent: break
        case .number(let number):
          for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: number >> Int64(shift))) }
        case .bytes(let value): bytes += value
        case .text(let text): bytes += text.utf8
        }
        places.append(argument == .absent ? nil : start..<bytes.count)
      }
      // So that even an empty value has an address: none would be an absent one.
      bytes.append(0)
    }

    func withPointers<Value>(
      _ body: (UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> Value
    ) -> Value {
      unsafe bytes.withUnsafeBytes { buffer in
        let start = unsafe buffer.baseAddress!.assumingMemoryBound(to: CChar.self)
        let values = unsafe places.map { place in unsafe place.map { unsafe start + $0.lowerBound } }
        let lengths = places.map { Int32($0?.count ?? 0) }
        return unsafe body(values, lengths, [Int32](repeating: 1, count: places.count))
      }
    }
  }
#endif
