#include "lane_span.h"

#include "random.h"

bool lane_echelon_insert(lane_echelon *echelon, uint32_t vector) {
  for (uint32_t j = 0; j < echelon->count; ++j) {
    if ((vector ^ echelon->rows[j]) < vector) vector ^= echelon->rows[j];
  }
  if (vector == 0) return false;
  echelon->rows[echelon->count++] = vector;
  return true;
}

lane_span random_lane_span(uint32_t count, uint32_t bits, uint32_t addresses) {
  lane_span span = {.count = count};
  lane_echelon reached = {.count = 0};
  while (reached.count < count) {
    const uint32_t direction = random_below(1u << bits);
    if (lane_echelon_insert(&reached, direction & addresses)) span.directions[reached.count - 1] = direction;
  }
  return span;
}

uint32_t lane_span_offset(const lane_span *span, uint32_t element) {
  uint32_t offset = 0;
  for (uint32_t j = 0; j < span->count; ++j) offset ^= element >> j & 1 ? span->directions[j] : 0;
  return offset;
}

uint32_t lane_span_functional(const lane_span *span, uint32_t mask) {
  uint32_t functional = 0;
  for (uint32_t j = 0; j < span->count; ++j) functional |= (uint32_t)__builtin_parity(span->directions[j] & mask) << j;
  return functional;
}

uint32_t lane_span_fixed(const lane_span *span, uint32_t count, uint32_t addresses) {
  lane_echelon rows = {.count = 0};
  uint32_t fixed = 0;
  for (uint32_t j = 0; j < count; ++j) {
    lane_echelon_insert(&rows, span->directions[j] & addresses);
    fixed |= 1u << (31 - __builtin_clz(rows.rows[j]));
  }
  return fixed;
}
