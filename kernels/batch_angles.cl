// What all batches begin with: where their memory and programs lie, and the tangents of angles, with the arithmetic of body/lane_angles.inc.
//
// Options. -D KETWORK_BATCH_SPACE=local or global: where states lie. -D KETWORK_BATCH_PROGRAM=constant or global: where programs lie.

#if !defined(KETWORK_BATCH_SPACE) || !defined(KETWORK_BATCH_PROGRAM)
#error "define KETWORK_BATCH_SPACE as local or global, KETWORK_BATCH_PROGRAM as constant or global"
#endif

#define SPACE KETWORK_BATCH_SPACE
#define PROGRAM KETWORK_BATCH_PROGRAM
// Work-items hand over by the memory that they share, and sums by global memory.
#define BATCH_BARRIER barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)
// Always, since the elements of a block are registers only then.
#define BATCH_INLINE static inline __attribute__((always_inline))
// Angles from here on are refused.
#define LARGEST_ANGLE 0x1p50

BATCH_INLINE double double_at(PROGRAM const uint *words) { return as_double((ulong)words[1] << 32 | words[0]); }

// tan(x) for |x| ≤ π/4: the polynomials of body/lane_angles.inc.
BATCH_INLINE real tangent(real x) {
  const real square = x * x;
  const real2 fourth = (real2)(square * square);
  // Even terms, and odd ones.
#if KETWORK_PRECISION == 32
  real2 sums = (real2)(0.002895818962147300924f, 0.0094982537426181082343f);
  sums = fma(sums, fourth, (real2)(0.053349141717057390734f, 0.024600831274804382971f));
  sums = fma(sums, fourth, (real2)(0.33333076001643441943f, 0.13339890735238281607f));
#else
  real2 sums = (real2)(-0.000045340810921483415486, 0.000020966501491375179552);
  sums = fma(sums, fourth, (real2)(-0.000027500973370512599274, 0.000090387789460165185586));
  sums = fma(sums, fourth, (real2)(0.00022190680762917269249, 0.0001373989645856332756));
  sums = fma(sums, fourth, (real2)(0.0014547085276742700096, 0.00059524596863890578025));
  sums = fma(sums, fourth, (real2)(0.0088632178912468181493, 0.0035922986136778085248));
  sums = fma(sums, fourth, (real2)(0.053968253920363162183, 0.021869489722266203992));
  sums = fma(sums, fourth, (real2)(0.33333333333332494179, 0.13333333333434348357));
#endif
  const real sum = fma(sums.y, square, sums.x);
  return fma(x * square, sum, x);
}

// The tangent of half of what is left of an angle without its nearest multiple of π, and whether that is odd.
BATCH_INLINE real half_tangent(double theta, uint *is_odd) {
  // Added to 1.5·2⁵², a number has its lowest bit for 1.
  const double shifted = fma(theta, 0x1.45f306dc9c883p-2, 0x1.8p52);
  const double multiple = shifted - 0x1.8p52;
  const double rest = fma(multiple, -0x1.1a62633145c07p-53, fma(multiple, -0x1.921fb54442d18p1, theta));
  *is_odd = (uint)as_ulong(shifted) & 1;
  return tangent((real)(rest * 0.5));
}
