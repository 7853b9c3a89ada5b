// Embeds kernels/*.cl. An edit of a kernel recompiles this file: #embed is in the dependency file.
#include "kernel_text.h"

static const unsigned char prelude[] = {
#embed "../../kernels/prelude.cl"
};
static const unsigned char matrix[] = {
#embed "../../kernels/matrix.cl"
};
static const unsigned char diagonal[] = {
#embed "../../kernels/diagonal.cl"
};
static const unsigned char permutation[] = {
#embed "../../kernels/permutation.cl"
};
static const unsigned char pauli[] = {
#embed "../../kernels/pauli.cl"
};
static const unsigned char tile[] = {
#embed "../../kernels/tile.cl"
};
static const unsigned char collapse[] = {
#embed "../../kernels/collapse.cl"
};
static const unsigned char sums[] = {
#embed "../../kernels/sums.cl"
};
static const unsigned char sampling[] = {
#embed "../../kernels/sampling.cl"
};
static const unsigned char peak[] = {
#embed "../../kernels/peak.cl"
};
static const unsigned char density[] = {
#embed "../../kernels/density.cl"
};
static const unsigned char batch_angles[] = {
#embed "../../kernels/batch_angles.cl"
};
static const unsigned char batch_common[] = {
#embed "../../kernels/batch_common.cl"
};
static const unsigned char batch[] = {
#embed "../../kernels/batch.cl"
};
static const unsigned char batch_gradient[] = {
#embed "../../kernels/batch_gradient.cl"
};
static const unsigned char batch_density[] = {
#embed "../../kernels/batch_density.cl"
};

static const struct {
  const char *name;
  const unsigned char *text;
  size_t byte_count;
} files[] = {
    {"prelude.cl", prelude, sizeof prelude},
    {"matrix.cl", matrix, sizeof matrix},
    {"diagonal.cl", diagonal, sizeof diagonal},
    {"permutation.cl", permutation, sizeof permutation},
    {"pauli.cl", pauli, sizeof pauli},
    {"tile.cl", tile, sizeof tile},
    {"collapse.cl", collapse, sizeof collapse},
    {"sums.cl", sums, sizeof sums},
    {"sampling.cl", sampling, sizeof sampling},
    {"peak.cl", peak, sizeof peak},
    {"density.cl", density, sizeof density},
    {"batch_angles.cl", batch_angles, sizeof batch_angles},
    {"batch_common.cl", batch_common, sizeof batch_common},
    {"batch.cl", batch, sizeof batch},
    {"batch_gradient.cl", batch_gradient, sizeof batch_gradient},
    {"batch_density.cl", batch_density, sizeof batch_density},
};

size_t ck_kernel_file_count(void) { return sizeof files / sizeof files[0]; }

const char *ck_kernel_file_name(size_t index) { return files[index].name; }

const unsigned char *ck_kernel_file_text(size_t index, size_t *byte_count) {
  *byte_count = files[index].byte_count;
  return files[index].text;
}
