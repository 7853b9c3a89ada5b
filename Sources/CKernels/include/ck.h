// Kernels over a vector of 2ⁿ complex amplitudes, compiled once per instruction set.
//
// Memory. A state is cut into blocks of 64 bytes of real parts followed by 64 bytes of imaginary parts: 16 amplitudes a block in
// single precision, 8 in double, on every instruction set. Amplitude i has its real part at element 2i − (i mod w) and its
// imaginary part w elements later, w = 16 or 8. A state is aligned to 64 bytes and padded with zero amplitudes to at least
// CK_PADDED_AMPLITUDES, so every kernel works on whole vectors. Qubits below lane_bits lie inside a vector (permutes), the others
// in the address.
//
// Arithmetic. All kernels, and their OpenCL twins, compute in this order, with every multiply-add fused and everything else rounded
// once, so that results are the same bits on every device (up to the sign of zeros). Entries are rounded to the state's precision
// by the caller of the arithmetic, once.
//   matrix       row r, columns c = r ⊕ 0, r ⊕ 1, … r ⊕ (2ᵏ−1) of the matrix as given (targets[0] is bit 0 of r and c), so the
//                diagonal entry comes first:
//                  re = m_r.re·a_r.re;  re = fma(−m_r.im, a_r.im, re);  re = fma(m_c.re, a_c.re, re);  re = fma(−m_c.im, a_c.im, re) …
//                  im = m_r.re·a_r.im;  im = fma( m_r.im, a_r.re, im);  im = fma(m_c.re, a_c.im, im);  im = fma( m_c.im, a_c.re, im) …
//   diagonal     the same with its one column:  re = fma(−f.im, a.im, f.re·a.re);  im = fma(f.im, a.re, f.re·a.im)
//   permutation  moves, no arithmetic
//   pauli        a = ψ[i], b = ψ[i ⊕ x], y = |x ∧ z|, g = i^(y+3) ∈ {1, i, −1, −i}, s = ± sin(angle/2) with the sign of
//                g ∈ {1, i} → +, {−1, −i} → −, times (−1)^|(i ⊕ x) ∧ z|, c = cos(angle/2), both computed in double, then rounded:
//                  y odd:   re = fma( s, b.re, c·a.re);  im = fma(s, b.im, c·a.im)
//                  y even:  re = fma(−s, b.im, c·a.re);  im = fma(s, b.re, c·a.im)
//   collapse     re·scale, im·scale, with scale rounded to the state's precision; zero elsewhere
// Sums are over terms in double, amplitudes converted to double first:
//   |ψᵢ|²        fma(re, re, im·im)
//   expectation  a = ψ[i], b = ψ[i ⊕ x]:  y even: fma(a.re, b.re, a.im·b.im), negated for y mod 4 = 2;
//                y odd: fma(a.re, b.im, −(a.im·b.re)), negated for y mod 4 = 1; times (−1)^|(i ⊕ x) ∧ z|. With x ≠ 0 the terms of
//                the basis states that have the highest bit of x set are taken as zero and the sum is doubled (i and i ⊕ x agree).
// and follow one reduction tree: blocks of CK_SUM_BLOCK basis states are rows of CK_SUM_LANES; rows are added lane by lane in pairs of
// neighbours (bit 5 of the index first, bit 9 last), lanes are combined by halving (16, 8, 4, 2, 1); block sums are combined by halving
// too, the highest bit of the block's index first.
//
// Ranges. The kernels that change a state take a half-open range of groups so that threads can share one pass. A group is one
// vector of amplitudes and its partners; ck_group_count says how many there are.
//
// Sources: layout and lane permutes after the idea in qsim (Isakov et al. 2021, arXiv:2111.02396); Pauli rotations in one pass
// after Jones et al. 2019 (QuEST) and later work.
#ifndef KETWORK_CK_H
#define KETWORK_CK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ck_lane_density.h"
#include "ck_lanes.h"
#include "ck_transfer.h"

#define CK_PADDED_AMPLITUDES 32u
#define CK_SUM_LANES 32u
#define CK_SUM_BLOCK 1024u
#define CK_DENSE_QUBITS 6u
#define CK_TABLE_QUBITS 12u
#define CK_BLOCK_OPERATIONS 64u
#define CK_LOOKUP_LENGTH 64u

#pragma clang assume_nonnull begin

/// Basis states whose bits under `mask` equal `values`.
typedef struct ck_condition {
  uint64_t mask;
  uint64_t values;
} ck_condition;

/// Pauli strings `first..<first + count` of a list, whose flip mask is the same.
typedef struct ck_pauli_group {
  uint64_t x;
  uint32_t first;
  uint32_t count;
} ck_pauli_group;

/// What the leaves of a reduction need besides the state: which of the terms, and what becomes of them.
typedef struct ck_leaf_parameters {
  /// Rows of 32 basis states in a block: 32, or fewer when the state is smaller than a block.
  uint32_t row_count;
  /// `sum`: only basis states that meet this condition have a term.
  ck_condition condition;
  /// `marginal`: the qubits below 10 that stay apart in the result.
  uint64_t kept;
  /// `expectation`: Pauli strings in groups of one flip mask, and the phase masks of all of them.
  const ck_pauli_group *_Nullable groups;
  uint32_t group_count;
  const uint64_t *_Nullable z;
} ck_leaf_parameters;

/// Sums one block of basis states; writes one number, or one for each outcome or Pauli string.
typedef void (*ck_leaf)(const void *state, const ck_leaf_parameters *parameters, uint64_t block, double *sums);

/// What an operation of a block does; codes of several forms are a form plus a number.
typedef enum ck_block_code {
  /// (1, s; t, 1) with real s and t on register 0, 1 or 2.
  CK_ROTATE_REAL = 0,
  /// (1, is; it, 1) with real s and t on register 0, 1 or 2.
  CK_ROTATE_IMAGINARY = 3,
  /// A row-major matrix on register 0, 1 or 2.
  CK_MATRIX_1 = 6,
  /// A row-major matrix on registers 0 and 1, 0 and 2, or 1 and 2, the first lowest.
  CK_MATRIX_2 = 9,
  /// Elements e and e ⊕ d change places, d = 1…7.
  CK_EXCHANGE = 12,
  /// Factors from a table: complex or real, one for each block of memory or one for each amplitude in it.
  CK_DIAGONAL = 20,
  CK_DIAGONAL_REAL = 21,
  CK_DIAGONAL_LANES = 22,
  CK_DIAGONAL_REAL_LANES = 23,
  /// A 4×4 matrix with ones on one diagonal and numbers on the other, on registers 0 and 1, 0 and 2, or 1 and 2.
  CK_SHEAR = 24,
  /// The same with imaginary numbers.
  CK_SHEAR_IMAGINARY = 27,
  /// (1, s; t, 1) with real s and t on each of two registers, then a 4×4 matrix with numbers on both diagonals and zeros elsewhere.
  CK_CARTAN = 30,
} ck_block_code;

/// One operation of a block, for one tile.
typedef struct ck_block_program {
  uint32_t code;
  /// The elements of a group that take part, one bit each.
  uint32_t elements;
  /// Whether only some of the amplitudes in a block of memory take part: those for which `keep` is not zero.
  bool is_masked;
  /// Whether what does not take part has to be put back afterwards, for codes that do not look at `elements` or `keep`.
  bool restores;
  /// Controls among the qubits that are neither registers nor inside a block of memory.
  ck_condition inside;
  /// In the state's precision: s and t, or entries, or factors; of a shear the four numbers, the first row's first; of
  /// a Cartan form s and t twice, then for each row the entry on the diagonal and the one on the other diagonal.
  const void *_Nullable numbers;
  /// Diagonals: where the factors of a block of memory begin, in reals, is the sum of what its place says in two parts of the lookup
  /// (its lower bits, its upper bits) and of what its element says.
  const uint32_t *_Nullable lookup;
  const uint32_t *_Nullable offsets;
  /// One integer as wide as a real for each amplitude of a block of memory: all bits set or none.
  const void *_Nullable keep;
} ck_block_program;

/// What the draws of several shots have in common.
typedef struct ck_draw_key {
  uint64_t seed;
  uint32_t circuit;
  uint32_t row;
  uint32_t site;
} ck_draw_key;

/// Running sums of blocks' weights, below 2⁶³, as a tree: nodes of eight, aligned to 64 bytes.
typedef struct ck_cumulative {
  /// Eight zeros, then level 0: the sum up to and with each block; and level l: the last sum of each node of level l − 1. A node that is not
  /// full is filled up with INT64_MAX, except that the last sum of a node goes up as it is. The last level is one node.
  const uint64_t *nodes;
  /// The node with which each level begins; level 0 with 1.
  const uint64_t *starts;
  uint32_t level_count;
  uint64_t total;
} ck_cumulative;

/// Memory that will be needed soon: rows of a tile, asked for a few lines at a time while the processor computes.
typedef struct ck_ahead {
  const char *start;
  /// Where the next line lies, in amplitudes of the state and in bytes of its row.
  uint64_t row;
  size_t offset;
  uint64_t rows;
  size_t row_byte_count;
  size_t amplitude_byte_count;
  /// How many lines are asked for at a time, and how many are left.
  size_t step;
  size_t left;
} ck_ahead;

/// The kernels of one instruction set and precision. `state` is float or double as laid out above.
typedef struct ck_operations {
  /// log₂ of the amplitudes in one vector.
  uint32_t lane_bits;

  /// Row-major 2ᵏ×2ᵏ matrix of interleaved doubles, k = 1…6.
  void (*apply_matrix)(void *state, const double *matrix, uint32_t k, const uint8_t *targets, ck_condition controls, uint64_t begin,
                       uint64_t end);
  /// 2ᵏ factors of interleaved doubles, k = 0…12. Groups do not depend on the targets.
  void (*apply_diagonal)(void *state, const double *factors, uint32_t k, const uint8_t *targets, ck_condition controls, uint64_t begin,
                         uint64_t end);
  /// The amplitude with target bits s moves to target bits table[s]; k = 1…12.
  void (*apply_permutation)(void *state, const uint16_t *table, uint32_t k, const uint8_t *targets, ck_condition controls,
                            uint64_t begin, uint64_t end);
  /// cos + sin·(−i)P for the Pauli string (x, z). Groups fix only the highest bit of x above the lanes.
  void (*apply_pauli_rotation)(void *state, uint64_t x, uint64_t z, double cosine, double sine, ck_condition controls, uint64_t begin,
                               uint64_t end);
  /// Scales what meets the condition, zeroes the rest. Groups are all vectors.
  void (*collapse)(void *state, ck_condition condition, double scale, uint64_t begin, uint64_t end);

  /// Writes interleaved doubles into amplitudes `begin..<end`; `source` belongs to `begin`.
  void (*load)(void *state, const double *source, uint64_t begin, uint64_t end);
  /// Reads amplitudes `begin..<end` as interleaved doubles; `destination` belongs to `begin`.
  void (*store)(const void *state, double *destination, uint64_t begin, uint64_t end);

  ck_leaf sum;
  ck_leaf marginal;
  ck_leaf expectation;

  /// Sums of the fixed-point weights ⌊|ψᵢ|²·2⁶²⌋ of blocks `begin..<end`, into sums[begin…]. `*total` becomes the probability of these
  /// blocks in floating point: a guard against states that fixed point cannot hold, of which NaN and terms from 2 on weigh nothing.
  void (*block_weights)(const void *state, uint32_t row_count, uint64_t *sums, double *total, uint64_t begin, uint64_t end);
  /// Replaces `count` positions inside the weight of one block, in any order, by the basis states whose cumulative intervals hold them.
  void (*locate)(const void *state, uint32_t row_count, uint64_t block, uint64_t *positions, uint64_t count);
  /// Finds for `count` draws u the block that holds ⌊u·total / 2⁶⁴⌋, replaces the draw by the position inside it, and adds to how many
  /// draws each block has.
  void (*place_draws)(uint64_t *draws, uint64_t count, const ck_cumulative *weights, uint32_t *blocks, uint32_t *draw_counts);
  /// The draws of `count` shots, or of `first` and those that follow it: the first two words of Philox 4×32-10 blocks.
  void (*draw)(ck_draw_key key, const uint32_t *_Nullable shots, uint32_t first, uint64_t count, uint64_t *draws);

  /// Takes every group of eight blocks of memory that differ in the qubits registers[0…2] through a program, and asks for some of the
  /// memory of the next tile with each.
  void (*apply_block)(void *tile, uint32_t bits, const uint8_t *registers, const ck_block_program *program, size_t count,
                      ck_ahead *_Nullable ahead);
  /// The qubits inside a block of memory (4 in single precision, 3 in double) change places with `partners`, one by one.
  void (*exchange_lanes)(void *tile, uint32_t bits, const uint8_t *partners);

  /// Applies a map to groups of reals of a density matrix.
  void (*apply_transfer)(void *state, const ck_transfer *map, uint64_t begin, uint64_t end);

  /// Does fused multiply-adds in registers, the same number in each of `rounds` rounds, at most 2²⁴; returns how many.
  double (*chain_multiply_adds)(uint64_t rounds);

  /// Many small states at once, one in each lane.
  const ck_lane_operations *lanes;
  /// Many small density matrices.
  const ck_density_operations *densities;
} ck_operations;

/// One instruction set.
typedef struct ck_implementation {
  const char *name;
  const char *description;
  bool (*supported)(void);
  const ck_operations *single_precision;
  const ck_operations *double_precision;
} ck_implementation;

/// How many implementations this build holds, best first, the last one `scalar`.
size_t ck_implementation_count(void);
/// The implementation at `index` of that order.
const ck_implementation *ck_implementation_at(size_t index);

/// A number that changes with the source of the kernels that calibration times, and with whether the compiler optimised them.
uint64_t ck_revision(void);

/// How many groups a kernel of `operations` has on `qubit_count` qubits when the bits of `fixed` are not iterated.
uint64_t ck_group_count(const ck_operations *operations, uint32_t qubit_count, uint64_t fixed);

/// What a step of a tile pass does.
typedef enum ck_step_kind {
  CK_STEP_BLOCK,
  CK_STEP_EXCHANGE,
  CK_STEP_MATRIX,
  CK_STEP_DIAGONAL,
  CK_STEP_PERMUTATION,
  CK_STEP_PAULI_ROTATION,
} ck_step_kind;

/// An operation of a block before it is known which tile it is for.
typedef struct ck_block_operation {
  ck_block_program program;
  /// Controls outside the tile.
  ck_condition outside;
  /// Diagonals: 2^outside_count tables of table_byte_count bytes, one for each value of the qubits outside.
  uint32_t outside_count;
  uint8_t outside_targets[CK_TABLE_QUBITS];
  size_t table_byte_count;
} ck_block_operation;

/// One step of a tile pass. Qubits inside the tile are numbered by their place in it, qubits outside by their place in the state.
typedef struct ck_step {
  ck_step_kind kind;
  /// Targets; of a block the three registers in ascending order, of an exchange the partners of the lowest qubits.
  uint32_t target_count;
  uint8_t targets[CK_TABLE_QUBITS];
  /// Blocks and exchanges: how many of the lowest qubits of the tile are visited; amplitudes in which a higher one is set are zero.
  uint32_t bits;
  /// A block's operations, at most CK_BLOCK_OPERATIONS.
  const ck_block_operation *_Nullable block;
  size_t block_length;
  /// Controls inside and outside the tile.
  ck_condition inside;
  ck_condition outside;
  /// A matrix; or for a diagonal 2^outside_count tables of 2^target_count factors, one for each value of the qubits outside.
  const double *_Nullable numbers;
  uint32_t outside_count;
  uint8_t outside_targets[CK_TABLE_QUBITS];
  const uint16_t *_Nullable table;
  /// A Pauli rotation: its string inside the tile, the Z part outside.
  uint64_t x;
  uint64_t z;
  uint64_t outside_z;
  double cosine;
  double sine;
} ck_step;

/// Applies steps, one after the other, to each of the tiles `begin..<end`.
///
/// A tile is the 2^|local| amplitudes that differ in the qubits of `local` only; 5 of them or more, and the lowest 4 among them. Tiles
/// that do not lie together in memory are brought together in `scratch`, of amplitude_byte_count·2^|local| bytes, aligned to 64, and
/// written back.
void ck_run_tiles(const ck_operations *operations, void *state, uint32_t qubit_count, size_t amplitude_byte_count, uint64_t local,
                  const ck_step *steps, size_t step_count, void *_Nullable scratch, uint64_t begin, uint64_t end);

/// Sums leaves over the blocks `first | subset of varying | subset of run`, by halving over `varying` from its highest bit down.
///
/// The bits of `run` are below those of `varying` and are not summed over: there are 2^|run| results of `width` sums each, for the
/// caller to halve. Runs of neighbouring blocks are read in order, which memory likes. `scratch` holds (|varying| + 1)·2^|run|·width
/// doubles; |m| is the number of bits set.
void ck_tree_sum(ck_leaf leaf, const void *state, const ck_leaf_parameters *parameters, uint64_t first, uint64_t varying, uint64_t run,
                 size_t width, double *scratch, double *sums);

/// Brings positions of one block together. `places` holds for each block where its next position goes, and is moved on.
///
/// With `order`, where each draw came from goes along: the k-th of these is draw `first + k`.
void ck_group_draws(const uint32_t *blocks, const uint64_t *positions, uint64_t count, uint32_t first, uint32_t *places,
                    uint64_t *grouped, uint32_t *_Nullable order);

/// Counts `count` basis states of one block, in any order: the different ones replace them, ascending, with how often each came.
///
/// Returns how many different ones there are.
uint64_t ck_count_states(uint64_t *states, uint64_t count, uint32_t *counts);

/// Tells the processor that this thread only waits.
static inline void ck_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// Zeroed memory aligned to 64 bytes at least, in huge pages where large; null if the system refuses.
void *_Nullable ck_allocate(size_t byte_count);
/// The same without zeroes, for memory that is written before it is read.
void *_Nullable ck_allocate_scratch(size_t byte_count);
/// Gives back what one of these returned for the same count.
void ck_release(void *memory, size_t byte_count);
/// Lets this process keep up to so many bytes of states that were given back, and its allocator, where that is glibc's, as many of the rest.
void ck_keep_freed(size_t byte_count);

#pragma clang assume_nonnull end
#endif
