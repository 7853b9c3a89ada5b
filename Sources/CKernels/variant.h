// What every instruction set's file begins with: no contraction behind our back, and the types of the sums.
#ifndef KETWORK_CK_VARIANT_H
#define KETWORK_CK_VARIANT_H

#include <string.h>

#include "bits.h"
#include "implementations.h"

#pragma STDC FP_CONTRACT OFF
// Vectors are passed only between functions of one file that are always inlined, so their calling convention does not matter.
#pragma clang diagnostic ignored "-Wpsabi"

// Of body/readahead.inc, for all variants.
enum {
  CK_READAHEAD_LEAST_BYTES = 1024,
  CK_READAHEAD_MOST_BYTES = 8192,
  CK_READAHEAD_DISTANCE_BYTES = 8192,
};

typedef double ck_double8 __attribute__((ext_vector_type(8)));
typedef int64_t ck_long8 __attribute__((ext_vector_type(8)));
typedef uint64_t ck_ulong8 __attribute__((ext_vector_type(8)));
typedef uint32_t ck_uint8 __attribute__((ext_vector_type(8)));

#endif
