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

/// Finds what a block's operations are for one tile, and applies them.
static void run_block(const ck_operations *operations, void *tile, uint32_t bits, const ck_step *step, uint64_t index, ck_ahead *ahead) {
  ck_block_program program[CK_BLOCK_OPERATIONS];
  size_t count = 0;
  for (size_t j = 0; j < step->block_length; ++j) {
    const ck_block_operation *operation = &step->block[j];
    if (((index ^ operation->outside.values) & operation->outside.mask) != 0) continue;
    program[count] = operation->program;
    const uint64_t table = gathered(index, operation->outside_count, operation->outside_targets);
    program[count].numbers = (const char *)operation->program.numbers + table * operation->table_byte_count;
    ++count;
  }
  if (count > 0) operations->apply_block(tile, bits, step->targets, program, count, ahead);
}

/// Applies one step to a tile of 2^bits amplitudes whose qubits outside have the values of `index`.
static void run_step(const ck_operations *operations, void *tile, uint32_t bits, const ck_step *step, uint64_t index, ck_ahead *ahead) {
  if (((index ^ step->outside.values) & step->outside.mask) != 0) return;
  switch (step->kind) {
    case CK_STEP_BLOCK: run_block(operations, tile, step->bits, step, index, ahead); return;
    case CK_STEP_EXCHANGE: operations->exchange_lanes(tile, step->bits, step->targets); return;
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

/// Whether no amplitude of a row is other than zero, of either sign.
static bool is_zero_row(const char *row, size_t byte_count, uint64_t magnitudes) {
  for (size_t line = 0; line < byte_count; line += 64) {
    uint64_t words[8], all = 0;
    memcpy(words, row + line, sizeof words);
    for (size_t j = 0; j < 8; ++j) all |= words[j];
    if ((all & magnitudes) != 0) return false;
  }
  return true;
}

/// Whether a tile is all zeros, which no operation changes: states that were |0…0⟩ keep many such tiles for long, and memory that was never
/// written costs the system nothing as long as it is not. Others say so in their first line, mostly.
static bool is_zero(const char *state, size_t row_bytes, size_t amplitude_byte_count, uint64_t rows) {
  const uint64_t magnitudes = amplitude_byte_count == 8 ? 0x7fffffff7fffffffull : 0x7fffffffffffffffull;
  uint64_t row = 0;
  do {
    if (!is_zero_row(state + row * amplitude_byte_count, row_bytes, magnitudes)) return false;
    row = (row - rows) & rows;
  } while (row != 0);
  return true;
}

/// The index of the first amplitude of a tile.
static uint64_t start_of(uint64_t tile, uint32_t qubit_count, uint64_t local) {
  return ck_deposit(tile, ((1ull << qubit_count) - 1) & ~local);
}

/// How the memory of the next tile is spread over the blocks of this one.
static ck_ahead spread(uint64_t local, size_t amplitude_byte_count, const ck_step *steps, size_t step_count) {
  const uint64_t run = local & ~(local + 1);
  const size_t amplitudes = (size_t)1 << __builtin_popcountll(local);
  size_t blocks = 0;
  for (size_t step = 0; step < step_count; ++step) blocks += steps[step].kind == CK_STEP_BLOCK;
  const size_t lines = amplitudes * amplitude_byte_count / 64;
  // A group is eight blocks of memory, each of two lines.
  const size_t groups = blocks * (lines / 16);
  return (ck_ahead){.rows = local & ~run,
                    .row_byte_count = (size_t)(run + 1) * amplitude_byte_count,
                    .amplitude_byte_count = amplitude_byte_count,
                    .step = groups == 0 ? 0 : (lines + groups - 1) / groups};
}

void ck_run_tiles(const ck_operations *operations, void *state, uint32_t qubit_count, size_t amplitude_byte_count, uint64_t local,
                  const ck_step *steps, size_t step_count, void *scratch, uint64_t begin, uint64_t end) {
  const uint64_t run = local & ~(local + 1);
  const uint64_t rows = local & ~run;
  const uint32_t bits = (uint32_t)__builtin_popcountll(local);
  const ck_ahead plan = spread(local, amplitude_byte_count, steps, step_count);
  for (uint64_t tile = begin; tile < end; ++tile) {
    const uint64_t index = start_of(tile, qubit_count, local);
    char *start = (char *)state + index * amplitude_byte_count;
    if (is_zero(start, (run + 1) * amplitude_byte_count, amplitude_byte_count, rows)) continue;
    char *near = rows == 0 ? start : scratch;
    ck_ahead ahead = plan;
    if (tile + 1 < end) {
      ahead.start = (const char *)state + start_of(tile + 1, qubit_count, local) * amplitude_byte_count;
      ahead.left = ((size_t)amplitude_byte_count << bits) / 64;
    }
    if (rows != 0) copy_tile(start, near, (run + 1) * amplitude_byte_count, amplitude_byte_count, rows, true);
    for (size_t step = 0; step < step_count; ++step) {
      run_step(operations, near, bits, &steps[step], index, ahead.left > 0 ? &ahead : NULL);
    }
    if (rows != 0) copy_tile(start, near, (run + 1) * amplitude_byte_count, amplitude_byte_count, rows, false);
  }
}
