// Sums over basis states in double, in the one order that ReductionTree fixes for every device.
//
// A leaf is one block of SUM_BLOCK basis states, summed by a work-group of SUM_LANES items: lane j adds the terms j, j + 32, … in
// order, lanes are combined by halving. Leaves are numbered by v·kept_count + h: v runs over the bits of `varying` and is summed
// over afterwards, h over the bits of `kept`, which stay apart; first holds bits that are the same in all leaves. A leaf has `width`
// sums. halve_sums then adds the upper half of all leaves to the lower one, again and again.
// States smaller than a block have row_count < 32 rows, and lanes past the end of the state add zeros.

inline ulong leaf_start(ulong leaf, ulong kept_count, ulong varying, ulong kept, ulong first) {
  const ulong block = first | scatter_bits(leaf / kept_count, varying) | scatter_bits(leaf % kept_count, kept);
  return block << SUM_BLOCK_BITS;
}

// Combines 32 lanes by halving; lane 0 returns the sum. Every item of the work-group calls it.
inline double combine_lanes(local double *lanes, double value) {
  const uint lane = get_local_id(0);
  lanes[lane] = value;
  for (uint half_count = SUM_LANES / 2; half_count > 0; half_count /= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (lane < half_count) lanes[lane] += lanes[lane + half_count];
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  const double sum = lanes[0];
  barrier(CLK_LOCAL_MEM_FENCE);
  return sum;
}

// Σ|ψᵢ|² over the basis states that meet the condition, one sum a block.
kernel void sum_squares(global const real2 *restrict state, const ulong amplitude_count, const ulong varying, const ulong first,
                        const ulong mask, const ulong values, global double *restrict sums) {
  local double lanes[SUM_LANES];
  const ulong leaf = get_group_id(0);
  const ulong start = leaf_start(leaf, 1, varying, 0, first) + get_local_id(0);
  double sum = 0;
  for (ulong row = 0; row < SUM_BLOCK && start + row < amplitude_count; row += SUM_LANES) {
    const ulong i = start + row;
    if ((i & mask) == values) sum += square(state[i]);
  }
  const double total = combine_lanes(lanes, sum);
  if (get_local_id(0) == 0) sums[leaf] = total;
}

// The marginal distribution of the qubits in low_kept (below 10), one sum an outcome, outcomes by ascending qubit. Leaves are
// first_leaf onwards. An outcome fixes some row bits and some lane bits: for each choice of row bits a lane adds its rows in
// order, then lanes are combined by halving over the lane bits that are not kept.
kernel void sum_outcomes(global const real2 *restrict state, const ulong amplitude_count, const ulong kept_count, const ulong varying,
                         const ulong kept, const ulong first, const ulong low_kept, global double *restrict sums) {
  local double lanes[SUM_LANES];
  const ulong leaf = get_group_id(0);
  const uint lane = get_local_id(0);
  const ulong start = leaf_start(leaf, kept_count, varying, kept, first);
  const uint lane_kept = (uint)low_kept & (SUM_LANES - 1);
  const uint row_kept = ((uint)low_kept & (SUM_BLOCK - 1)) / SUM_LANES;
  const uint row_varying = (SUM_BLOCK / SUM_LANES - 1) & ~row_kept;
  const uint lane_outcomes = 1u << popcount(lane_kept);
  const uint row_outcomes = 1u << popcount(row_kept);
  const uint rows = 1u << popcount(row_varying);
  const ulong width = (ulong)row_outcomes * lane_outcomes;
  for (uint outcome = 0; outcome < row_outcomes; ++outcome) {
    const ulong row_base = scatter_bits(outcome, row_kept);
    double sum = 0;
    for (uint r = 0; r < rows; ++r) {
      const ulong i = start + (row_base | scatter_bits(r, row_varying)) * SUM_LANES + lane;
      if (i < amplitude_count) sum += square(state[i]);
    }
    lanes[lane] = sum;
    for (uint bit = SUM_LANES / 2; bit > 0; bit /= 2) {
      barrier(CLK_LOCAL_MEM_FENCE);
      if ((lane_kept & bit) == 0 && (lane & bit) == 0) lanes[lane] += lanes[lane | bit];
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    if ((lane & ~lane_kept) == 0) {
      const ulong place = (ulong)outcome * lane_outcomes + gather_bits(lane, lane_kept);
      sums[leaf * width + place] = lanes[lane];
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
}

#define PAULIS_PER_SWEEP 8

// ⟨ψ|P|ψ⟩ for up to eight Pauli strings of one flip mask x, whose phase masks z are given; one sum a string and block. Basis states
// that have a bit of `excluded` (the highest bit of x) set have no term: their partners have the same one, and the host doubles the sum.
// With a = ψ[i], b = ψ[i ⊕ x], y = |x ∧ z|, a term is ± Re(a*b) for even y and ± Im(a*b) for odd y.
kernel void sum_paulis(global const real2 *restrict state, const ulong amplitude_count, const ulong varying, const ulong first,
                       const ulong x, const ulong excluded, const ulong8 z, const uint count, global double *restrict sums) {
  local double lanes[SUM_LANES];
  const ulong leaf = get_group_id(0);
  const ulong start = leaf_start(leaf, 1, varying, 0, first) + get_local_id(0);
  const ulong phases[PAULIS_PER_SWEEP] = {z.s0, z.s1, z.s2, z.s3, z.s4, z.s5, z.s6, z.s7};
  double totals[PAULIS_PER_SWEEP] = {0, 0, 0, 0, 0, 0, 0, 0};
  for (ulong row = 0; row < SUM_BLOCK && start + row < amplitude_count; row += SUM_LANES) {
    const ulong i = start + row;
    if ((i & excluded) != 0) continue;
    const ulong j = i ^ x;
    const double are = (double)state[i].x;
    const double aim = (double)state[i].y;
    const double bre = (double)state[j].x;
    const double bim = (double)state[j].y;
    const double even = fma(are, bre, aim * bim);
    const double odd = fma(are, bim, -(aim * bre));
    for (uint k = 0; k < PAULIS_PER_SWEEP; ++k) {
      const uint y = (uint)popcount(x & phases[k]) & 3;
      const double term = (y & 1) == 0 ? even : odd;
      const bool negative = (y == 1 || y == 2) != is_odd(j & phases[k]);
      totals[k] += negative ? -term : term;
    }
  }
  for (uint k = 0; k < count; ++k) {
    const double total = combine_lanes(lanes, totals[k]);
    if (get_local_id(0) == 0) sums[leaf * count + k] = total;
  }
}

// The lower half of 2·count sums becomes the sum of both halves.
kernel void halve_sums(global double *restrict sums, const ulong count) {
  const ulong i = get_global_id(0);
  sums[i] += sums[i + count];
}
