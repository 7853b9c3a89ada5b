// NEON, which every 64-bit ARM has: 4 floats or 2 doubles in a vector.
#include "variant.h"

#if defined(__aarch64__)
#include <arm_neon.h>

static inline uint8x16_t ck_neon_index(const uint8_t *sources, unsigned byte_count) {
  uint8_t bytes[16];
  for (unsigned b = 0; b < 16; ++b) bytes[b] = (uint8_t)(sources[b / byte_count] * byte_count + b % byte_count);
  return vld1q_u8(bytes);
}

#define CK_EXTRACT(v, mask) ck_extract((v), (mask))

#define CK_NAME(x) ck_neon_single_##x
#define CK_REAL float
#define CK_REAL_INTEGER int32_t
#define CK_IS_SINGLE 1
#define CK_LANE_BITS 2
#define CK_INDEX uint8x16_t
#define CK_MAKE_INDEX(sources) ck_neon_index((sources), 4)
#define CK_PERMUTE(v, index) ((V)vqtbl1q_u8((uint8x16_t)(v), (index)))
#include "body/kernels.inc"

#define CK_NAME(x) ck_neon_double_##x
#define CK_REAL double
#define CK_REAL_INTEGER int64_t
#define CK_IS_SINGLE 0
#define CK_LANE_BITS 1
#define CK_INDEX uint8x16_t
#define CK_MAKE_INDEX(sources) ck_neon_index((sources), 8)
#define CK_PERMUTE(v, index) ((V)vqtbl1q_u8((uint8x16_t)(v), (index)))
#include "body/kernels.inc"

static bool supported(void) { return true; }

const ck_implementation ck_neon = {
    .name = "neon",
    .description = "NEON, 128-bit vectors",
    .supported = supported,
    .single_precision = &ck_neon_single_operations,
    .double_precision = &ck_neon_double_operations,
};
#endif
