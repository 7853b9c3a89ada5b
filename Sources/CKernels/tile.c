// Tile passes: several operations on a part of the state while it is in the cache.
#include <string.h>

#include "bits.h"
#include "include/ck.h"

/// The bits of the tile's index outside at the diagonal's targets there, the first target lowest.
static uint64_t gathered(uint64_t index, uint32_t count, const uint8_t *places) {
  uint64_t result = 0;
  for (uint32_t j = 0; j < count; ++j) result |= ((index >> places[j]) & 1) << j;
  return result;
}

static uint64_t mask_of(const ck_step *step) {
  uint64_t mask = 0;
  for (uint32_t j = 0; j < step->target_count; ++j) mask |= 1ull << step->targets[j];
  return mask;
}

/// Applies one step to a tile of 2^bits amplitudes whose qubits outside have the values of `index`.
static void run_step(const ck_operations *operations, void *tile, uint32_t bits, const ck_step *step, uint64_t index) {
  if (((index ^ step->outside.values) & step->outside.mask) != 0) return;
  switch (step->kind) {
    case CK_STEP_MATRIX: {
      const uint64_t groups = ck_group_count(operations, bits, mask_of(step) | step->inside.mask);
      operations->apply_matrix(tile, step->numbers, step->target_count, step->targets, step->inside, 0, groups);
      return;
    }
    case CK_STEP_DIAGONAL: {
      const uint64_t table = gathered(index, step->outside_count, step->outside_targets);
      const double *factors = step->numbers + (table << (step->target_count + 1));
      const uint64_t groups = ck_group_count(operations, bits, step->inside.mask);
      operations->apply_diagonal(tile, factors, step->target_count, step->targets, step->inside, 0, groups);
      return;
    }
    case CK_STEP_PERMUTATION: {
      const uint64_t groups = ck_group_count(operations, bits, mask_of(step) | step->inside.mask);
      operations->apply_permutation(tile, step->table, step->target_count, step->targets, step->inside, 0, groups);
      return;
    }
    case CK_STEP_PAULI_ROTATION: {
      const uint64_t high = step->x >> operations->lane_bits << operations->lane_bits;
      const uint64_t pivot = high == 0 ? 0 : 1ull << (63 - __builtin_clzll(high));
      const double sine = ck_parity(index & step->outside_z) ? -step->sine : step->sine;
      const uint64_t groups = ck_group_count(operations, bits, pivot | step->inside.mask);
      operations->apply_pauli_rotation(tile, step->x, step->z, step->cosine, sine, step->inside, 0, groups);
      return;
    }
  }
}

/// Copies the rows of a tile between the state and the scratch.
static void copy_tile(char *state, char *scratch, size_t row_bytes, size_t amplitude_byte_count, uint64_t rows, bool in) {
  uint64_t row = 0;
  do {
    char *far = state + row * amplitude_byte_count;
    memcpy(in ? scratch : far, in ? far : scratch, row_bytes);
    scratch += row_bytes;
    row = (row - rows) & rows;
  } while (row != 0);
}

void ck_run_tiles(const ck_operations *operations, void *state, uint32_t qubit_count, size_t amplitude_byte_count, uint64_t local,
                  const ck_step *steps, size_t step_count, void *scratch, uint64_t begin, uint64_t end) {
  const uint64_t everything = (1ull << qubit_count) - 1;
  const uint64_t run = local & ~(local + 1);
  const uint64_t rows = local & ~run;
  const uint32_t bits = (uint32_t)__builtin_popcountll(local);
  for (uint64_t tile = begin; tile < end; ++tile) {
    const uint64_t index = ck_deposit(tile, everything & ~local);
    char *start = (char *)state + index * amplitude_byte_count;
    char *near = rows == 0 ? start : scratch;
    if (rows != 0) copy_tile(start, near, (run + 1) * amplitude_byte_count, amplitude_byte_count, rows, true);
    for (size_t step = 0; step < step_count; ++step) run_step(operations, near, bits, &steps[step], index);
    if (rows != 0) copy_tile(start, near, (run + 1) * amplitude_byte_count, amplitude_byte_count, rows, false);
  }
}
