// Diagonal operations under any controls: ψ′[i] = f[target bits of i]·ψ[i], each amplitude of the controlled subspace once.
//
//   apply_diagonal_1q   two factors by value; with target 0 the first one is a phase on the whole subspace
//   apply_diagonal_kq   2ᵏ factors in a buffer, k ≤ 12, ordered by ascending target qubit (the host sorts them)

kernel void apply_diagonal_1q(STATE, const ulong controls, const ulong values, const ulong target,
                              const real4 factors) {
  const ulong i = expand(get_global_id(0), controls) | values;
  AMPLITUDE(i) = multiply((i & target) != 0 ? factors.s23 : factors.s01, AMPLITUDE(i));
}

kernel void apply_diagonal_kq(STATE, const ulong controls, const ulong values, const ulong targets,
                              global const real2 *restrict factors, const ulong first_factor) {
  const ulong i = expand(get_global_id(0), controls) | values;
  AMPLITUDE(i) = multiply(factors[first_factor + gather_bits(i, targets)], AMPLITUDE(i));
}
