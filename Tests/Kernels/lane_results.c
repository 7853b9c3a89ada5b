#include "lane_results.h"

#include <string.h>

#include "expect.h"
#include "lane_memory.h"

enum { MOST_LANES = 16 };

/// Which rows a group of lanes takes: those without one of their own repeat the last.
static void fill_lanes(const lane_case *c, uint32_t first, uint32_t count, uint32_t *rows, uint32_t *shifted, double *shifts) {
  for (uint32_t lane = 0; lane < MOST_LANES; ++lane) {
    rows[lane] = first + (lane < count ? lane : count - 1);
    shifted[lane] = c->shifted[rows[lane]];
    shifts[lane] = c->shifts[rows[lane]];
  }
}

static void differentiate(const lane_case *c, const ck_lane_operations *lanes, const lane_memory *memory, const uint32_t *rows, uint32_t count,
                          double *gradients) {
  double cotangents[MOST_LANES * OBSERVABLES];
  for (uint32_t lane = 0; lane < MOST_LANES; ++lane) {
    memcpy(cotangents + lane * OBSERVABLES, c->cotangents + rows[lane] * OBSERVABLES, OBSERVABLES * sizeof *cotangents);
  }
  lanes->differentiate(&c->program, &memory->parts, cotangents, gradients, PARAMETERS, count);
}

static void run_group(const lane_case *c, const ck_lane_operations *lanes, const lane_memory *memory, uint32_t first, uint32_t count,
                      lane_results *results) {
  uint32_t rows[MOST_LANES], shifted[MOST_LANES];
  double shifts[MOST_LANES];
  fill_lanes(c, first, count, rows, shifted, shifts);
  const ck_lane_rows gathered = {c->parameters, PARAMETERS, rows, false};
  const ck_lane_shifts shifting = {shifted, shifts};
  lanes->gather(&gathered, &memory->parts);
  expect(lanes->bind(&c->program, c->is_shifted ? &shifting : NULL, &memory->parts), "angles are refused");
  lanes->evolve(&c->program, &memory->parts);
  if (!c->program.is_spread) {
    ck_lane_shots shots = c->shots;
    shots.first_row += first;
    lanes->sample(&c->program, &memory->parts, &c->outcomes, &shots, results->counts + ((size_t)first << c->outcomes.bit_count), count);
  }
  lanes->sum(&c->program, &memory->parts);
  lanes->observe(&c->program, &memory->parts, results->values + first * OBSERVABLES, count);
  if (!c->shape.is_differentiable) return;
  memcpy(results->norms + first, memory->parts.norm, count * sizeof *results->norms);
  differentiate(c, lanes, memory, rows, count, results->gradients + first * PARAMETERS);
}

void run_lane_case(const lane_case *c, const ck_operations *operations, bool is_single, lane_results *results) {
  const uint32_t step = c->program.is_spread ? 1 : 1u << operations->lane_bits;
  lane_memory memory;
  memset(results, 0, sizeof *results);
  make_lane_memory(&memory, c, operations->lane_bits, is_single);
  for (uint32_t first = 0; first < c->shape.row_count; first += step) {
    const uint32_t left = c->shape.row_count - first;
    run_group(c, operations->lanes, &memory, first, left < step ? left : step, results);
  }
  release_lane_memory(&memory);
}

uint32_t count_refusals(const lane_case *c, const ck_operations *operations, bool is_single, double shift) {
  const uint32_t rows[MOST_LANES] = {0};
  uint32_t shifted[MOST_LANES], refusals = 0;
  lane_memory memory;
  make_lane_memory(&memory, c, operations->lane_bits, is_single);
  for (uint32_t lane = 0; lane < MOST_LANES; ++lane) shifted[lane] = c->program.angle_count - 1;
  const ck_lane_rows gathered = {c->parameters, PARAMETERS, rows, false};
  operations->lanes->gather(&gathered, &memory.parts);
  for (uint32_t lane = 0; lane < 1u << operations->lane_bits; ++lane) {
    double shifts[MOST_LANES] = {0};
    shifts[lane] = shift;
    const ck_lane_shifts shifting = {shifted, shifts};
    refusals += !operations->lanes->bind(&c->program, &shifting, &memory.parts);
  }
  release_lane_memory(&memory);
  return refusals;
}
