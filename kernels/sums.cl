// Sums over basis states in double, in the one order that ReductionTree fixes for every device.
//
// A leaf is one block of SUM_BLOCK basis states, summed by a work-group of SUM_LANES items: item j adds the terms j, j + 32, … in
// pairs of neighbours, then the sums of neighbours, and so on; what is left of the items is halved in local memory. Leaves are numbered by v·kept_count + h: v runs
// over the bits of `varying` and is summed over afterwards, h over the bits of `kept`, which stay apart; first holds bits that are the same
// in all leaves. A leaf has `width` sums. halve_sums then adds the upper half of all leaves to the lower one, again and again.
// Terms past the end of states smaller than a block are zero.

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

#define SUM_ROWS (SUM_BLOCK / SUM_LANES)

// Adds the 32 terms of an item, which lie SUM_LANES apart, over the row bits that are not kept; what is left lies where they are clear.
inline void halve_rows(local double *terms, const uint kept) {
  for (uint bit = 1; bit < SUM_ROWS; bit *= 2) {
    if ((kept & bit) != 0) continue;
    for (uint row = 0; row < SUM_ROWS; ++row) {
      if ((row & bit) == 0) terms[row * SUM_LANES] += terms[(row | bit) * SUM_LANES];
    }
  }
}

// Σ|ψᵢ|² over the basis states that meet the condition, one sum a block.
kernel void sum_squares(CONST_STATE, const ulong amplitude_count, const ulong varying, const ulong first,
                        const ulong mask, const ulong values, global double *restrict sums) {
  local double lanes[SUM_LANES];
  const ulong leaf = get_group_id(0);
  const ulong start = leaf_start(leaf, 1, varying, 0, first) + get_local_id(0);
  // Four times eight rows.
  double quarters[4];
  for (uint q = 0; q < 4; ++q) {
    double terms[8];
    for (uint k = 0; k < 8; ++k) {
      const ulong i = start + (8 * q + k) * SUM_LANES;
      terms[k] = i < amplitude_count && (i & mask) == values ? square(AMPLITUDE(i)) : 0;
    }
    quarters[q] = ((terms[0] + terms[1]) + (terms[2] + terms[3])) + ((terms[4] + terms[5]) + (terms[6] + terms[7]));
  }
  const double total = combine_lanes(lanes, (quarters[0] + quarters[1]) + (quarters[2] + quarters[3]));
  if (get_local_id(0) == 0) sums[leaf] = total;
}

// The marginal distribution of the qubits in low_kept (below 10), one sum an outcome, outcomes by ascending qubit. Leaves are
// first_leaf onwards. Halvings over the bits that are kept are left out.
kernel void sum_outcomes(CONST_STATE, const ulong amplitude_count, const ulong kept_count, const ulong varying,
                         const ulong kept, const ulong first, const ulong low_kept, global double *restrict sums) {
  local double terms[SUM_BLOCK];
  const ulong leaf = get_group_id(0);
  const uint lane = get_local_id(0);
  const ulong start = leaf_start(leaf, kept_count, varying, kept, first);
  const uint lane_kept = (uint)low_kept & (SUM_LANES - 1);
  const uint row_kept = ((uint)low_kept & (SUM_BLOCK - 1)) / SUM_LANES;
  for (uint row = 0; row < SUM_ROWS; ++row) {
    const ulong i = start + row * SUM_LANES + lane;
    terms[row * SUM_LANES + lane] = i < amplitude_count ? square(AMPLITUDE(i)) : 0;
  }
  halve_rows(terms + lane, row_kept);
  for (uint bit = SUM_LANES / 2; bit > 0; bit /= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (((lane_kept | lane) & bit) == 0) {
      for (uint row = 0; row < SUM_ROWS; ++row) {
        if ((row & ~row_kept) == 0) terms[row * SUM_LANES + lane] += terms[row * SUM_LANES + lane + bit];
      }
    }
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  const uint width = 1u << popcount((uint)low_kept & (SUM_BLOCK - 1));
  for (uint outcome = lane; outcome < width; outcome += SUM_LANES) {
    sums[leaf * width + outcome] = terms[scatter_bits(outcome, low_kept & (SUM_BLOCK - 1))];
  }
}

#define PAULIS_PER_SWEEP 8

// ⟨ψ|P|ψ⟩ for up to eight Pauli strings of one flip mask x, whose phase masks z are given; one sum a string and block. The bits in `kept`
// are those of no string: they tell the states apart that lie in the slots of a wide one, and their sums stay apart too. Basis states
// that have a bit of `excluded` (the highest bit of x) set have no term: their partners have the same one, and the host doubles the sum.
// With a = ψ[i], b = ψ[i ⊕ x], y = |x ∧ z|, a term is ± Re(a*b) for even y and ± Im(a*b) for odd y.
kernel void sum_paulis(CONST_STATE, const ulong amplitude_count, const ulong kept_count, const ulong varying,
                       const ulong kept, const ulong first, const ulong x, const ulong excluded, const ulong8 z, const uint count, global double *restrict sums) {
  local double lanes[SUM_LANES];
  const ulong leaf = get_group_id(0);
  const ulong start = leaf_start(leaf, kept_count, varying, kept, first) + get_local_id(0);
  const ulong phases[PAULIS_PER_SWEEP] = {z.s0, z.s1, z.s2, z.s3, z.s4, z.s5, z.s6, z.s7};
  double totals[PAULIS_PER_SWEEP] = {0, 0, 0, 0, 0, 0, 0, 0};
  double pending[PAULIS_PER_SWEEP] = {0, 0, 0, 0, 0, 0, 0, 0};
  // Eight rows at a time, as in sum_squares.
  for (uint q = 0; q < 4; ++q) {
    double even[8];
    double odd[8];
    for (uint k = 0; k < 8; ++k) {
      const ulong i = start + (8 * q + k) * SUM_LANES;
      const bool has_term = i < amplitude_count && (i & excluded) == 0;
      const real2 a = has_term ? AMPLITUDE(i) : (real2)(0, 0);
      const real2 b = has_term ? AMPLITUDE(i ^ x) : (real2)(0, 0);
      even[k] = fma((double)a.x, (double)b.x, (double)a.y * (double)b.y);
      odd[k] = fma((double)a.x, (double)b.y, -((double)a.y * (double)b.x));
    }
    for (uint s = 0; s < PAULIS_PER_SWEEP; ++s) {
      const uint y = (uint)popcount(x & phases[s]) & 3;
      double terms[8];
      for (uint k = 0; k < 8; ++k) {
        const ulong j = (start + (8 * q + k) * SUM_LANES) ^ x;
        const double term = (y & 1) == 0 ? even[k] : odd[k];
        terms[k] = (y == 1 || y == 2) != is_odd(j & phases[s]) ? -term : term;
      }
      const double sum = ((terms[0] + terms[1]) + (terms[2] + terms[3])) + ((terms[4] + terms[5]) + (terms[6] + terms[7]));
      if (q == 0) totals[s] = sum;
      if (q == 1) totals[s] += sum;
      if (q == 2) pending[s] = sum;
      if (q == 3) totals[s] += pending[s] + sum;
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
