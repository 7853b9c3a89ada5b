// The random numbers of the comparisons: the same ones on every machine, so that a difference comes again.
#ifndef KETWORK_TESTS_RANDOM_H
#define KETWORK_TESTS_RANDOM_H

#include <stdint.h>

/// 44 random bits.
uint64_t random_bits(void);

/// 64 random bits.
uint64_t random_word(void);

/// A number below a bound of at most 2³².
uint32_t random_below(uint32_t bound);

/// A number from −1 on and below 1.
double random_real(void);

#endif
