// Draws on their way from a list to the blocks of a state and back: no sort compares two of them.
#include <string.h>

#include "bits.h"
#include "include/ck.h"

// Several searches side by side, so that one loads while another compares.
enum { SEARCHES = 8 };

/// For each of the positions the last block that starts at or before it; blocks without weight are passed over, for their successor starts
/// there too.
static inline void find_blocks(const uint64_t *positions, const uint64_t *starts, uint64_t block_count, uint64_t *found) {
  for (unsigned j = 0; j < SEARCHES; ++j) found[j] = 0;
  for (uint64_t half = block_count / 2; half > 0; half /= 2) {
    for (unsigned j = 0; j < SEARCHES; ++j) found[j] += half & ck_at_most(starts[found[j] + half], positions[j]);
  }
}

void ck_place_draws(const uint64_t *draws, uint64_t count, uint64_t total, const uint64_t *starts, uint64_t block_count,
                    uint32_t *blocks, uint64_t *positions, uint32_t *draw_counts) {
  for (uint64_t k = 0; k < count; k += SEARCHES) {
    const uint64_t here = count - k < SEARCHES ? count - k : SEARCHES;
    uint64_t wanted[SEARCHES] = {0}, found[SEARCHES];
    for (unsigned j = 0; j < here; ++j) wanted[j] = (uint64_t)((unsigned __int128)draws[k + j] * total >> 64);
    find_blocks(wanted, starts, block_count, found);
    for (unsigned j = 0; j < here; ++j) {
      blocks[k + j] = (uint32_t)found[j];
      positions[k + j] = wanted[j] - starts[found[j]];
      ++draw_counts[found[j]];
    }
  }
}

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
