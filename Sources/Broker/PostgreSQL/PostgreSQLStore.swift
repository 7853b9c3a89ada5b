#if PostgreSQL
  internal import Foundation
  package import Protocol

  /// A store in a PostgreSQL database, for brokers of which one serves and others stand by.
  ///
  /// A commit is one transaction with `synchronous_commit` on, which the server checks each time, and it holds the fence of the epoch: when
  /// it returns, the server has flushed it; when another broker took over, it fails. Two connections are used, one to write and lead, one to read.
  ///
  /// Rows carry the check numbers and digests of ``RowChecks``, which are compared when they are read: what is damaged is refused, never served.
  package actor PostgreSQLStore: Store {
    private let schema: String
    private let isStandby: Bool
    private let onStandby: @Sendable (String) -> Void
    private let writer: PostgreSQLSession
    private let reader: PostgreSQLSession
    private var epoch: UInt64?
    private var hasFailed = false
    private var renewal: Task<Void, Never>?
    private let losses: AsyncStream<any Error>
    private let loss: AsyncStream<any Error>.Continuation

    /// Makes a store that is not open.
    ///
    /// - Parameters:
    ///   - url: `postgresql://USER@HOST:PORT/DATABASE?…` without a password; what it does not say, libpq reads in the environment and its files.
    ///   - schema: Of the tables; lower-case letters, digits and underscores.
    ///   - isStandby: Whether opening waits while another broker leads, instead of failing.
    ///   - onStandby: Hears who leads when opening begins to wait.
    /// - Throws: ``BrokerError`` with code `invalid_store`.
    package init(
      url: String, schema: String = "ketwork", isStandby: Bool = false, onStandby: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(BrokerError) {
      let location = try PostgreSQLLocation(url)
      precondition(schema.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }, "not a schema's name")
      (self.schema, self.isStandby, self.onStandby) = (schema, isStandby, onStandby)
      writer = PostgreSQLSession(location, schema: schema, label: "ketwork-store", reconnects: false)
      reader = PostgreSQLSession(location, schema: schema, label: "ketwork-store-reader", reconnects: true)
      (losses, loss) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
    }

    package func open() async throws -> StoreIndex {
      guard epoch == nil else { throw BrokerError(.storage, "the store is open already") }
      do { return try await begin() } catch {
        // Who cannot serve does not lead, so that another can.
        await close()
        throw error
      }
    }

    /// Leads, and reads what there is.
    private func begin() async throws -> StoreIndex {
      try await writer.run { [schema] in try PostgreSQLSchema.prepare($0, schema: schema) }
      let epoch = try await lead()
      self.epoch = epoch
      // Checked before anything is promised, and at every commit from here on.
      try await writer.run { try $0.run("SELECT hold_lead($1)", [RowArgument(epoch)]) }
      renewal = Task { await renew(epoch) }
      return try await reader.run { connection in
        try connection.transaction("ISOLATION LEVEL REPEATABLE READ READ ONLY") { try RowReader(connection).index(epoch: epoch) }
      }
    }

    /// Waits until this broker may lead, or says that it may not.
    private func lead() async throws -> UInt64 {
      let holder = "\(SystemCall.hostName), process \(ProcessInfo.processInfo.processIdentifier)"
      var told: UInt64?
      for attempt in 1... {
        try Task.checkCancellation()
        let outcome = try await writer.run {
          try PostgreSQLLeadership.attempt($0, holder: holder, waitingMilliseconds: Limits.standbyWaitMilliseconds)
        }
        switch outcome {
        case .leads(let epoch): return epoch
        case .follows(let epoch, let other):
          guard isStandby || attempt < Limits.leadTryCount else {
            throw BrokerError(
              .storeInUse, "another broker uses this store: \(other), epoch \(epoch); with --standby this one waits until it ends")
          }
          if isStandby && told != epoch { onStandby("\(other), epoch \(epoch)") }
          told = epoch
        }
      }
      preconditionFailure("attempts without end")
    }

    /// Renews the lead until the store is closed, or the lead is lost.
    private func renew(_ epoch: UInt64) async {
      do {
        while true {
          try await Task.sleep(for: Limits.leadRenewal)
          try await writer.run { try $0.run("SELECT hold_lead($1)", [RowArgument(epoch)]) }
        }
      } catch is CancellationError {
        // The store is closed.
      } catch {
        hasFailed = true
        loss.yield(await explained(error))
      }
    }

    package func lost() async -> (any Error)? {
      for await error in losses { return error }
      return nil
    }

    package func load(_ jobs: [JobID], withResults: Bool) async throws -> [StoreContents.Entry] {
      guard epoch != nil else { throw BrokerError(.storage, "the store is closed") }
      return try await reader.run { connection in
        try connection.transaction("ISOLATION LEVEL REPEATABLE READ READ ONLY") {
          try RowReader(connection).entries(of: jobs, withResults: withResults)
        }
      }
    }

    package func commit(_ batches: [MutationBatch]) async throws {
      guard let epoch, !hasFailed else { throw BrokerError(.storage, "the store is closed, or failed before") }
      do {
        try await writer.run { connection in
          var writer = PostgreSQLWriter(connection)
          try writer.commit(batches, epoch: epoch)
        }
      } catch {
        // Of a commit whose end was not heard it is not known whether it is kept.
        hasFailed = true
        throw await explained(error)
      }
    }

    /// Says of a session that was ended from outside whether another broker did.
    private func explained(_ error: any Error) async -> any Error {
      guard let epoch, (error as? BrokerError)?.code != .deposed else { return error }
      var theirs: UInt64?
      // What cannot be asked explains nothing.
      theirs = try? await reader.run { connection in
        var found: UInt64 = 0
        try connection.run("SELECT epoch FROM leader") { found = UInt64(bitPattern: $0.number(0)) }
        return found
      }
      guard let theirs, theirs > epoch else {
        guard let error = error as? BrokerError, error.code == .lockNotAvailable else { return error }
        return BrokerError(.storage, error.message)
      }
      return BrokerError(
        .deposed, "another broker took over in epoch \(theirs), so this one, of epoch \(epoch), promises nothing more (\(error))")
    }

    package func close() async {
      renewal?.cancel()
      await renewal?.value
      loss.finish()
      await writer.close()
      await reader.close()
      epoch = nil
    }
  }
#endif
