// AVX-512 (F, BW, DQ, VL): 16 floats or 8 doubles in a vector, which is one half of a block.
#include "variant.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,bmi,bmi2"))), apply_to = function)

static inline __m512i ck_avx512_single_index(const uint8_t *sources) {
  int32_t lanes[16];
  for (unsigned l = 0; l < 16; ++l) lanes[l] = sources[l];
  return _mm512_loadu_si512(lanes);
}

static inline __m512i ck_avx512_double_index(const uint8_t *sources) {
  int64_t lanes[8];
  for (unsigned l = 0; l < 8; ++l) lanes[l] = sources[l];
  return _mm512_loadu_si512(lanes);
}

static inline __m256i ck_avx512_flip_words(uint64_t flip) {
  return _mm256_xor_si256(_mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7), _mm256_set1_epi32((int)(flip & 7)));
}

static inline __m512i ck_avx512_flip_doubles(uint64_t flip) {
  return _mm512_xor_si512(_mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7), _mm512_set1_epi64((long long)(flip & 7)));
}

#define CK_EXTRACT(v, mask) _pext_u64((v), (mask))

#define CK_NAME(x) ck_avx512_single_##x
#define CK_REAL float
#define CK_REAL_INTEGER int32_t
#define CK_IS_SINGLE 1
#define CK_LANE_BITS 4
#define CK_INDEX __m512i
#define CK_MAKE_INDEX(sources) ck_avx512_single_index(sources)
#define CK_PERMUTE(v, index) ((V)_mm512_permutexvar_ps((index), (__m512)(v)))
#define CK_FLIP(v, flip) ((E)_mm256_permutevar8x32_ps((__m256)(v), ck_avx512_flip_words(flip)))
#include "body/kernels.inc"

#define CK_NAME(x) ck_avx512_double_##x
#define CK_REAL double
#define CK_REAL_INTEGER int64_t
#define CK_IS_SINGLE 0
#define CK_LANE_BITS 3
#define CK_INDEX __m512i
#define CK_MAKE_INDEX(sources) ck_avx512_double_index(sources)
#define CK_PERMUTE(v, index) ((V)_mm512_permutexvar_pd((index), (__m512d)(v)))
#define CK_FLIP(v, flip) ((E)_mm512_permutexvar_pd(ck_avx512_flip_doubles(flip), (__m512d)(v)))
#include "body/kernels.inc"

#pragma clang attribute pop

static bool supported(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
}

const ck_implementation ck_avx512 = {
    .name = "avx512",
    .description = "AVX-512 F, BW, DQ and VL, 512-bit vectors",
    .supported = supported,
    .single_precision = &ck_avx512_single_operations,
    .double_precision = &ck_avx512_double_operations,
};
#endif
