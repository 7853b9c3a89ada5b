internal import GRDB

/// The tables, by version. A store is brought up to the newest version when it is opened, and never down.
///
/// A job is known by `seq`, the order of its acceptance, so that rows are appended and neighbours in time are neighbours on disk. Bytes above
/// a bound lie in files by their digest, and the row has the digest alone. `…_check` columns are of ``RowCheck``.
enum SQLiteSchema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { try $0.execute(sql: version1) }
    return migrator
  }

  private static let version1 = """
    CREATE TABLE meta (
      name TEXT PRIMARY KEY NOT NULL,
      value INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    INSERT INTO meta VALUES ('epoch', 0), ('commits', 0), ('jobs', 0);

    CREATE TABLE template (
      number INTEGER PRIMARY KEY,
      digest BLOB NOT NULL UNIQUE,
      format INTEGER NOT NULL,
      bytes BLOB NOT NULL
    ) STRICT;

    CREATE TABLE need (
      number INTEGER PRIMARY KEY,
      device TEXT NOT NULL,
      method TEXT NOT NULL,
      is_double INTEGER NOT NULL,
      qubits INTEGER NOT NULL,
      UNIQUE (device, method, is_double, qubits)
    ) STRICT;

    CREATE TABLE job (
      seq INTEGER PRIMARY KEY,
      id BLOB NOT NULL UNIQUE,
      tenant TEXT NOT NULL,
      idempotency_key TEXT NOT NULL,
      request_hash BLOB NOT NULL,
      name TEXT NOT NULL,
      priority INTEGER NOT NULL,
      submitted INTEGER NOT NULL,
      deadline INTEGER,
      maximum_run_time INTEGER,
      total INTEGER NOT NULL,
      body_byte_count INTEGER NOT NULL,
      need INTEGER REFERENCES need (number),
      session BLOB,
      templates BLOB NOT NULL,
      line_check INTEGER NOT NULL,
      needed_confirmations INTEGER NOT NULL,
      requeued_from BLOB,
      job_check INTEGER NOT NULL,
      state INTEGER NOT NULL,
      message TEXT NOT NULL,
      state_check INTEGER NOT NULL,
      digest BLOB,
      byte_count INTEGER NOT NULL DEFAULT 0,
      receipt_byte_count INTEGER NOT NULL DEFAULT 0,
      finished INTEGER,
      finish_check INTEGER,
      is_result_removed INTEGER,
      confirmations INTEGER,
      confirmations_check INTEGER,
      retraction TEXT,
      retraction_check INTEGER
    ) STRICT;

    CREATE TABLE burial (
      job INTEGER PRIMARY KEY REFERENCES job (seq) ON DELETE CASCADE,
      attempts INTEGER NOT NULL,
      crashes INTEGER NOT NULL,
      burial_check INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE failed_circuit (
      job INTEGER NOT NULL REFERENCES job (seq) ON DELETE CASCADE,
      number INTEGER NOT NULL,
      item INTEGER NOT NULL,
      row INTEGER NOT NULL,
      code TEXT NOT NULL,
      message TEXT NOT NULL,
      PRIMARY KEY (job, number)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE tombstone (
      job BLOB PRIMARY KEY NOT NULL,
      tenant TEXT NOT NULL,
      idempotency_key TEXT NOT NULL,
      request_hash BLOB NOT NULL,
      requeued_from BLOB,
      state INTEGER NOT NULL,
      total INTEGER NOT NULL,
      finished INTEGER NOT NULL,
      tombstone_check INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE session (
      id BLOB PRIMARY KEY NOT NULL,
      tenant TEXT NOT NULL,
      idempotency_key TEXT NOT NULL,
      name TEXT NOT NULL,
      idle_time INTEGER NOT NULL,
      opened INTEGER NOT NULL,
      session_check INTEGER NOT NULL,
      closed INTEGER,
      closed_check INTEGER
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE body (
      job INTEGER PRIMARY KEY REFERENCES job (seq) ON DELETE CASCADE,
      bytes BLOB,
      file BLOB
    ) STRICT;
    CREATE INDEX body_file ON body (file) WHERE file IS NOT NULL;

    CREATE TABLE event (
      job INTEGER NOT NULL REFERENCES job (seq) ON DELETE CASCADE,
      sequence INTEGER NOT NULL,
      state INTEGER NOT NULL,
      completed INTEGER NOT NULL,
      failed INTEGER NOT NULL,
      message TEXT NOT NULL,
      time INTEGER NOT NULL,
      circuits BLOB NOT NULL,
      has_more INTEGER NOT NULL,
      is_retracted INTEGER NOT NULL,
      event_check INTEGER NOT NULL,
      PRIMARY KEY (job, sequence)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE part (
      number INTEGER PRIMARY KEY,
      job INTEGER NOT NULL REFERENCES job (seq) ON DELETE CASCADE,
      lower INTEGER NOT NULL,
      upper INTEGER NOT NULL,
      failed INTEGER NOT NULL,
      digest BLOB NOT NULL,
      bytes BLOB,
      receipt BLOB,
      part_check INTEGER NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX part_place ON part (job, lower);
    CREATE INDEX part_file ON part (digest) WHERE bytes IS NULL;

    CREATE TABLE lease (
      epoch INTEGER NOT NULL,
      sequence INTEGER NOT NULL,
      job INTEGER NOT NULL REFERENCES job (seq) ON DELETE CASCADE,
      lower INTEGER NOT NULL,
      upper INTEGER NOT NULL,
      attempts INTEGER NOT NULL,
      crashes INTEGER NOT NULL,
      lease_check INTEGER NOT NULL,
      PRIMARY KEY (epoch, sequence)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX lease_job ON lease (job);
    """
}
