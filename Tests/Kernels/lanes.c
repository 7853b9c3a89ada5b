// What runs: states in lanes and spread over them, real and complex, with and without gradients, in turn; and, of states in lanes, shots.
//
// Instruction sets differ in how many rows run at once and in where they keep them, so that memory is not compared but what comes out of it:
// values, gradients and counts of each row.
#include "lanes.h"

#include <math.h>

#include "expect.h"
#include "lane_results.h"
#include "random.h"

/// Rounds of all kinds; and rows of a state that is spread, which run one by one.
enum { ROUNDS = 20, KINDS = 8, SPREAD_ROWS = 3, MOST_SHOTS = 700 };
/// Of the widest states one draw in 2³²⁻¹⁶ equals a threshold in its upper half: so many shots that some do.
enum { WIDE_KINDS = 4, WIDE_ROWS = 5, WIDE_SHOTS = 200003 };

/// Of a derivative that is a sum of OBSERVABLE_TERMS numbers below 1, absolute. The largest that was seen is below 10⁻¹⁵.
#define MOST_SLOPE_ERROR 1e-12

const unsigned lane_case_count = ROUNDS * KINDS + WIDE_KINDS;

/// Zeros may have either sign; nothing may be NaN.
static bool are_equal(const double *own, const double *plain, size_t count) {
  bool is_equal = true;
  for (size_t j = 0; j < count; ++j) is_equal = is_equal && own[j] == plain[j];
  return is_equal;
}

static void expect_same_counts(const lane_case *c, const lane_results *own, const lane_results *plain) {
  for (uint32_t row = 0; row < c->shape.row_count; ++row) {
    const size_t first = (size_t)row << c->outcomes.bit_count;
    uint32_t sum = 0;
    for (size_t j = first; j < first + (1u << c->outcomes.bit_count); ++j) {
      expect(own->counts[j] == plain->counts[j], "a count of a state in lanes");
      sum += own->counts[j];
    }
    expect(sum == c->shots.count, "the number of shots");
  }
}

static void expect_same(const lane_case *c, const lane_results *own, const lane_results *plain) {
  const bool is_spread = c->program.is_spread;
  expect(are_equal(own->values, plain->values, c->shape.row_count * OBSERVABLES),
         is_spread ? "a value of a state spread over lanes" : "a value of a state in lanes");
  if (!is_spread) expect_same_counts(c, own, plain);
  if (!c->shape.is_differentiable) return;
  expect(are_equal(own->norms, plain->norms, c->shape.row_count), "a norm");
  expect(are_equal(own->gradients, plain->gradients, c->shape.row_count * PARAMETERS),
         is_spread ? "a derivative of a state spread over lanes" : "a derivative of a state in lanes");
}

/// Angles below CK_LANE_ANGLE are taken in every lane, and no others in any.
static void expect_refusals(const lane_case *c, const ck_operations *operations, bool is_single) {
  static const double large[] = {2 * CK_LANE_ANGLE, -2 * CK_LANE_ANGLE, INFINITY, NAN};
  expect(count_refusals(c, operations, is_single, CK_LANE_ANGLE / 2) == 0, "an angle is refused");
  for (size_t j = 0; j < sizeof large / sizeof *large; ++j) {
    expect(count_refusals(c, operations, is_single, large[j]) == 1u << operations->lane_bits, "an angle that is too large is taken");
  }
}

static void shift_lone_angle(lane_case *c, double shift) {
  c->is_shifted = shift != 0;
  for (uint32_t row = 0; row < c->shape.row_count; ++row) {
    c->shifted[row] = c->lone_angle;
    c->shifts[row] = shift;
  }
}

/// The derivatives by the lone parameter, in double precision, are half the differences of values a quarter turn both ways from it.
///
/// That holds of circuits alone: a program that breaks a rule of ck_lanes.h would be compared for nothing.
static void expect_slopes(lane_case *c, const ck_operations *operations) {
  static lane_results there, back, here;
  shift_lone_angle(c, M_PI_2);
  run_lane_case(c, operations, false, &there);
  shift_lone_angle(c, -M_PI_2);
  run_lane_case(c, operations, false, &back);
  shift_lone_angle(c, 0);
  run_lane_case(c, operations, false, &here);
  for (uint32_t row = 0; row < c->shape.row_count; ++row) {
    double slope = 0;
    for (uint32_t j = row * OBSERVABLES; j < (row + 1) * OBSERVABLES; ++j) slope += c->cotangents[j] * (there.values[j] - back.values[j]) / 2;
    expect(fabs(here.gradients[row * PARAMETERS + LONE_PARAMETER] - slope) < MOST_SLOPE_ERROR, "a derivative by a shift");
  }
}

static void compare_case(lane_case *c, const ck_operations *own, const ck_operations *plain, bool is_single) {
  static lane_results results[2];
  if (!is_single && c->shape.is_differentiable) expect_slopes(c, own);
  if (random_below(2)) shift_lane_rows(c);
  run_lane_case(c, own, is_single, &results[0]);
  run_lane_case(c, plain, is_single, &results[1]);
  expect_same(c, &results[0], &results[1]);
  expect_refusals(c, own, is_single);
}

/// A small shape of the kind `number`, one bit for each of three properties.
static lane_shape random_shape(unsigned number) {
  const bool is_real = number & 1, is_spread = number & 2, is_differentiable = number & 4;
  const uint32_t least = (is_real ? CK_LANE_REAL_QUBITS : CK_LANE_COMPLEX_QUBITS) + (is_spread ? CK_LANE_SPREAD_BITS : 0);
  return (lane_shape){.bits = least + random_below(5),
                      .is_real = is_real,
                      .is_spread = is_spread,
                      .is_differentiable = is_differentiable,
                      .block_count = 1 + random_below(MOST_BLOCKS),
                      .row_count = is_spread ? SPREAD_ROWS : MOST_ROWS,
                      .shot_count = random_below(MOST_SHOTS)};
}

/// States of as many bits as a case has room for: in lanes, for their shots, and spread, for more levels of sums.
static lane_shape wide_shape(bool is_real, bool is_spread) {
  return (lane_shape){.bits = MOST_BITS,
                      .is_real = is_real,
                      .is_spread = is_spread,
                      .is_differentiable = is_spread,
                      .block_count = 2,
                      .row_count = is_spread ? 1 : WIDE_ROWS,
                      .shot_count = WIDE_SHOTS};
}

void compare_lanes(const ck_operations *own, const ck_operations *plain, bool is_single) {
  static lane_case c;
  for (unsigned number = 0; number < ROUNDS * KINDS; ++number) {
    make_lane_case(&c, random_shape(number));
    compare_case(&c, own, plain, is_single);
  }
  for (unsigned number = 0; number < WIDE_KINDS; ++number) {
    make_lane_case(&c, wide_shape(number & 1, number & 2));
    compare_case(&c, own, plain, is_single);
  }
}
