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

// Of body/lane_angles.inc.
enum { CK_LANE_READAHEAD_BYTES = 1 << 15, CK_LANE_ANGLES = 8 };

// Of body/sampling.inc.
enum { CK_SEARCHES = 8 };

/// Of two vectors of `side` numbers, rows of a square of which blocks of `step` change places across the diagonal: what comes to place i of the
/// first, and of the second. Numbers of the second count from `side` on.
#define CK_FIRST_PLACE(i, step, side) ((i) & (step) ? (side) + ((i) ^ (step)) : (i))
#define CK_SECOND_PLACE(i, step, side) ((i) & (step) ? (side) + (i) : (i) ^ (step))
#define CK_PLACES_2(of, i, step, side) of(i, step, side), of((i) + 1, step, side)
#define CK_PLACES_4(of, i, step, side) CK_PLACES_2(of, i, step, side), CK_PLACES_2(of, (i) + 2, step, side)
#define CK_PLACES_8(of, i, step, side) CK_PLACES_4(of, i, step, side), CK_PLACES_4(of, (i) + 4, step, side)

/// Asks for the next lines of memory that will be needed.
static inline void ck_ask_ahead(ck_ahead *ahead) {
  for (size_t line = 0; line < ahead->step && ahead->left > 0; ++line, --ahead->left) {
    __builtin_prefetch(ahead->start + ahead->row * ahead->amplitude_byte_count + ahead->offset, 0, 2);
    ahead->offset += 64;
    if (ahead->offset < ahead->row_byte_count) continue;
    ahead->offset = 0;
    ahead->row = (ahead->row - ahead->rows) & ahead->rows;
  }
}

typedef double ck_double8 __attribute__((ext_vector_type(8)));
typedef int64_t ck_long8 __attribute__((ext_vector_type(8)));
typedef bool ck_bool8 __attribute__((ext_vector_type(8)));
typedef uint64_t ck_ulong8 __attribute__((ext_vector_type(8)));
typedef uint32_t ck_uint8 __attribute__((ext_vector_type(8)));
typedef uint16_t ck_ushort32 __attribute__((ext_vector_type(32)));

#endif
