// Sampling by inversion of the fixed-point cumulative distribution: weights ⌊|ψᵢ|²·2⁶²⌋, whose sums do not depend on their order.
//
//   sum_weights     the weight of each block of SUM_BLOCK basis states, by a work-group of SUM_LANES
//   locate_states   for the blocks that draws fell into, the basis states that hold them, by a work-group a block: the block's
//                   cumulative weights are built in local memory, then each draw is found by bisection
// The host scans the block sums in between. A basis state of zero weight is never drawn: its interval is empty.

// Probabilities that no normalised state has, and NaN, weigh nothing; sum_weights reports them apart, by its float sums.
inline ulong weight_of(real2 a) {
  const double probability = square(a);
  return probability < 2.0 ? (ulong)(probability * 0x1p62) : 0;
}

kernel void sum_weights(CONST_STATE, const ulong amplitude_count, global ulong *restrict sums,
                        global uint *restrict unsound) {
  local ulong lanes[SUM_LANES];
  local uint bad[SUM_LANES];
  const uint lane = get_local_id(0);
  const ulong start = get_group_id(0) * SUM_BLOCK + lane;
  ulong sum = 0;
  uint is_unsound = 0;
  for (ulong row = 0; row < SUM_BLOCK && start + row < amplitude_count; row += SUM_LANES) {
    const real2 a = AMPLITUDE(start + row);
    sum += weight_of(a);
    if (!(square(a) < 2.0)) is_unsound = 1;
  }
  lanes[lane] = sum;
  bad[lane] = is_unsound;
  for (uint half_count = SUM_LANES / 2; half_count > 0; half_count /= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (lane < half_count) {
      lanes[lane] += lanes[lane + half_count];
      bad[lane] |= bad[lane + half_count];
    }
  }
  if (lane == 0) {
    sums[get_group_id(0)] = lanes[0];
    unsound[get_group_id(0)] = bad[0];
  }
}

// Each item scans a run of neighbours, all at the same place of their runs; a cell left free after every run keeps them in different banks.
#define RUN (SUM_BLOCK / SUM_LANES)
#define CUMULATIVE(k) cumulative[(k) + (k) / RUN]

// Work-group g owns block blocks[g] and the draws starts[g]…starts[g + 1] − 1; positions are inside the block's weight, and are replaced
// by the basis states found. The work-group has SUM_LANES items, each of which scans RUN neighbours.
kernel void locate_states(CONST_STATE, const ulong amplitude_count, global const ulong *restrict blocks,
                          global const ulong *restrict starts, global ulong *restrict positions) {
  local ulong cumulative[SUM_BLOCK + SUM_LANES];
  local ulong offsets[SUM_LANES];
  const uint lane = get_local_id(0);
  const ulong group = get_group_id(0);
  const ulong start = blocks[group] * SUM_BLOCK;
  for (uint k = lane; k < SUM_BLOCK; k += SUM_LANES) {
    CUMULATIVE(k) = start + k < amplitude_count ? weight_of(AMPLITUDE(start + k)) : 0;
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  ulong sum = 0;
  for (uint k = 0; k < RUN; ++k) {
    sum += CUMULATIVE(lane * RUN + k);
    CUMULATIVE(lane * RUN + k) = sum;
  }
  offsets[lane] = sum;
  barrier(CLK_LOCAL_MEM_FENCE);
  ulong before = 0;
  for (uint l = 0; l < lane; ++l) before += offsets[l];
  for (uint k = 0; k < RUN; ++k) CUMULATIVE(lane * RUN + k) += before;
  barrier(CLK_LOCAL_MEM_FENCE);
  for (ulong draw = starts[group] + lane; draw < starts[group + 1]; draw += SUM_LANES) {
    const ulong position = positions[draw];
    uint low = 0;
    uint high = SUM_BLOCK - 1;
    while (low < high) {
      const uint middle = (low + high) / 2;
      if (CUMULATIVE(middle) > position) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    positions[draw] = start + low;
  }
}
