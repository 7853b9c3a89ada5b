// What the measured speed of the kernels depends on, as one number: figures that were measured of other kernels are not theirs.
#include "include/ck.h"

// Of these kernels calibration times some, and the others stand in the same files. An edit recompiles this file: #embed is in the
// dependency file.
static const unsigned char block[] = {
#embed "body/block.inc"
};
static const unsigned char diagonal[] = {
#embed "body/diagonal.inc"
};
static const unsigned char peak[] = {
#embed "body/peak.inc"
};
static const unsigned char prelude[] = {
#embed "body/prelude.inc"
};
static const unsigned char tile[] = {
#embed "tile.c"
};

/// The 64-bit FNV-1a hash, continued (Fowler, Noll and Vo, draft-eastlake-fnv).
static uint64_t hashed(uint64_t hash, const unsigned char *bytes, size_t count) {
  for (size_t i = 0; i < count; ++i) hash = (hash ^ bytes[i]) * 0x100000001b3u;
  return hash;
}

uint64_t ck_revision(void) {
  uint64_t hash = 0xcbf29ce484222325u;
  hash = hashed(hash, block, sizeof block);
  hash = hashed(hash, diagonal, sizeof diagonal);
  hash = hashed(hash, peak, sizeof peak);
  hash = hashed(hash, prelude, sizeof prelude);
  hash = hashed(hash, tile, sizeof tile);
#if defined(__OPTIMIZE__)
  return hash;
#else
  return ~hash;
#endif
}
