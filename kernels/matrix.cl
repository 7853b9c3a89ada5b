// Dense matrices on k target qubits, under any controls: ψ′[base + row] = Σ over columns of m[row, column]·ψ[base + column].
//
// A work-item owns one base: the 2ᵏ amplitudes that differ only in the targets, with the control bits at their values. It reads them
// all, then writes them all, so the product is in place and no two work-items meet. Only the controlled subspace is visited.
//   apply_matrix_1q, _2q   matrix by value, at most four qubits touched (targets and controls)
//   apply_matrix_kq        k = 1…6, any number of controls; matrix and row offsets in a buffer. Up to k = 4 the amplitudes are registers,
//                          which takes loops that are unrolled; 32 or 64 amplitudes are more than a GPU gives to one work-item
// A row adds its terms in the order of ck.h: column row ⊕ j for ascending j, the diagonal entry first.
// Targets that are low bits read strided runs; a work-group still uses whole cache lines, since neighbours own the rest of each.
//
// Source: the enumeration by bit insertion is common to state-vector simulators, e.g. Isakov et al. 2021, arXiv:2111.02396.

kernel void apply_matrix_1q(STATE, const ulong4 below, const ulong values, const ulong target, const real8 m) {
  const ulong i = expand_4(get_global_id(0), below) | values;
  const ulong j = i | target;
  const real2 a = AMPLITUDE(i);
  const real2 b = AMPLITUDE(j);
  AMPLITUDE(i) = multiply_add(m.s23, b, multiply(m.s01, a));
  AMPLITUDE(j) = multiply_add(m.s45, a, multiply(m.s67, b));
}

// The rows of a 4×4 matrix, one to an argument.
kernel void apply_matrix_2q(STATE, const ulong4 below, const ulong values, const ulong target_0, const ulong target_1,
                            const real8 row_0, const real8 row_1, const real8 row_2, const real8 row_3) {
  const ulong i = expand_4(get_global_id(0), below) | values;
  const ulong i1 = i | target_0;
  const ulong i2 = i | target_1;
  const ulong i3 = i1 | target_1;
  const real2 a = AMPLITUDE(i);
  const real2 b = AMPLITUDE(i1);
  const real2 c = AMPLITUDE(i2);
  const real2 d = AMPLITUDE(i3);
  // Row r meets column r ⊕ j in its j-th term: its own, its neighbour's, then the other pair's.
#define ROW(m_0, a_0, m_1, a_1, m_2, a_2, m_3, a_3) \
  multiply_add(m_3, a_3, multiply_add(m_2, a_2, multiply_add(m_1, a_1, multiply(m_0, a_0))))
  AMPLITUDE(i) = ROW(row_0.s01, a, row_0.s23, b, row_0.s45, c, row_0.s67, d);
  AMPLITUDE(i1) = ROW(row_1.s23, b, row_1.s01, a, row_1.s67, d, row_1.s45, c);
  AMPLITUDE(i2) = ROW(row_2.s45, c, row_2.s67, d, row_2.s01, a, row_2.s23, b);
  AMPLITUDE(i3) = ROW(row_3.s67, d, row_3.s45, c, row_3.s23, b, row_3.s01, a);
#undef ROW
}

// matrix: row-major, from its element first_entry on; offsets: the target bits of each row, from element first_offset on.
#define DEFINE_APPLY_MATRIX(k, repeat)                                                                                     \
  kernel void apply_matrix_##k##q_any(STATE, const ulong touched, const ulong values,                                      \
                                      global const real2 *restrict matrix, const ulong first_entry,                        \
                                      global const ulong *restrict offsets, const ulong first_offset) {                    \
    const ulong i = expand(get_global_id(0), touched) | values;                                                            \
    global const ulong *offset = offsets + first_offset;                                                                   \
    real2 a[1 << (k)];                                                                                                     \
    repeat for (uint column = 0; column < (1u << (k)); ++column) {                                                         \
      const ulong place = i | offset[column];                                                                              \
      a[column] = AMPLITUDE(place);                                                                                        \
    }                                                                                                                      \
    repeat for (uint row = 0; row < (1u << (k)); ++row) {                                                                  \
      global const real2 *m = matrix + first_entry + (row << (k));                                                         \
      real2 sum = multiply(m[row], a[row]);                                                                                \
      repeat for (uint j = 1; j < (1u << (k)); ++j) sum = multiply_add(m[row ^ j], a[row ^ j], sum);                       \
      const ulong place = i | offset[row];                                                                                 \
      AMPLITUDE(place) = sum;                                                                                              \
    }                                                                                                                      \
  }

#define UNROLLED _Pragma("unroll")
#define IN_TURN

DEFINE_APPLY_MATRIX(1, UNROLLED)
DEFINE_APPLY_MATRIX(2, UNROLLED)
DEFINE_APPLY_MATRIX(3, UNROLLED)
DEFINE_APPLY_MATRIX(4, UNROLLED)
DEFINE_APPLY_MATRIX(5, IN_TURN)
DEFINE_APPLY_MATRIX(6, IN_TURN)
