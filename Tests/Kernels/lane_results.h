// What one instruction set makes of a case.
#ifndef KETWORK_TESTS_LANE_RESULTS_H
#define KETWORK_TESTS_LANE_RESULTS_H

#include "ck.h"
#include "lane_case.h"

typedef struct {
  /// Rows × observables.
  double values[MOST_ROWS * OBSERVABLES];
  /// ⟨ψ|ψ⟩ of each row, of which values do not show what scales have made; and rows × parameters. Of cases that are differentiable.
  double norms[MOST_ROWS];
  double gradients[MOST_ROWS * PARAMETERS];
  /// Rows × outcomes, of states that are not spread.
  uint32_t counts[MOST_ROWS << MOST_OUTCOME_BITS];
} lane_results;

/// Runs all rows of a case, as many at a time as there are lanes, or one that is spread over them.
void run_lane_case(const lane_case *c, const ck_operations *operations, bool is_single, lane_results *results);

/// In how many lanes an angle is refused that is shifted so far while the others are not.
uint32_t count_refusals(const lane_case *c, const ck_operations *operations, bool is_single, double shift);

#endif
