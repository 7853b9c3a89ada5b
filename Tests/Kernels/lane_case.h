// Random programs for lanes, with rows, cotangents, shifts and shots: what the instruction sets are asked to run.
//
// A case is a circuit as a planner might have made it, and keeps to all that ck_lanes.h asks for; but directions, signs and the order of
// operations are drawn.
#ifndef KETWORK_TESTS_LANE_CASE_H
#define KETWORK_TESTS_LANE_CASE_H

#include "ck_lanes.h"

/// What a case has room for. A table has one or two rotations for each of its functionals; every rotation has at most two terms, and the lone
/// one has another.
enum {
  MOST_BITS = 16,
  MOST_BLOCKS = 6,
  MOST_BLOCK_STEPS = 7,
  MOST_TABLES = 4,
  MOST_TABLE_STRINGS = 2 * CK_LANE_TABLE_QUBITS,
  MOST_ROTATIONS = MOST_BITS + MOST_BLOCKS * MOST_BLOCK_STEPS + MOST_TABLES * MOST_TABLE_STRINGS,
  MOST_TERMS = 2 * MOST_ROTATIONS + 1,
  /// Each may be followed by a factor of the whole state.
  MOST_OPERATIONS = MOST_BLOCKS * MOST_BLOCK_STEPS + MOST_ROTATIONS,
  FLIPS = 4,
  MOST_SUM_GROUPS = 2 * FLIPS,
  OBSERVABLES = 3,
  OBSERVABLE_TERMS = 40,
  PARAMETERS = 13,
  /// The parameter of one angle alone.
  LONE_PARAMETER = PARAMETERS - 1,
  /// More than the widest vectors have lanes.
  MOST_ROWS = 19,
  MOST_OUTCOME_BITS = 10,
};

/// What is chosen about a case.
typedef struct {
  uint32_t bits;
  bool is_real;
  bool is_spread;
  /// Whether the last direction of each block stays free.
  bool is_differentiable;
  uint32_t block_count;
  uint32_t row_count;
  uint32_t shot_count;
} lane_shape;

typedef struct {
  lane_shape shape;
  /// Points to what follows.
  ck_lane_program program;
  ck_lane_angle angles[MOST_ROTATIONS];
  ck_lane_term terms[MOST_TERMS];
  uint32_t term_count;
  uint32_t support[1u << MOST_BITS];
  ck_lane_growth growths[MOST_BITS];
  ck_lane_block blocks[MOST_BLOCKS];
  ck_lane_operation operations[MOST_OPERATIONS];
  uint32_t operation_count;
  ck_lane_table tables[MOST_TABLES];
  uint8_t table_values[MOST_TABLES][4 * 256];
  ck_lane_string strings[MOST_TABLES * MOST_TABLE_STRINGS];
  uint32_t string_count;
  ck_lane_sum_group sum_groups[MOST_SUM_GROUPS];
  uint32_t mask_counts[MOST_SUM_GROUPS][8 * (CK_LANE_LEVELS + 1)];
  uint32_t masks[OBSERVABLE_TERMS + 1];
  ck_lane_observable_term observable_terms[OBSERVABLE_TERMS];
  /// The angle that takes LONE_PARAMETER, once, and nothing else does.
  uint32_t lone_angle;
  /// Rows × parameters, and rows × observables.
  double parameters[MOST_ROWS * PARAMETERS];
  double cotangents[MOST_ROWS * OBSERVABLES];
  /// Of each row the angle that is shifted, and by how much; only if they are.
  bool is_shifted;
  uint32_t shifted[MOST_ROWS];
  double shifts[MOST_ROWS];
  ck_lane_outcomes outcomes;
  uint32_t outcome_masks[MOST_OUTCOME_BITS];
  uint16_t outcome_table[1u << MOST_BITS];
  ck_lane_shots shots;
} lane_case;

/// The coordinates over which sums are taken.
static inline uint32_t lane_sum_bits(const lane_shape *shape) { return shape->bits - (shape->is_spread ? CK_LANE_SPREAD_BITS : 0); }

/// Draws a case of a shape; nothing is shifted.
void make_lane_case(lane_case *c, lane_shape shape);

/// Shifts an angle of each row.
void shift_lane_rows(lane_case *c);

/// Draws the observables of a case whose shape is set: its sums, and what of them each observable has.
void make_lane_observables(lane_case *c);

/// Draws the outcomes and the shots of a case whose shape is set.
void make_lane_outcomes(lane_case *c);

#endif
