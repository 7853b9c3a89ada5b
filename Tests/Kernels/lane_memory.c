#include "lane_memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *take(lane_memory *memory, size_t byte_count) {
  void *part = NULL;
  if (posix_memalign(&part, 64, byte_count) != 0) {
    printf("no memory for %zu bytes of lanes\n", byte_count);
    exit(1);
  }
  memory->owned[memory->owned_count++] = part;
  return memset(part, 0xff, byte_count);
}

void make_lane_memory(lane_memory *memory, const lane_case *c, uint32_t lane_bits, bool is_single) {
  const ck_lane_program *program = &c->program;
  const uint32_t lanes = 1u << lane_bits, sum_bits = lane_sum_bits(&c->shape);
  const size_t vector = lanes * (is_single ? sizeof(float) : sizeof(double)), doubles = lanes * sizeof(double);
  const size_t width = program->is_spread ? (1u << CK_LANE_SPREAD_BITS) / lanes : 1;
  const size_t state = vector << (program->bits - (program->is_spread ? lane_bits : 0)) << (program->is_real ? 0 : 1);
  *memory = (lane_memory){.owned_count = 0};
  ck_lane_memory *parts = &memory->parts;
  parts->columns = take(memory, doubles * PARAMETERS);
  parts->numbers = take(memory, vector * 2 * program->angle_count);
  parts->scales = take(memory, vector * program->scale_count);
  parts->factors = take(memory, vector * 2 * program->factor_count);
  parts->frames = take(memory, vector * 2);
  parts->state = take(memory, state);
  parts->sums = take(memory, doubles * (program->mask_count * width + (1u << sum_bits) / 7 + 8));
  if (!program->is_spread) parts->samples = take(memory, ck_lane_sample_bytes(program->bits, lanes));
  if (!c->shape.is_differentiable) return;
  parts->bra = take(memory, state);
  parts->signs = take(memory, vector * program->angle_count);
  parts->slopes = take(memory, doubles * width * program->angle_count);
  parts->entries = take(memory, doubles * width * program->factor_count);
  parts->norm = take(memory, doubles);
}

void release_lane_memory(lane_memory *memory) {
  while (memory->owned_count > 0) free(memory->owned[--memory->owned_count]);
}
