#if PostgreSQL
  internal import Protocol

  /// Writes mutations in one transaction, most often in one round trip.
  struct PostgreSQLWriter {
    let connection: PostgreSQLConnection
    private var hasReleased = false

    init(_ connection: PostgreSQLConnection) { self.connection = connection }

    /// Makes batches durable, if the broker of this epoch still leads.
    mutating func commit(_ batches: [MutationBatch], epoch: UInt64) throws {
      try connection.transaction {
        try connection.send("SELECT hold_lead($1)", [RowArgument(epoch)])
        for change in RowChange.changes(of: batches) { try carryOut(change) }
        if hasReleased { try removeReleased() }
      }
    }

    private mutating func carryOut(_ change: RowChange) throws {
      switch change {
      case .run(let sql, let arguments): try send(sql, arguments)
      case .keep(let bytes, let digest): try keep(bytes, digest)
      case .release(let sql, let job):
        hasReleased = true
        try send("INSERT INTO released \(sql) ON CONFLICT DO NOTHING", [RowArgument(job)])
      case .entomb(let job):
        try connection.receive()
        let tombstones = try RowReader(connection).tombstones(of: [job])
        for change in tombstones.flatMap(RowChange.changes(entombing:)) { try carryOut(change) }
      }
    }

    private func send(_ sql: String, _ arguments: [RowArgument]) throws {
      try connection.send(sql, arguments)
      if connection.isFull { try connection.receive() }
    }

    /// Keeps bytes in pieces, so that no statement is larger than one.
    private func keep(_ bytes: [UInt8], _ digest: Digest) throws {
      let sql = "INSERT INTO blob (digest, number, bytes) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
      for start in stride(from: 0, to: bytes.count, by: Limits.blobPieceByteCount) {
        let piece = bytes[start..<min(start + Limits.blobPieceByteCount, bytes.count)]
        try send(sql, [RowArgument(digest), RowArgument(start / Limits.blobPieceByteCount), .bytes(Array(piece))])
      }
    }

    /// Removes what was kept and is named no more.
    private func removeReleased() throws {
      try send(
        """
        DELETE FROM blob USING released WHERE blob.digest = released.digest
        AND NOT EXISTS (SELECT 1 FROM body WHERE file = blob.digest)
        AND NOT EXISTS (SELECT 1 FROM part WHERE part.digest = blob.digest AND part.bytes IS NULL)
        """, [])
      try send("DELETE FROM released", [])
    }
  }
#endif
