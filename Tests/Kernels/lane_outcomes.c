#include "lane_case.h"
#include "random.h"

void make_lane_outcomes(lane_case *c) {
  const uint32_t bit_count = 1 + random_below(MOST_OUTCOME_BITS), signs = random_below(1u << bit_count);
  for (uint32_t bit = 0; bit < bit_count; ++bit) c->outcome_masks[bit] = random_below(1u << c->shape.bits);
  for (uint32_t state = 0; state < 1u << c->shape.bits; ++state) {
    uint32_t outcome = signs;
    for (uint32_t bit = 0; bit < bit_count; ++bit) outcome ^= (uint32_t)__builtin_parity(c->outcome_masks[bit] & state) << bit;
    c->outcome_table[state] = (uint16_t)outcome;
  }
  c->outcomes = (ck_lane_outcomes){bit_count, c->outcome_masks, c->outcome_table};
  c->shots = (ck_lane_shots){random_word(), random_below(1000), random_below(1u << 31), c->shape.shot_count};
}
