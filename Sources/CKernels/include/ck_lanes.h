// Batches: many small states at once, one in each lane of the vectors.
//
// A circuit comes as rotations exp(−iθP/2) about Pauli strings P = i^|x∧z| X^x Z^z that act on |0…0⟩, one after the other. With τ = ±tan(θ/2)
// a rotation is, but for the factor cos(θ/2), which is left out, for every basis state i
//   |x∧z| odd     aᵢ ← aᵢ +  τ·(−1)^|z∧i|·a_{i⊕x}
//   |x∧z| even    aᵢ ← aᵢ + iτ·(−1)^|z∧i|·a_{i⊕x}; diagonal where x = 0
// one multiply-add for each real, whatever the string is. Where all strings are odd, amplitudes stay real. Angles are brought into
// −π/2…π/2 first, so that |τ| ≤ 1: exp(−iπP/2) = −iP is a Pauli string, which is taken past all later rotations and changes their signs,
// lane by lane: the lane's frame. What was left out comes back when expectation values are divided by ⟨ψ|ψ⟩.
//
// Basis states are numbered by coordinates of the space that the rotations reach, so that x, z and i are masks over those.
// Memory: state i of all lanes is one vector of real parts and, unless the states are real, one of imaginary parts. Numbers of a lane
// are vectors too; sums are vectors of doubles.
//
// A large state is spread over the lanes instead: they number its highest coordinates, and one row is run at a time. Of a direction that
// leads out of a lane a block keeps the elements of a group in one lane: vectors are permuted when they are loaded and stored. Sums are kept
// apart for 2^CK_LANE_SPREAD_BITS values of the highest coordinates, however many lanes there are, and are combined last.
//
// All instruction sets compute the same bits in each lane, whatever the others hold: multiply-adds are fused, sums follow one tree.
//
// Sources: rotations about Pauli strings in one pass after Jones et al. 2019 (QuEST); Cliffords taken past rotations after Litinski 2019
// (arXiv:1808.02892).
#ifndef KETWORK_CK_LANES_H
#define KETWORK_CK_LANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Directions of a block: as many as leave its elements in 16 registers.
#define CK_LANE_REAL_QUBITS 4u
#define CK_LANE_COMPLEX_QUBITS 3u
#define CK_LANE_TABLE_QUBITS 8u
/// The highest coordinates of a state that is spread; no rotation is along them alone, nor along a sum of two directions of one block.
#define CK_LANE_SPREAD_BITS 4u
/// Levels of sums, of three bits each.
#define CK_LANE_LEVELS 12u
/// Where the draws of a batch's shots are taken from, beside those of single states, whose sites count measurements from 0 on: the upper halves,
/// and the lower ones, which are seldom needed. Shots of other purposes take pairs below, down to half of all sites.
#define CK_LANE_SITE 0xfffffffeu
#define CK_LANE_LOWER_SITE 0xffffffffu
/// Cells for each state in which draws are looked up: 2^CK_LANE_CELL_BITS; how many are written at once; what is read beyond the last threshold;
/// and blocks of random numbers, of four draws each, that are computed at once.
#define CK_LANE_CELL_BITS 2u
#define CK_LANE_CELLS_AT_ONCE 32u
#define CK_LANE_SPARE_THRESHOLDS 1u
#define CK_LANE_DRAW_BLOCKS 64u
/// Angles are below this, in radians: beyond, their multiples of π are not whole in a double.
#define CK_LANE_ANGLE 0x1p50

#pragma clang assume_nonnull begin

/// What an operation is that is no rotation.
typedef enum ck_lane_code {
  /// Factors from a table.
  CK_LANE_TABLE = 256,
  /// A factor of the whole state, a power of two.
  CK_LANE_SCALE = 257,
} ck_lane_code;

/// One operation on the elements of a group: 16 where states are real, 8 otherwise.
typedef struct ck_lane_operation {
  /// Of a rotation direction·16 + functional: element e takes τ·(−1)^|functional∧e| times element e ⊕ direction; else a ck_lane_code.
  uint32_t code;
  /// Which pair (τ, −τ), which table, or which factor.
  uint32_t number;
  /// The sign of a group whose first basis state is i is (−1)^|sign∧i|.
  uint32_t sign;
} ck_lane_operation;

/// Operations on the span of a few directions.
typedef struct ck_lane_block {
  /// Where the elements of a group lie, relative to its first; combined by exclusive or.
  uint32_t offsets[1u << CK_LANE_REAL_QUBITS];
  /// Bits that are zero in the first basis state of each group; and of each group of half as many elements, without the last direction.
  uint32_t fixed;
  uint32_t fixed_in_half;
  /// Its operations.
  uint32_t first;
  uint32_t count;
} ck_lane_block;

/// A rotation that is the first along its direction, so that half of the states that it reaches are empty.
typedef struct ck_lane_growth {
  uint32_t direction;
  uint32_t sign;
  uint32_t number;
  bool is_imaginary;
} ck_lane_growth;

/// Diagonal rotations that are one factor for each value of some functionals of a basis state.
typedef struct ck_lane_table {
  /// How many functionals; and their values as the bits of a byte, for each of the 256 values of each byte of a basis state: linear, they are
  /// those of its bytes, combined by exclusive or.
  uint32_t bits;
  uint32_t byte_count;
  const uint8_t *values;
  /// Its rotations, ordered by the highest bit of their masks, for each bit at least one; and where its factors begin.
  uint32_t first_string;
  uint32_t string_count;
  uint32_t first_factor;
} ck_lane_table;

/// A rotation of a table, as a mask over the table's functionals.
typedef struct ck_lane_string {
  uint32_t number;
  uint32_t mask;
} ck_lane_string;

/// A real number times a parameter.
typedef struct ck_lane_term {
  uint32_t parameter;
  double coefficient;
} ck_lane_term;

/// How the angle of a rotation follows from a row of parameters.
typedef struct ck_lane_angle {
  double constant;
  uint32_t first;
  uint32_t count;
  uint32_t x;
  uint32_t z;
  /// Where its pair (τ, −τ) lies, and whether τ is −tan(θ/2).
  uint32_t number;
  bool is_negative;
} ck_lane_angle;

/// Sums over all basis states of products a*ᵢ·a_{i⊕x} under several signs.
typedef struct ck_lane_sum_group {
  uint32_t x;
  /// Whether the imaginary part is summed.
  bool is_imaginary;
  /// Its masks, ordered by the lowest three bits (0…2, 3…5 and so on) that are not zero, then by their value; mask 0, if it is among them, is
  /// the last.
  uint32_t first;
  uint32_t count;
  bool has_plain_sum;
  /// mask_counts[8·level + value]: how many masks have such bits.
  const uint32_t *mask_counts;
} ck_lane_sum_group;

/// One Pauli string of an observable: coefficient · sums[sum] / sums[norm].
typedef struct ck_lane_observable_term {
  uint32_t observable;
  uint32_t sum;
  double coefficient;
  uint32_t x;
  uint32_t z;
  /// The mask of the highest coordinates, which the sums of a state that is spread leave apart.
  uint32_t spread_mask;
} ck_lane_observable_term;

/// A circuit, and what is wanted of it, for any number of rows.
typedef struct ck_lane_program {
  /// Coordinates; at least as many as a block has directions.
  uint32_t bits;
  bool is_real;
  /// Whether one state is spread over the lanes.
  bool is_spread;
  const ck_lane_angle *angles;
  uint32_t angle_count;
  const ck_lane_term *terms;
  /// Basis states in the order in which growths reach them: 2^growth_count.
  const uint32_t *support;
  const ck_lane_growth *growths;
  uint32_t growth_count;
  const ck_lane_block *blocks;
  uint32_t block_count;
  const ck_lane_operation *operations;
  /// The factor f is 2^−k, k the exponent of what the rotations up to (f + 1)·scale_interval and the factors before have made of the norm's
  /// square root; the interval is even.
  uint32_t scale_count;
  uint32_t scale_interval;
  const ck_lane_table *tables;
  uint32_t table_count;
  /// Of all tables.
  uint32_t factor_count;
  const ck_lane_string *strings;
  const ck_lane_sum_group *sum_groups;
  uint32_t sum_group_count;
  const uint32_t *masks;
  uint32_t mask_count;
  /// Where the sum of all |aᵢ|² lies.
  uint32_t norm;
  const ck_lane_observable_term *observable_terms;
  uint32_t observable_term_count;
  uint32_t observable_count;
} ck_lane_program;

/// How outcomes follow from basis states.
typedef struct ck_lane_outcomes {
  /// Bits of an outcome, at most 16.
  uint32_t bit_count;
  /// The parity of coordinates that each is.
  const uint32_t *masks;
  /// The outcome of each basis state, with the signs that all lanes share: 2^bits.
  const uint16_t *outcomes;
} ck_lane_outcomes;

/// Which random numbers shots are drawn with: those of successive rows, one a lane.
typedef struct ck_lane_shots {
  uint64_t seed;
  uint32_t circuit;
  uint32_t first_row;
  /// Below 2³⁰.
  uint32_t count;
  /// Of each lane the row, in place of successive ones, and the site of the upper halves, which is even, in place of CK_LANE_SITE.
  const uint32_t *_Nullable rows;
  const uint32_t *_Nullable sites;
} ck_lane_shots;

/// The bytes of memory in which shots are drawn from states in lanes, as body/lane_samples.inc divides them.
static inline size_t ck_lane_sample_bytes(uint32_t bits, uint32_t lane_count) {
  const size_t states = (size_t)1 << bits;
  return states * lane_count * (sizeof(double) + sizeof(uint32_t)) + (3 * states + CK_LANE_SPARE_THRESHOLDS) * sizeof(uint32_t) +
         ((states << CK_LANE_CELL_BITS) + CK_LANE_CELLS_AT_ONCE) * sizeof(uint16_t);
}

/// Memory for one group of lanes, aligned to 64 bytes; in vectors.
typedef struct ck_lane_memory {
  /// Vectors of doubles: one for each column of the rows.
  double *columns;
  /// (τ, −τ) of each rotation.
  void *numbers;
  /// Powers of two, one for each scale.
  void *scales;
  /// Factors of tables, real and imaginary.
  void *factors;
  /// The frames: masks x, then z.
  void *frames;
  /// The states.
  void *state;
  /// Vectors of doubles: for each mask one, or 2^CK_LANE_SPREAD_BITS doubles of a state that is spread; then 2^bits/7 + 8 for partial sums.
  double *sums;
  /// For gradients, otherwise null: a second state;
  void *_Nullable bra;
  /// of each rotation the sign with which its number takes the angle, as a mask;
  void *_Nullable signs;
  /// doubles as the sums have them for each rotation, for each factor, and one vector for ⟨ψ|ψ⟩.
  double *_Nullable slopes;
  double *_Nullable entries;
  double *_Nullable norm;
  /// For shots, otherwise null: ck_lane_sample_bytes.
  void *_Nullable samples;
} ck_lane_memory;

/// Rows of parameters, and which of them the lanes take.
typedef struct ck_lane_rows {
  /// Row-major.
  const double *parameters;
  size_t parameter_count;
  /// The row of each lane.
  const uint32_t *rows;
  /// Whether there are more rows than caches hold, so that those behind the last lane's are asked for ahead.
  bool are_many;
} ck_lane_rows;

/// Of each lane an angle that is shifted, and by how much.
typedef struct ck_lane_shifts {
  const uint32_t *angles;
  const double *amounts;
} ck_lane_shifts;

/// The kernels for batches of one instruction set and precision.
typedef struct ck_lane_operations {
  /// Copies the lanes' parameters into columns.
  void (*gather)(const ck_lane_rows *rows, const ck_lane_memory *memory);
  /// Computes the numbers and frames of the lanes from columns; false if an angle is not below CK_LANE_ANGLE.
  bool (*bind)(const ck_lane_program *program, const ck_lane_shifts *_Nullable shifts, const ck_lane_memory *memory);
  /// Computes the states from |0…0⟩.
  void (*evolve)(const ck_lane_program *program, const ck_lane_memory *memory);
  /// Computes the sums.
  void (*sum)(const ck_lane_program *program, const ck_lane_memory *memory);
  /// Adds to the observables' values of `count` lanes: lane × observable.
  void (*observe)(const ck_lane_program *program, const ck_lane_memory *memory, double *values, uint32_t count);
  /// Adds the derivatives of Σ cotangent·value by the parameters: lane × parameter. `cotangents` has lane × observable for all lanes.
  /// The states are undone, the sums are lost. Only operations without the last direction of their block are undone: a plan for gradients
  /// leaves it free.
  void (*differentiate)(const ck_lane_program *program, const ck_lane_memory *memory, const double *cotangents, double *gradients,
                        size_t parameter_count, uint32_t count);
  /// Counts the outcomes of shots of `count` lanes: lane × outcome. The states are none that are spread.
  void (*sample)(const ck_lane_program *program, const ck_lane_memory *memory, const ck_lane_outcomes *outcomes,
                 const ck_lane_shots *shots, uint32_t *counts, uint32_t count);
} ck_lane_operations;

#pragma clang assume_nonnull end

#endif
