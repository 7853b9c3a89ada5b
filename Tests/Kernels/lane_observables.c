#include "lane_case.h"
#include "random.h"

/// A string of an observable, before its sum has a place.
typedef struct {
  /// Which of the flip masks it has.
  uint32_t flip;
  uint32_t z;
  bool is_imaginary;
} pauli;

/// Where a mask belongs among those of its group: by its lowest three bits that are not zero, then by its value; mask 0 is the last.
static uint64_t place_of(uint32_t mask) {
  if (mask == 0) return UINT64_MAX;
  const uint64_t level = (uint32_t)__builtin_ctz(mask) / 3, bits = mask >> 3 * level & 7;
  return level << 35 | bits << 32 | mask;
}

/// Adds a mask to the last group, unless it is there.
static void add_mask(lane_case *c, ck_lane_sum_group *group, uint32_t mask) {
  uint32_t *masks = c->masks + group->first, j = 0;
  while (j < group->count && place_of(masks[j]) < place_of(mask)) ++j;
  if (j < group->count && masks[j] == mask) return;
  for (uint32_t k = group->count; k > j; --k) masks[k] = masks[k - 1];
  masks[j] = mask;
  ++group->count;
  ++c->program.mask_count;
}

/// Counts the masks of each level, except mask 0.
static void count_masks(lane_case *c, ck_lane_sum_group *group) {
  uint32_t *counts = c->mask_counts[group - c->sum_groups];
  for (uint32_t j = 0; j < group->count; ++j) {
    const uint64_t place = place_of(c->masks[group->first + j]);
    if (place == UINT64_MAX) {
      group->has_plain_sum = true;
    } else {
      ++counts[8 * (place >> 35) + (place >> 32 & 7)];
    }
  }
  group->mask_counts = counts;
}

static uint32_t place_in(const lane_case *c, const ck_lane_sum_group *group, uint32_t mask) {
  uint32_t place = group->first;
  while (c->masks[place] != mask) ++place;
  return place;
}

/// Adds the group of the strings with one flip mask and kind, if there are any, and gives the strings their sums.
static void add_group(lane_case *c, const pauli *strings, uint32_t flip, uint32_t x, bool is_imaginary) {
  const uint32_t in_sums = (1u << lane_sum_bits(&c->shape)) - 1;
  ck_lane_sum_group *group = c->sum_groups + c->program.sum_group_count;
  *group = (ck_lane_sum_group){.x = x, .is_imaginary = is_imaginary, .first = c->program.mask_count};
  // The norm is always wanted.
  if (x == 0 && !is_imaginary) add_mask(c, group, 0);
  for (uint32_t j = 0; j < OBSERVABLE_TERMS; ++j) {
    if (strings[j].flip == flip && strings[j].is_imaginary == is_imaginary) add_mask(c, group, strings[j].z & in_sums);
  }
  if (group->count == 0) return;
  count_masks(c, group);
  if (x == 0 && !is_imaginary) c->program.norm = place_in(c, group, 0);
  for (uint32_t j = 0; j < OBSERVABLE_TERMS; ++j) {
    if (strings[j].flip != flip || strings[j].is_imaginary != is_imaginary) continue;
    c->observable_terms[j] = (ck_lane_observable_term){.observable = random_below(OBSERVABLES),
                                                       .sum = place_in(c, group, strings[j].z & in_sums),
                                                       .coefficient = random_real(),
                                                       .x = x,
                                                       .z = strings[j].z,
                                                       .spread_mask = strings[j].z >> lane_sum_bits(&c->shape)};
  }
  ++c->program.sum_group_count;
}

/// Different flip masks, the first of them 0, and along half of the others nothing but the highest coordinates.
static void choose_flips(const lane_case *c, uint32_t *flips) {
  flips[0] = 0;
  for (uint32_t j = 1; j < FLIPS; ++j) {
    bool is_new;
    do {
      const uint32_t x = random_below(1u << c->shape.bits);
      flips[j] = j % 2 ? x : x >> lane_sum_bits(&c->shape) << lane_sum_bits(&c->shape);
      if (flips[j] == 0) flips[j] = x;
      is_new = true;
      for (uint32_t k = 0; k < j; ++k) is_new = is_new && flips[k] != flips[j];
    } while (!is_new);
  }
}

void make_lane_observables(lane_case *c) {
  uint32_t flips[FLIPS];
  pauli strings[OBSERVABLE_TERMS];
  choose_flips(c, flips);
  for (uint32_t j = 0; j < OBSERVABLE_TERMS; ++j) {
    const uint32_t flip = random_below(FLIPS);
    uint32_t z = random_below(1u << c->shape.bits);
    // Strings with an odd number of Y have no value where states are real.
    if (c->shape.is_real && __builtin_parity(flips[flip] & z)) z ^= flips[flip] & -flips[flip];
    strings[j] = (pauli){flip, z, __builtin_parity(flips[flip] & z)};
  }
  for (uint32_t flip = 0; flip < FLIPS; ++flip) {
    add_group(c, strings, flip, flips[flip], false);
    add_group(c, strings, flip, flips[flip], true);
  }
  c->program.sum_groups = c->sum_groups;
  c->program.masks = c->masks;
  c->program.observable_terms = c->observable_terms;
  c->program.observable_term_count = OBSERVABLE_TERMS;
  c->program.observable_count = OBSERVABLES;
}
