/// The bounds of this module, each with its reason.
enum Limits {
  /// Bytes of parameters and results that are held at once where rows come from a file and go to one; a single row may be larger.
  static let windowByteCount = 32 << 20
  /// Rows that run between two writes, however small they are: progress is seen, and a stop is soon heard.
  static let windowRowCount = 1 << 16
  /// Bytes of the header of an .npy file; NumPy itself reads 10,000 from those it does not trust.
  static let arrayHeaderByteCount = 64 << 10
  /// Dimensions of an array, as many as NumPy has.
  static let arrayDimensionCount = 64
  /// Bytes of one line of a table: 16,384 parameters of 64 characters.
  static let lineByteCount = 1 << 20
  /// Bytes of a file of keys: 10,000 keys take 3 MiB.
  static let keyFileByteCount = 16 << 20
  /// Keys of one list, revoked ones included.
  static let authorizedKeyCount = 10_000
  /// Bytes of a name of a key or a tenant: it is a file's name, too.
  static let keyNameByteCount = 64
  /// Tenants that one file names: as many as may have keys.
  static let namedTenantCount = 10_000
  /// How often a broker looks whether a file that it follows has changed.
  static let fileWatchInterval = Duration.seconds(1)
  /// Bytes that are read from a table at a time.
  static let readByteCount = 1 << 18
}
