// Draws on their way from a list to the blocks of a state and back: no sort compares two of them.
#include <string.h>

#include "include/ck.h"

void ck_group_draws(const uint32_t *blocks, const uint64_t *positions, uint64_t count, uint32_t first, uint32_t *places,
                    uint64_t *grouped, uint32_t *order) {
  for (uint64_t k = 0; k < count; ++k) {
    const uint32_t place = places[blocks[k]]++;
    grouped[place] = positions[k];
    if (order != NULL) order[place] = first + (uint32_t)k;
  }
}

uint64_t ck_count_states(uint64_t *states, uint64_t count, uint32_t *counts) {
  if (count == 0) return 0;
  const uint64_t start = states[0] & ~(uint64_t)(CK_SUM_BLOCK - 1);
  uint32_t frequencies[CK_SUM_BLOCK];
  uint64_t seen[CK_SUM_BLOCK / 64] = {0};
  for (uint64_t k = 0; k < count; ++k) {
    const uint64_t place = states[k] - start, bit = 1ull << (place & 63);
    frequencies[place] = seen[place / 64] & bit ? frequencies[place] + 1 : 1;
    seen[place / 64] |= bit;
  }
  uint64_t found = 0;
  for (unsigned word = 0; word < CK_SUM_BLOCK / 64; ++word) {
    for (uint64_t bits = seen[word]; bits != 0; bits &= bits - 1) {
      const uint64_t place = 64 * word + (unsigned)__builtin_ctzll(bits);
      counts[found] = frequencies[place];
      states[found++] = start + place;
    }
  }
  return found;
}
