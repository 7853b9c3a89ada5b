// One amplitude at a time, in C that any machine runs; every other instruction set must give its bits.
#include "variant.h"

// No qubit lies inside a vector of one lane, so nothing is ever permuted.
typedef uint8_t ck_scalar_index;

#define CK_NAME(x) ck_scalar_single_##x
#define CK_REAL float
#define CK_REAL_INTEGER int32_t
#define CK_IS_SINGLE 1
#define CK_LANE_BITS 0
#define CK_INDEX ck_scalar_index
#define CK_MAKE_INDEX(sources) ((sources)[0])
#define CK_PERMUTE(v, index) ((void)(index), (v))
#define CK_EXTRACT(v, mask) ck_extract((v), (mask))
#include "body/kernels.inc"

#define CK_NAME(x) ck_scalar_double_##x
#define CK_REAL double
#define CK_REAL_INTEGER int64_t
#define CK_IS_SINGLE 0
#define CK_LANE_BITS 0
#define CK_INDEX ck_scalar_index
#define CK_MAKE_INDEX(sources) ((sources)[0])
#define CK_PERMUTE(v, index) ((void)(index), (v))
#include "body/kernels.inc"

static bool supported(void) { return true; }

const ck_implementation ck_scalar = {
    .name = "scalar",
    .description = "portable C, one amplitude at a time",
    .supported = supported,
    .single_precision = &ck_scalar_single_operations,
    .double_precision = &ck_scalar_double_operations,
};
