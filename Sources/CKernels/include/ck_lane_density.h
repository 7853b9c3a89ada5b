// Batches of small density matrices: one in each lane of the vectors, as the 4ⁿ reals rₚ = Tr(Pρ) of the Pauli strings P (see ck_transfer.h).
//
// A circuit comes as rotations exp(−iθP/2) about Pauli strings, its Clifford gates taken to the end (see ck_lanes.h), and as noise between them.
// Of a string Q that anticommutes with P and R = ±iPQ a rotation makes
//   r_Q ← cos θ·r_Q + sin θ·r_R,   r_R ← cos θ·r_R − sin θ·r_Q
// and leaves all others: a quarter of the strings are pairs. Pauli channels are factors, other maps are sparse matrices. The trace is string 0,
// which stays 1.
//
// Derivatives are those of Σ λₚrₚ: λ goes backwards through transposed maps, r through the rotations' inverses, and is kept before each map.
// A rotation's slope is Σ λ_Q·r_R − λ_R·r_Q over its pairs, of what is behind it. So that devices can take the pairs of a matrix at the same time,
// the sum has parts: of 4ⁿ⁻¹ pairs as many as a CK_DENSITY_PART_PAIRS-th, each of the pairs that lie as far apart as there are parts; and
// CK_DENSITY_PART_COUNT neighbouring parts are one sum before these are added.
//
// Memory: real p of all lanes is one vector. All instruction sets compute the same bits in each lane, whatever the others hold.
//
// Sources: Greenbaum, arXiv:1509.02921 (2015), for the basis; Jones and Gacon, arXiv:2009.02823 (2020), for going backwards.
#ifndef KETWORK_CK_LANE_DENSITY_H
#define KETWORK_CK_LANE_DENSITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ck_lanes.h"

#pragma clang assume_nonnull begin

typedef enum ck_density_code {
  CK_DENSITY_ROTATION,
  CK_DENSITY_FACTORS,
  CK_DENSITY_MAP,
} ck_density_code;

enum {
  CK_DENSITY_PART_PAIRS = 4,
  CK_DENSITY_PART_COUNT = 16,
};

/// One step: a rotation of `count` pairs from `first` on, `count` factors, or a map whose rows begin at starts[first].
typedef struct ck_density_step {
  uint32_t code;
  /// Which angle.
  uint32_t number;
  uint32_t first;
  uint32_t count;
} ck_density_step;

/// Strings Q and R of a rotation.
typedef struct ck_density_pair {
  uint16_t q;
  uint16_t r;
} ck_density_pair;

/// What a string's value is multiplied with; of a map's entry, the string whose value is.
typedef struct ck_density_entry {
  uint32_t string;
  double factor;
} ck_density_entry;

/// A string's share in an observable.
typedef struct ck_density_term {
  uint32_t observable;
  uint32_t string;
  double coefficient;
} ck_density_term;

/// A circuit for any number of rows.
typedef struct ck_density_program {
  /// Its angles and their terms are the rotations'; nothing else of it is looked at.
  const ck_lane_program *angles;
  /// 4ⁿ.
  uint32_t string_count;
  /// Strings that are 1 in |0…0⟩; all others are 0.
  const uint32_t *initial;
  uint32_t initial_count;
  const ck_density_step *steps;
  uint32_t step_count;
  const ck_density_pair *pairs;
  const ck_density_entry *factors;
  /// Row p of a map has the entries starts[first + p]..<starts[first + p + 1].
  const uint32_t *starts;
  const ck_density_entry *entries;
} ck_density_program;

/// Memory for the rows of all lanes; everything is aligned to 64 bytes.
typedef struct ck_density_memory {
  /// Columns × lanes.
  double *columns;
  /// Cosine and sine of each angle: vectors.
  void *numbers;
  /// 4ⁿ vectors each: the state, and room for what a map makes of it.
  void *state;
  void *spare;
  /// For derivatives, as large: λ, room for it, and the states before each step that is no rotation.
  void *_Nullable cotangent;
  void *_Nullable cotangent_spare;
  void *_Nullable kept;
} ck_density_memory;

/// Rows of parameters and expressions, one a lane; lanes beyond the last repeat it.
typedef struct ck_density_rows {
  const double *parameters;
  size_t column_count;
  uint32_t row_count;
} ck_density_rows;

/// The kernels.
typedef struct ck_density_operations {
  /// Takes the cosines and sines of the rows' angles; false if an angle is not below CK_LANE_ANGLE.
  bool (*bind)(const ck_density_program *program, const ck_density_rows *rows, const ck_lane_shifts *_Nullable shifts,
               const ck_density_memory *memory);
  /// Runs the circuit from |0…0⟩ on; keeps states for derivatives if `keeps`.
  void (*evolve)(const ck_density_program *program, const ck_density_memory *memory, bool keeps);
  /// Adds the terms to values[row·observable_count + observable].
  void (*observe)(const ck_density_memory *memory, const ck_density_term *terms, size_t term_count, double *values, uint32_t observable_count,
                  uint32_t row_count);
  /// Goes backwards from λ = Σ cotangents[lane·observable_count + observable]·coefficient, and adds derivatives by columns to
  /// gradients[lane·column_count + column]. The state is that of the circuit's start then.
  void (*pull)(const ck_density_program *program, const ck_density_memory *memory, const ck_density_term *terms, size_t term_count,
               const double *cotangents, uint32_t observable_count, double *gradients, size_t column_count);
  /// Copies the values of strings: values[string·lanes + lane].
  void (*read)(const ck_density_memory *memory, const uint32_t *strings, size_t string_count, double *values);
} ck_density_operations;

#pragma clang assume_nonnull end

#endif
