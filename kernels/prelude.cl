// What every kernel file begins with: precision, layout, index arithmetic, complex arithmetic.
//
// Memory. A state of n qubits is 2ⁿ amplitudes in basis state order, each one real2: real part, imaginary part.
//
// Arithmetic. Every kernel has a CPU twin (Sources/CKernels) and gives the same bits up to the sign of zeros: contraction is off,
// multiply-adds are written fma, and the order is the one that ck.h states. Sums and probabilities are in double.
//
// A state larger than the device's largest buffer is split by its top k qubits: amplitude i lies in the buffer that they number. Kernels
// declare all buffers of a state by STATE, or CONST_STATE where they only read, and AMPLITUDE(i) is the amplitude wherever it lies. So any
// qubit is mixed in one sweep; the choice of the buffer is a few selections without a branch, and nothing at all where k is 0.
//
// Options. -D KETWORK_PRECISION=32 or 64: bits of a real of the state. Doubles are needed either way.
// -D KETWORK_SPLIT_QUBITS=0…4: k.
//
// Indices are ulong throughout: 2³² amplitudes and more are ordinary.

#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF

#if KETWORK_PRECISION == 64
typedef double real;
typedef double2 real2;
typedef double4 real4;
typedef double8 real8;
typedef double16 real16;
#elif KETWORK_PRECISION == 32
typedef float real;
typedef float2 real2;
typedef float4 real4;
typedef float8 real8;
typedef float16 real16;
#else
#error "define KETWORK_PRECISION as 32 or 64"
#endif

#ifndef KETWORK_SPLIT_QUBITS
#error "define KETWORK_SPLIT_QUBITS as 0 to 4"
#elif KETWORK_SPLIT_QUBITS == 0
#define STATE global real2 *restrict state
#define CONST_STATE global const real2 *restrict state
#define AMPLITUDE(i) state[i]
#else
// Buffers are named by the bits of their number, the highest first, so that each bit chooses between two halves of the names.
#define BUFFERS_1(type, name) type name##0, type name##1
#define BUFFERS_2(type, name) BUFFERS_1(type, name##0), BUFFERS_1(type, name##1)
#define BUFFERS_3(type, name) BUFFERS_2(type, name##0), BUFFERS_2(type, name##1)
#define BUFFERS_4(type, name) BUFFERS_3(type, name##0), BUFFERS_3(type, name##1)
#define CHOOSE_1(number, name) (((number) & 1) != 0 ? name##1 : name##0)
#define CHOOSE_2(number, name) (((number) & 2) != 0 ? CHOOSE_1(number, name##1) : CHOOSE_1(number, name##0))
#define CHOOSE_3(number, name) (((number) & 4) != 0 ? CHOOSE_2(number, name##1) : CHOOSE_2(number, name##0))
#define CHOOSE_4(number, name) (((number) & 8) != 0 ? CHOOSE_3(number, name##1) : CHOOSE_3(number, name##0))
#define JOIN(macro, k) JOIN_EXPANDED(macro, k)
#define JOIN_EXPANDED(macro, k) macro##k
// buffer_qubits: n − k, the bits of an amplitude's place in its buffer.
#define STATE JOIN(BUFFERS_, KETWORK_SPLIT_QUBITS)(global real2 *restrict, state_), const uint buffer_qubits
#define CONST_STATE JOIN(BUFFERS_, KETWORK_SPLIT_QUBITS)(global const real2 *restrict, state_), const uint buffer_qubits
#define AMPLITUDE(i) \
  (JOIN(CHOOSE_, KETWORK_SPLIT_QUBITS)((uint)((i) >> buffer_qubits), state_)[(i) & (((ulong)1 << buffer_qubits) - 1)])
#endif

// One reduction tree for every device: see ReductionTree in the Simulator target.
#define SUM_LANES 32u
#define SUM_BLOCK_BITS 10u
#define SUM_BLOCK (1u << SUM_BLOCK_BITS)

// Spreads the bits of i over the positions that are zero in fixed, in order; the fixed positions get zeros.
inline ulong expand(ulong i, ulong fixed) {
  while (fixed != 0) {
    const ulong bit = fixed & -fixed;
    const ulong below = bit - 1;
    i = ((i & ~below) << 1) | (i & below);
    fixed ^= bit;
  }
  return i;
}

// The same in 32 bits: GPUs put longer integers together from two.
inline uint expand_bits(uint i, uint fixed) {
  while (fixed != 0) {
    const uint bit = fixed & -fixed;
    const uint below = bit - 1;
    i = ((i & ~below) << 1) | (i & below);
    fixed ^= bit;
  }
  return i;
}

// expand for at most four fixed positions without a branch: below[j] has the ones below the j-th position, ascending, and all
// ones where there is no j-th, which leaves i as it is.
inline ulong expand_4(ulong i, ulong4 below) {
  i = ((i & ~below.s0) << 1) | (i & below.s0);
  i = ((i & ~below.s1) << 1) | (i & below.s1);
  i = ((i & ~below.s2) << 1) | (i & below.s2);
  return ((i & ~below.s3) << 1) | (i & below.s3);
}

// Gathers the bits of i at the ones of mask, lowest first.
inline ulong gather_bits(ulong i, ulong mask) {
  ulong result = 0;
  for (ulong place = 1; mask != 0; place <<= 1) {
    const ulong bit = mask & -mask;
    if ((i & bit) != 0) result |= place;
    mask ^= bit;
  }
  return result;
}

// Puts the low bits of i at the ones of mask, lowest first.
inline ulong scatter_bits(ulong i, ulong mask) {
  ulong result = 0;
  for (; mask != 0; i >>= 1) {
    const ulong bit = mask & -mask;
    if ((i & 1) != 0) result |= bit;
    mask ^= bit;
  }
  return result;
}

inline bool is_odd(ulong bits) { return (popcount(bits) & 1) != 0; }

// m·a, first column of a row.
inline real2 multiply(real2 m, real2 a) {
  return (real2)(fma(-m.y, a.y, m.x * a.x), fma(m.y, a.x, m.x * a.y));
}

// sum + m·a, a later column of a row.
inline real2 multiply_add(real2 m, real2 a, real2 sum) {
  return (real2)(fma(-m.y, a.y, fma(m.x, a.x, sum.x)), fma(m.y, a.x, fma(m.x, a.y, sum.y)));
}

// cosine·a plus the partner's part of a Pauli rotation: sine·b, or i·sine·b.
inline real2 rotate_pauli(real2 a, real2 b, real cosine, real sine, uint is_real) {
  return is_real != 0 ? (real2)(fma(sine, b.x, cosine * a.x), fma(sine, b.y, cosine * a.y))
                      : (real2)(fma(-sine, b.y, cosine * a.x), fma(sine, b.x, cosine * a.y));
}

// |a|² in double.
inline double square(real2 a) {
  const double re = (double)a.x;
  const double im = (double)a.y;
  return fma(re, re, im * im);
}
