// The arithmetic peak: chains of fused multiply-adds that stay in registers, for calibration.
//
// A chain begins at 0 and becomes fma(chain, 1, 1) in each round, so that the sum of all chains is how many multiply-adds were done. Eight
// chains of eight reals are more than the latency of any device asks for, and leave room for several work-items in its registers.

// one: the number 1, which the compiler must not know. counts: one for each work-item.
kernel void chain_multiply_adds(global double *restrict counts, const ulong rounds, const real one) {
  const real8 ones = (real8)(one);
  real8 chains[8];
#pragma unroll
  for (uint c = 0; c < 8; ++c) chains[c] = ones - ones;
  for (ulong round = 0; round < rounds; ++round) {
#pragma unroll
    for (uint c = 0; c < 8; ++c) chains[c] = fma(chains[c], ones, ones);
  }
  double count = 0;
#pragma unroll
  for (uint c = 0; c < 8; ++c) {
    const double8 chain = convert_double8(chains[c]);
    const double4 half_sums = chain.lo + chain.hi;
    count += (half_sums.x + half_sums.y) + (half_sums.z + half_sums.w);
  }
  counts[get_global_id(0)] = count;
}
