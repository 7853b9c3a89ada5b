// Density matrices: ρ = 2⁻ⁿ Σ rₚ P over the 4ⁿ Pauli strings, held as the 4ⁿ reals rₚ = Tr(Pρ).
//
// String P has the number that its digits make in base 4, qubit 0's least significant: 0 for I, 1 for X, 2 for Z, 3 for Y. Real r of number i is
// element i of the memory. A map of k qubits is a real 4ᵏ×4ᵏ matrix, which mixes the 4ᵏ reals that differ in 2k bits of the number. Of these
// bits some are inside a vector: then a row of the matrix becomes one vector of coefficients for each way in which lanes are exchanged.
//
// Source: Greenbaum, arXiv:1509.02921 (2015).
#ifndef KETWORK_CK_TRANSFER_H
#define KETWORK_CK_TRANSFER_H

#include <stdint.h>

/// Vectors that one map mixes, at most: those of three qubits.
#define CK_TRANSFER_VECTORS 64u

#pragma clang assume_nonnull begin

/// A vector of a group, with its lanes exchanged: lane l ⊕ flip at place l.
typedef struct ck_transfer_term {
  uint32_t source;
  uint32_t flip;
} ck_transfer_term;

/// A map in the form in which the kernel applies it: vector v becomes the sum of the terms starts[v]..<starts[v + 1], each times the vector of
/// coefficients of the same number. Terms that are zero everywhere are left out.
typedef struct ck_transfer {
  uint32_t vector_count;
  /// Where the vectors of a group lie, in reals, relative to its first.
  const uint64_t *offsets;
  const uint32_t *starts;
  const ck_transfer_term *terms;
  /// Reals of the state's precision, aligned to 64 bytes.
  const void *coefficients;
  /// The bits of a number that are zero in the first real of each group: those of offsets, and those inside a vector.
  uint64_t fixed;
} ck_transfer;

#pragma clang assume_nonnull end

#endif
