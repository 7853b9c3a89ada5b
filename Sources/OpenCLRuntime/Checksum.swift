/// The 64-bit FNV-1a hash, for names and checksums; it keeps out accidents, not attackers.
///
/// Source: Fowler, Noll and Vo, draft-eastlake-fnv.
package func fnv1a(_ bytes: some Sequence<UInt8>) -> UInt64 {
  bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}
