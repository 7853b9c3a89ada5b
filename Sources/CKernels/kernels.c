// The implementation table, and what no instruction set changes: group counts, the upper reduction tree, memory.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "bits.h"
#include "implementations.h"

static const ck_implementation *const implementations[] = {
#if defined(__x86_64__)
    &ck_avx512,
    &ck_avx2,
#elif defined(__aarch64__)
    &ck_neon,
#endif
    &ck_scalar,
};

size_t ck_implementation_count(void) { return sizeof implementations / sizeof implementations[0]; }

const ck_implementation *ck_implementation_at(size_t index) { return implementations[index]; }

uint64_t ck_group_count(const ck_operations *operations, uint32_t qubit_count, uint64_t fixed) {
  const uint32_t bits = qubit_count < 5 ? 5 : qubit_count;
  return 1ull << (bits - operations->lane_bits - (uint32_t)__builtin_popcountll(fixed >> operations->lane_bits));
}

// Leaves are visited in the order in which halving combines them, so that only one partial sum for each level is kept: index bits
// reversed, the highest bit of `varying` changing fastest.
void ck_tree_sum(ck_leaf leaf, const void *state, const ck_leaf_parameters *parameters, uint64_t first, uint64_t varying, uint64_t run,
                 size_t width, double *scratch, double *sums) {
  const unsigned depth = (unsigned)__builtin_popcountll(varying);
  const uint64_t run_length = 1ull << __builtin_popcountll(run);
  const size_t run_width = width * (size_t)run_length;
  for (uint64_t visit = 0; visit < 1ull << depth; ++visit) {
    uint64_t reversed = 0;
    for (unsigned bit = 0; bit < depth; ++bit) reversed |= ((visit >> bit) & 1) << (depth - 1 - bit);
    unsigned level = 0;
    while ((visit >> level) & 1) ++level;
    // Partial sums of levels 0..<level wait in scratch; this run of leaves completes them all.
    double *top = level == depth ? sums : scratch + level * run_width;
    double *fresh = level == 0 ? top : scratch + depth * run_width;
    const uint64_t base = first | ck_deposit(reversed, varying);
    for (uint64_t j = 0; j < run_length; ++j) leaf(state, parameters, base | ck_deposit(j, run), fresh + j * width);
    for (unsigned done = 0; done < level; ++done) {
      const double *earlier = scratch + done * run_width;
      for (size_t j = 0; j < run_width; ++j) fresh[j] = earlier[j] + fresh[j];
    }
    if (fresh != top) memcpy(top, fresh, run_width * sizeof(double));
  }
}

// From this size on memory comes straight from the system: already zero, and aligned so that huge pages fit.
static const size_t huge_page = 2u << 20;

static bool is_mapped(size_t byte_count) { return byte_count >= 2 * huge_page; }

/// The bytes that are taken: a mapping has whole huge pages, anything else whole lines.
static size_t whole(size_t byte_count) {
  const size_t unit = is_mapped(byte_count) ? huge_page : 64;
  return (byte_count + unit - 1) / unit * unit;
}

// Mappings that were given back and are kept for the next state of the same size: a mapping's pages are asked of the system one by one,
// and huge ones may take milliseconds each once memory is in pieces.

enum { kept_count = 4 };

static struct {
  pthread_mutex_t mutex;
  /// Bytes that may be kept in all, and bytes that are.
  size_t limit, byte_count;
  struct {
    void *memory;
    size_t byte_count;
  } mappings[kept_count];
} kept = {.mutex = PTHREAD_MUTEX_INITIALIZER};

void ck_keep_freed(size_t byte_count) {
#ifdef __GLIBC__
  mallopt(M_TRIM_THRESHOLD, (int)byte_count);
  mallopt(M_MMAP_THRESHOLD, (int)byte_count);
#endif
  pthread_mutex_lock(&kept.mutex);
  kept.limit = byte_count;
  pthread_mutex_unlock(&kept.mutex);
}

/// A mapping of this size that was kept; null if there is none.
static void *take_kept(size_t byte_count) {
  void *memory = NULL;
  pthread_mutex_lock(&kept.mutex);
  for (size_t j = 0; j < kept_count && memory == NULL; ++j) {
    if (kept.mappings[j].memory == NULL || kept.mappings[j].byte_count != byte_count) continue;
    memory = kept.mappings[j].memory;
    kept.mappings[j].memory = NULL;
    kept.byte_count -= byte_count;
  }
  pthread_mutex_unlock(&kept.mutex);
  return memory;
}

/// Keeps a mapping if there is room for it.
static bool keep(void *memory, size_t byte_count) {
  bool is_kept = false;
  pthread_mutex_lock(&kept.mutex);
  for (size_t j = 0; j < kept_count && !is_kept && kept.byte_count + byte_count <= kept.limit; ++j) {
    if (kept.mappings[j].memory != NULL) continue;
    kept.mappings[j].memory = memory;
    kept.mappings[j].byte_count = byte_count;
    kept.byte_count += byte_count;
    is_kept = true;
  }
  pthread_mutex_unlock(&kept.mutex);
  return is_kept;
}

/// Zeroed memory in whole huge pages; what surrounds it in the mapping is given back at once. Null if the system refuses.
static void *map(size_t byte_count) {
  unsigned char *start = mmap(NULL, byte_count + huge_page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (start == MAP_FAILED) return NULL;
  unsigned char *aligned = (unsigned char *)(((uintptr_t)start + huge_page - 1) & ~(uintptr_t)(huge_page - 1));
  const size_t before = (size_t)(aligned - start);
  if (before > 0) munmap(start, before);
  munmap(aligned + byte_count, huge_page - before);
#ifdef MADV_HUGEPAGE
  madvise(aligned, byte_count, MADV_HUGEPAGE);
#endif
  return aligned;
}

void *_Nullable ck_allocate(size_t byte_count) {
  if (is_mapped(byte_count)) {
    void *old = take_kept(whole(byte_count));
    return old == NULL ? map(whole(byte_count)) : memset(old, 0, byte_count);
  }
  void *memory = aligned_alloc(64, whole(byte_count));
  return memory == NULL ? NULL : memset(memory, 0, byte_count);
}

void *_Nullable ck_allocate_scratch(size_t byte_count) {
  if (!is_mapped(byte_count)) return aligned_alloc(64, whole(byte_count));
  void *old = take_kept(whole(byte_count));
  return old == NULL ? map(whole(byte_count)) : old;
}

void ck_release(void *memory, size_t byte_count) {
  if (!is_mapped(byte_count)) {
    free(memory);
  } else if (!keep(memory, whole(byte_count))) {
    munmap(memory, whole(byte_count));
  }
}
