// What follows a measurement, and single amplitudes: one work-item an amplitude.

kernel void collapse(STATE, const ulong mask, const ulong values, const real scale) {
  const ulong i = get_global_id(0);
  const real2 a = AMPLITUDE(i);
  AMPLITUDE(i) = (i & mask) == values ? (real2)(a.x * scale, a.y * scale) : (real2)(0, 0);
}

kernel void set_amplitude(STATE, const ulong i, const real2 amplitude) { AMPLITUDE(i) = amplitude; }
