// Memory for one group of lanes, each part of it allocated by itself, so that an address sanitizer sees what leaves one.
#ifndef KETWORK_TESTS_LANE_MEMORY_H
#define KETWORK_TESTS_LANE_MEMORY_H

#include "lane_case.h"

enum { LANE_MEMORY_PARTS = 13 };

typedef struct {
  /// What the kernels are given.
  ck_lane_memory parts;
  void *owned[LANE_MEMORY_PARTS];
  uint32_t owned_count;
} lane_memory;

/// Memory as a program needs it, without a byte to spare, and filled with NaN: who reads what was not written gives itself away.
void make_lane_memory(lane_memory *memory, const lane_case *c, uint32_t lane_bits, bool is_single);

void release_lane_memory(lane_memory *memory);

#endif
