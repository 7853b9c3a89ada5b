#include "random.h"

static uint64_t seed = 20261121;

// Knuth's MMIX generator, whose lowest bits are the worst.
uint64_t random_bits(void) {
  seed = seed * 6364136223846793005u + 1442695040888963407u;
  return seed >> 20;
}

uint64_t random_word(void) { return random_bits() << 20 ^ random_bits(); }

uint32_t random_below(uint32_t bound) { return (uint32_t)(random_bits() % bound); }

double random_real(void) { return (double)(random_bits() & 0xffffff) / 0x800000 - 1; }
