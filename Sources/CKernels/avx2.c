// AVX2 with fused multiply-add: 8 floats or 4 doubles in a vector (Intel since Haswell, AMD since Zen).
#include "variant.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,bmi,bmi2"))), apply_to = function)

static inline __m256i ck_avx2_single_index(const uint8_t *sources) {
  int32_t lanes[8];
  for (unsigned l = 0; l < 8; ++l) lanes[l] = sources[l];
  return _mm256_loadu_si256((const __m256i_u *)lanes);
}

// There is no permute of doubles across the whole register by a variable index; pairs of floats do.
static inline __m256i ck_avx2_double_index(const uint8_t *sources) {
  int32_t lanes[8];
  for (unsigned l = 0; l < 4; ++l) {
    lanes[2 * l] = 2 * sources[l];
    lanes[2 * l + 1] = 2 * sources[l] + 1;
  }
  return _mm256_loadu_si256((const __m256i_u *)lanes);
}

static inline __m256i ck_avx2_flip_words(uint64_t flip) {
  return _mm256_xor_si256(_mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7), _mm256_set1_epi32((int)(flip & 7)));
}

#define CK_EXTRACT(v, mask) _pext_u64((v), (mask))

#define CK_NAME(x) ck_avx2_single_##x
#define CK_REAL float
#define CK_REAL_INTEGER int32_t
#define CK_IS_SINGLE 1
#define CK_LANE_BITS 3
#define CK_INDEX __m256i
#define CK_MAKE_INDEX(sources) ck_avx2_single_index(sources)
#define CK_PERMUTE(v, index) ((V)_mm256_permutevar8x32_ps((__m256)(v), (index)))
#define CK_FLIP(v, flip) ((E)_mm256_permutevar8x32_ps((__m256)(v), ck_avx2_flip_words(flip)))
#include "body/kernels.inc"

#define CK_NAME(x) ck_avx2_double_##x
#define CK_REAL double
#define CK_REAL_INTEGER int64_t
#define CK_IS_SINGLE 0
#define CK_LANE_BITS 2
#define CK_INDEX __m256i
#define CK_MAKE_INDEX(sources) ck_avx2_double_index(sources)
#define CK_PERMUTE(v, index) ((V)_mm256_permutevar8x32_ps((__m256)(v), (index)))
#include "body/kernels.inc"

#pragma clang attribute pop

static bool supported(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
}

const ck_implementation ck_avx2 = {
    .name = "avx2",
    .description = "AVX2 and FMA, 256-bit vectors",
    .supported = supported,
    .single_precision = &ck_avx2_single_operations,
    .double_precision = &ck_avx2_double_operations,
};
#endif
