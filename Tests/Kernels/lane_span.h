// The span of a block's directions, as a program for lanes describes it.
#ifndef KETWORK_TESTS_LANE_SPAN_H
#define KETWORK_TESTS_LANE_SPAN_H

#include <stdbool.h>
#include <stdint.h>

#include "ck_lanes.h"

/// Vectors over the integers mod 2, each with a highest bit of its own.
typedef struct {
  uint32_t rows[32];
  uint32_t count;
} lane_echelon;

/// Adds a vector; false if it is in the span already.
bool lane_echelon_insert(lane_echelon *echelon, uint32_t vector);

/// Directions of a block.
typedef struct {
  uint32_t directions[CK_LANE_REAL_QUBITS];
  uint32_t count;
} lane_span;

/// As many random directions as asked for, of so many coordinates, that are independent in those under a mask.
lane_span random_lane_span(uint32_t count, uint32_t bits, uint32_t addresses);

/// Where an element of a group lies.
uint32_t lane_span_offset(const lane_span *span, uint32_t element);

/// A parity of basis states as one of elements.
uint32_t lane_span_functional(const lane_span *span, uint32_t mask);

/// A bit for each of the first directions, such that every group has one basis state without them; of those under a mask.
uint32_t lane_span_fixed(const lane_span *span, uint32_t count, uint32_t addresses);

#endif
