// The implementations that a build may hold.
#ifndef KETWORK_CK_IMPLEMENTATIONS_H
#define KETWORK_CK_IMPLEMENTATIONS_H

#include "ck.h"

extern const ck_implementation ck_scalar;
#if defined(__x86_64__)
extern const ck_implementation ck_avx2;
extern const ck_implementation ck_avx512;
#elif defined(__aarch64__)
extern const ck_implementation ck_neon;
#endif

#endif
