// The OpenCL kernels' source text, as it was when the library was compiled.
#ifndef KETWORK_KERNEL_TEXT_H
#define KETWORK_KERNEL_TEXT_H

#include <stddef.h>

#pragma clang assume_nonnull begin

/// How many kernel files there are; the first one is the prelude that the others need before them.
size_t ck_kernel_file_count(void);
/// The name of the file at `index`, such as `matrix.cl`.
const char *ck_kernel_file_name(size_t index);
/// The text of the file at `index`, not terminated; `*byte_count` becomes its length.
const unsigned char *ck_kernel_file_text(size_t index, size_t *byte_count);

#pragma clang assume_nonnull end

#endif
