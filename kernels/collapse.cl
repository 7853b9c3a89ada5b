// What follows a measurement, and single amplitudes: one work-item an amplitude.

kernel void collapse(global real2 *restrict state, const ulong mask, const ulong values, const real scale) {
  const ulong i = get_global_id(0);
  state[i] = (i & mask) == values ? (real2)(state[i].x * scale, state[i].y * scale) : (real2)(0, 0);
}

kernel void set_amplitude(global real2 *restrict state, const ulong i, const real2 amplitude) { state[i] = amplitude; }
