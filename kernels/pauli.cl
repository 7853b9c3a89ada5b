// exp(−i·angle/2·P) for a Pauli string P of any weight, under any controls, in one pass.
//
// Amplitude i meets only its partner i ⊕ x. With y = |x ∧ z| the factor of the partner is s or i·s, s = ±sin(angle/2) with a sign
// from y (the host puts it in) and from the parity of (i ⊕ x) ∧ z. A work-item owns a pair, or with x = 0 one amplitude.
//
// Source: after Jones et al. 2019, "QuEST and high performance simulation of quantum computers", and ck.h for the order of operations.

// fixed: the controls and, with x ≠ 0, the highest bit of x.
kernel void rotate_pauli_pairs(STATE, const ulong fixed, const ulong values, const ulong x, const ulong z,
                               const real cosine, const real sine, const uint is_real) {
  const ulong i = expand(get_global_id(0), fixed) | values;
  const ulong j = i ^ x;
  const real2 a = AMPLITUDE(i);
  const real2 b = AMPLITUDE(j);
  AMPLITUDE(i) = rotate_pauli(a, b, cosine, is_odd(j & z) ? -sine : sine, is_real);
  AMPLITUDE(j) = rotate_pauli(b, a, cosine, is_odd(i & z) ? -sine : sine, is_real);
}

kernel void rotate_pauli_phases(STATE, const ulong fixed, const ulong values, const ulong z, const real cosine,
                                const real sine) {
  const ulong i = expand(get_global_id(0), fixed) | values;
  const real2 a = AMPLITUDE(i);
  AMPLITUDE(i) = rotate_pauli(a, a, cosine, is_odd(i & z) ? -sine : sine, 0);
}
