// Index arithmetic shared by all kernels; independent of precision and instruction set.
#ifndef KETWORK_CK_BITS_H
#define KETWORK_CK_BITS_H

#include <stdint.h>

#pragma clang assume_nonnull begin

/// The bits of `value` spread over the set bits of `mask`, lowest first.
static inline uint64_t ck_deposit(uint64_t value, uint64_t mask) {
  uint64_t result = 0;
  for (; mask != 0; mask &= mask - 1, value >>= 1) {
    if (value & 1) result |= mask & -mask;
  }
  return result;
}

/// The bits of `value` under `mask` packed together, lowest first.
static inline uint64_t ck_extract(uint64_t value, uint64_t mask) {
  uint64_t result = 0;
  for (uint64_t bit = 1; mask != 0; mask &= mask - 1, bit <<= 1) {
    if (value & mask & -mask) result |= bit;
  }
  return result;
}

/// The next index after `index` whose bits under `fixed` are zero.
static inline uint64_t ck_next(uint64_t index, uint64_t fixed) { return ((index | fixed) + 1) & ~fixed; }

/// 1 if an odd number of bits is set.
static inline unsigned ck_parity(uint64_t value) { return (unsigned)__builtin_parityll(value); }

/// The bits of `index` at `targets`, targets[0] lowest, moved to their places.
static inline uint64_t ck_scatter(uint64_t index, unsigned k, const uint8_t *targets) {
  uint64_t result = 0;
  for (unsigned j = 0; j < k; ++j) result |= ((index >> j) & 1) << targets[j];
  return result;
}

#pragma clang assume_nonnull end
#endif
