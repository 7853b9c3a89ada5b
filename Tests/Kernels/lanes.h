// Compares the kernels for batches of one instruction set with the scalar ones.
#ifndef KETWORK_TESTS_LANES_H
#define KETWORK_TESTS_LANES_H

#include "ck.h"

/// How many cases are compared in each precision.
extern const unsigned lane_case_count;

/// Runs random cases on both, and expects the same numbers in each row.
void compare_lanes(const ck_operations *own, const ck_operations *plain, bool is_single);

#endif
