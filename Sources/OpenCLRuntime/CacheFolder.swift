/// Where this program keeps, for a user, what it can make again.
package enum CacheFolder {
  /// `$XDG_CACHE_HOME/ketwork`, or under `~/.cache`; nil where the environment names neither by an absolute path.
  package static func path(_ environment: [String: String]) -> String? {
    if let base = environment["XDG_CACHE_HOME"], base.hasPrefix("/") { return base + "/ketwork" }
    if let home = environment["HOME"], home.hasPrefix("/") { return home + "/.cache/ketwork" }
    return nil
  }
}
