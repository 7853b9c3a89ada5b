// Compares the kernels of each instruction set that a machine has with the scalar ones, to the bit but for the sign of zeros, where there is no
// Swift: under an emulator. On a machine of its own the contract suite compares most of them too. Ends with 1 at the first difference. See
// scripts/check-neon.
#include <stdio.h>
#include <string.h>

#include "ck.h"
#include "expect.h"
#include "lanes.h"
#include "random.h"

enum { QUBITS = 11, AMPLITUDES = 1 << QUBITS, ROUNDS = 300 };

typedef enum { MATRIX, DIAGONAL, PERMUTATION, PAULI, COLLAPSE, BLOCK, EXCHANGE, KINDS } kind;
static const char *const names[KINDS] = {"matrix", "diagonal", "permutation", "Pauli rotation", "collapse", "block", "exchange of lanes"};

/// What both instruction sets are asked to do.
typedef struct {
  kind kind;
  unsigned k;
  uint8_t targets[QUBITS];
  ck_condition controls;
  uint64_t x, z;
  double numbers[2 * 64 * 64];
  uint16_t table[64];
  ck_block_program program;
} task;

/// `count` different qubits, `least` or higher, in any order.
static void choose(uint8_t *targets, unsigned count, unsigned least) {
  uint64_t taken = 0;
  for (unsigned j = 0; j < count;) {
    const unsigned qubit = least + (unsigned)(random_bits() % (QUBITS - least));
    if (taken >> qubit & 1) continue;
    taken |= 1ull << qubit;
    targets[j++] = (uint8_t)qubit;
  }
}

static void sort(uint8_t *targets, unsigned count) {
  for (unsigned j = 1; j < count; ++j) {
    for (unsigned i = j; i > 0 && targets[i - 1] > targets[i]; --i) {
      const uint8_t kept = targets[i];
      targets[i] = targets[i - 1];
      targets[i - 1] = kept;
    }
  }
}

static uint64_t mask_of(const uint8_t *targets, unsigned count) {
  uint64_t mask = 0;
  for (unsigned j = 0; j < count; ++j) mask |= 1ull << targets[j];
  return mask;
}

/// Numbers for any operation of a block, in either precision; lookups that point at the first of them.
static void make_block(task *t, bool is_single) {
  static _Alignas(64) char numbers[8 * 64], keep[64];
  static const uint32_t lookup[2 * CK_LOOKUP_LENGTH], offsets[8];
  static const uint32_t codes[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32};
  for (unsigned j = 0; j < 64; ++j) {
    if (is_single) {
      ((float *)numbers)[j] = (float)random_real();
    } else {
      ((double *)numbers)[j] = random_real();
    }
  }
  for (unsigned j = 0; j < 64; ++j) keep[j] = (char)(j / (is_single ? 4 : 8) % 3 == 0 ? -1 : 0);
  const uint32_t code = codes[random_bits() % (sizeof codes / sizeof *codes)];
  const bool is_exchange = code > CK_EXCHANGE && code < CK_DIAGONAL, is_masked = random_bits() % 3 == 0;
  t->program = (ck_block_program){.code = code,
                                  .elements = is_exchange && random_bits() % 2 ? 0xa5 : 0xff,
                                  .is_masked = is_masked,
                                  .restores = is_masked && !is_exchange,
                                  .inside = {1ull << (QUBITS - 1), random_bits() % 2 ? 1ull << (QUBITS - 1) : 0},
                                  .numbers = numbers,
                                  .lookup = lookup,
                                  .offsets = offsets,
                                  .keep = keep};
}

static void make(task *t, bool is_single) {
  t->kind = (kind)(random_bits() % KINDS);
  t->k = 1 + (unsigned)(random_bits() % 5);
  const unsigned lane_count = is_single ? 4 : 3;
  if (t->kind == BLOCK || t->kind == EXCHANGE) {
    // The highest qubit is left for a control.
    t->k = t->kind == BLOCK ? 3 : lane_count;
    do choose(t->targets, t->k, lane_count);
    while (mask_of(t->targets, t->k) >> (QUBITS - 1) != 0);
    sort(t->targets, t->k);
  } else {
    choose(t->targets, t->k + 1, 0);
  }
  const uint64_t control = 1ull << t->targets[t->k];
  t->controls = random_bits() % 2 ? (ck_condition){control, control & random_bits()} : (ck_condition){0, 0};
  t->x = mask_of(t->targets, t->k) & random_bits();
  t->z = mask_of(t->targets, t->k) & random_bits();
  for (size_t j = 0; j < sizeof t->numbers / sizeof *t->numbers; ++j) t->numbers[j] = random_real();
  for (unsigned j = 0; j < 1u << t->k; ++j) t->table[j] = (uint16_t)j;
  for (unsigned j = (1u << t->k) - 1; j > 0; --j) {
    const unsigned i = (unsigned)(random_bits() % (j + 1));
    const uint16_t kept = t->table[i];
    t->table[i] = t->table[j];
    t->table[j] = kept;
  }
  make_block(t, is_single);
}

static void perform(const task *t, const ck_operations *o, void *state) {
  const uint64_t targets = mask_of(t->targets, t->k), mask = t->controls.mask;
  const uint64_t high = t->x >> o->lane_bits << o->lane_bits;
  const uint64_t pivot = high == 0 ? 0 : 1ull << (63 - __builtin_clzll(high));
  switch (t->kind) {
    case MATRIX: o->apply_matrix(state, t->numbers, t->k, t->targets, t->controls, 0, ck_group_count(o, QUBITS, targets | mask)); return;
    case DIAGONAL: o->apply_diagonal(state, t->numbers, t->k, t->targets, t->controls, 0, ck_group_count(o, QUBITS, mask)); return;
    case PERMUTATION:
      // Exchanges that reach into a vector are matrices.
      for (unsigned j = 0; j < t->k; ++j) {
        if (t->targets[j] < 4) return;
      }
      o->apply_permutation(state, t->table, t->k, t->targets, t->controls, 0, ck_group_count(o, QUBITS, targets | mask));
      return;
    case PAULI:
      o->apply_pauli_rotation(state, t->x, t->z, t->numbers[0], t->numbers[1], t->controls, 0, ck_group_count(o, QUBITS, pivot | mask));
      return;
    case COLLAPSE: o->collapse(state, t->controls, t->numbers[0], 0, ck_group_count(o, QUBITS, 0)); return;
    case BLOCK: o->apply_block(state, QUBITS, t->targets, &t->program, 1, NULL); return;
    case EXCHANGE: o->exchange_lanes(state, QUBITS, t->targets); return;
    case KINDS: return;
  }
}

/// Draws among twenty blocks, every third of them without weight.
static void compare_placing(const ck_operations *const o[2], const uint64_t draws[16]) {
  _Alignas(64) uint64_t nodes[8 * 5];
  const uint64_t starts[2] = {1, 4};
  uint64_t sum = 0;
  memset(nodes, 0, sizeof *nodes * 8);
  memset(nodes + 8, 0x7f, sizeof nodes - sizeof *nodes * 8);
  for (unsigned block = 0; block < 20; ++block) {
    sum += block % 3 == 0 ? 0 : random_bits() >> 7;
    nodes[8 + block] = nodes[8 * 4 + block / 8] = sum;
  }
  const ck_cumulative weights = {nodes, starts, 2, sum};
  static uint64_t positions[2][13];
  static uint32_t blocks[2][13], counts[2][20];
  for (unsigned j = 0; j < 2; ++j) {
    memcpy(positions[j], draws, sizeof positions[j]);
    o[j]->place_draws(positions[j], 13, &weights, blocks[j], counts[j]);
  }
  expect(memcmp(positions[0], positions[1], sizeof positions[0]) == 0, "a position");
  expect(memcmp(blocks[0], blocks[1], sizeof blocks[0]) == 0, "a block of a draw");
  expect(memcmp(counts[0], counts[1], sizeof counts[0]) == 0, "a count of draws");
}

/// Sums of a block of basis states, weights and draws.
static void compare_readings(const ck_operations *const o[2], void *const states[2]) {
  const ck_pauli_group group = {.x = random_bits() % 1024, .first = 0, .count = 3};
  const uint64_t z[3] = {random_bits() % 1024, random_bits() % 1024, 0};
  const ck_leaf_parameters parameters = {
      .row_count = 32, .condition = {5, 4}, .kept = 0x41, .groups = &group, .group_count = 1, .z = z};
  static double sums[2][3][32], totals[2];
  const ck_draw_key key = {random_word(), 1, 2, 3};
  static uint64_t weights[2][2], draws[2][16], positions[2][16];
  uint32_t shots[16];
  for (uint32_t j = 0; j < 16; ++j) shots[j] = j * 7;
  memset(sums, 0, sizeof sums);
  for (unsigned j = 0; j < 2; ++j) {
    o[j]->sum(states[j], &parameters, 1, sums[j][0]);
    o[j]->marginal(states[j], &parameters, 1, sums[j][1]);
    o[j]->expectation(states[j], &parameters, 1, sums[j][2]);
    o[j]->block_weights(states[j], 32, weights[j], &totals[j], 0, 2);
    o[j]->draw(key, shots, 0, 16, draws[j]);
  }
  expect(memcmp(sums[0], sums[1], sizeof sums[0]) == 0, "a sum");
  expect(memcmp(weights[0], weights[1], sizeof weights[0]) == 0, "a weight");
  expect(memcmp(draws[0], draws[1], sizeof draws[0]) == 0, "a draw");
  compare_placing(o, draws[0]);
  // Positions lie inside a weight, and weights are below 2⁶³ where norms are below 2.
  if (weights[0][1] == 0 || !(totals[0] < 2)) return;
  for (unsigned j = 0; j < 16; ++j) positions[0][j] = positions[1][j] = draws[0][j] % weights[0][1];
  for (unsigned j = 0; j < 2; ++j) o[j]->locate(states[j], 32, 1, positions[j], 16);
  expect(memcmp(positions[0], positions[1], sizeof positions[0]) == 0, "a place");
}

static void compare(const ck_operations *own, const ck_operations *plain, bool is_single) {
  static _Alignas(64) char memory[2][AMPLITUDES * 16];
  static double numbers[2 * AMPLITUDES], stored[2][2 * AMPLITUDES];
  static task t;
  const ck_operations *const o[2] = {own, plain};
  for (unsigned round = 0; round < ROUNDS; ++round) {
    for (size_t j = 0; j < 2 * AMPLITUDES; ++j) numbers[j] = random_real() / 32;
    make(&t, is_single);
    for (unsigned j = 0; j < 2; ++j) {
      o[j]->load(memory[j], numbers, 0, AMPLITUDES);
      perform(&t, o[j], memory[j]);
      o[j]->store(memory[j], stored[j], 0, AMPLITUDES);
    }
    // As numbers: zeros may have either sign.
    for (size_t j = 0; j < 2 * AMPLITUDES; ++j) expect(stored[0][j] == stored[1][j], names[t.kind]);
    compare_readings(o, (void *const[2]){memory[0], memory[1]});
  }
}

/// Compares all kernels of an instruction set, in both precisions.
static void compare_all(const ck_implementation *own, const ck_implementation *plain) {
  const ck_operations *const o[2][2] = {{own->double_precision, plain->double_precision}, {own->single_precision, plain->single_precision}};
  for (unsigned is_single = 0; is_single < 2; ++is_single) {
    expect_of(own->name, is_single);
    compare(o[is_single][0], o[is_single][1], is_single);
    compare_lanes(o[is_single][0], o[is_single][1], is_single);
  }
  printf("%s and %s: the same in 2 × %d operations and 2 × %u batches\n", own->name, plain->name, ROUNDS, lane_case_count);
}

int main(void) {
  const size_t last = ck_implementation_count() - 1;
  for (size_t j = 0; j < last; ++j) {
    const ck_implementation *own = ck_implementation_at(j);
    if (own->supported()) {
      compare_all(own, ck_implementation_at(last));
    } else {
      printf("%s: not here\n", own->name);
    }
  }
  return 0;
}
