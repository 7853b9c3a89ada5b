// Tile passes: a program of operations on a part of the state while it lies in local memory, so that all of them cost one sweep.
//
// A work-group owns a tile: the 2ᴸ amplitudes that differ in L local qubits only. It reads them, applies the steps of the program with a
// barrier after each, and writes them back. Inside, qubits are numbered by their place in the tile; what lies outside (controls,
// targets of diagonals, Zs of a Pauli string) has one value in a whole tile. The lowest qubits are local, so the memory is read in runs.
//
// Local memory. Amplitude t of a tile is in cell cell_of(t), not t: work-items that skip a target bit would meet in a few banks. The
// cell is t with its bits above BANK_BITS added, by XOR, to those below, which is linear: cell_of(a ^ b) = cell_of(a) ^ cell_of(b).
//
// Program. Words of 64 bits; a step has STEP_WORDS of them, then its numbers and tables:
//   0   kind, from bit 8 the count of targets, bit 16 whether a Pauli factor is real, from bit 32 all words of the step
//   1   mask of the controls outside the tile
//   2   their values
//   3   bits of the tile's index that are not iterated (controls, targets of a matrix, …), from bit 32 the values that controls have
//   4…  matrix: eight bits for each target; then its entries, row-major
//       diagonal: mask of the targets inside, mask of those outside; then its factors, the targets inside lowest, each by place
//       permutation: count of cycles; then where each begins, and behind all of them their places: see permutation.cl
//       Pauli string: x and, from bit 32, z inside, z outside; then the cosine, and the sine with the sign that the host knows
//
// Source: after HyQuas (Zhang et al., ICS 2021), whose gates in shared memory are coded and swizzled differently; arithmetic as in ck.h.

#define STEP_WORDS 8
#define STEP_MATRIX 0u
#define STEP_DIAGONAL 1u
#define STEP_PERMUTATION 2u
#define STEP_PAULI 3u

// As many neighbouring cells as take all banks are told apart by these bits. Of the bits above, the first is added to all of them, so
// that any one bit may be skipped; the next ones so that most pairs may, and the lowest bits together.
#if KETWORK_PRECISION == 32
inline uint cell_of(uint t) { return t ^ ((uint)(0x87D2B4E196C3A5F0ul >> ((t >> 2) & 60)) & 15); }
#else
inline uint cell_of(uint t) { return t ^ ((0x16432570u >> ((t >> 1) & 28)) & 7); }
#endif

// expand and gather_bits of the prelude for a tile's indices.
inline uint expand_in_tile(uint i, uint fixed) {
  while (fixed != 0) {
    const uint bit = fixed & -fixed;
    const uint below = bit - 1;
    i = ((i & ~below) << 1) | (i & below);
    fixed ^= bit;
  }
  return i;
}

inline uint gather_in_tile(uint i, uint mask) {
  uint result = 0;
  for (uint place = 1; mask != 0; place <<= 1) {
    const uint bit = mask & -mask;
    if ((i & bit) != 0) result |= place;
    mask ^= bit;
  }
  return result;
}

// The item's share of a step: every get_local_size(0)-th of `groups` groups.
#define FOR_EACH_GROUP(group, groups) for (uint group = get_local_id(0); group < (groups); group += get_local_size(0))

#define DEFINE_STEP_MATRIX(k)                                                                                                  \
  inline void step_matrix_##k##q(local real2 *restrict tile, global const real2 *restrict m, ulong targets, uint fixed,        \
                                 uint values, uint groups) {                                                                   \
    uint offset[1 << (k)];                                                                                                     \
    offset[0] = 0;                                                                                                             \
    _Pragma("unroll") for (uint c = 1; c < (1u << (k)); ++c) {                                                                 \
      const uint highest = 31 - clz(c);                                                                                        \
      offset[c] = offset[c ^ (1u << highest)] ^ cell_of(1u << ((targets >> (8 * highest)) & 63));                              \
    }                                                                                                                          \
    FOR_EACH_GROUP(group, groups) {                                                                                            \
      const uint start = cell_of(expand_in_tile(group, fixed) | values);                                                       \
      real2 a[1 << (k)];                                                                                                       \
      _Pragma("unroll") for (uint c = 0; c < (1u << (k)); ++c) a[c] = tile[start ^ offset[c]];                                 \
      _Pragma("unroll") for (uint row = 0; row < (1u << (k)); ++row) {                                                         \
        real2 sum = multiply(m[(row << (k)) + row], a[row]);                                                                   \
        _Pragma("unroll") for (uint j = 1; j < (1u << (k)); ++j) {                                                             \
          sum = multiply_add(m[(row << (k)) + (row ^ j)], a[row ^ j], sum);                                                    \
        }                                                                                                                      \
        tile[start ^ offset[row]] = sum;                                                                                       \
      }                                                                                                                        \
    }                                                                                                                          \
  }

DEFINE_STEP_MATRIX(1)
DEFINE_STEP_MATRIX(2)
DEFINE_STEP_MATRIX(3)
DEFINE_STEP_MATRIX(4)

inline void step_diagonal(local real2 *restrict tile, global const real2 *restrict factors, uint targets, uint fixed, uint values,
                          uint groups) {
  FOR_EACH_GROUP(group, groups) {
    const uint t = expand_in_tile(group, fixed) | values;
    const uint cell = cell_of(t);
    tile[cell] = multiply(factors[gather_in_tile(t, targets)], tile[cell]);
  }
}

inline void step_permutation(local real2 *restrict tile, global const ulong *restrict starts, uint cycle_count, uint fixed,
                             uint values, uint groups) {
  global const ulong *restrict places = starts + cycle_count + 1;
  FOR_EACH_GROUP(group, groups * cycle_count) {
    const uint t = expand_in_tile(group / cycle_count, fixed) | values;
    const uint cycle = group % cycle_count;
    const uint begin = (uint)starts[cycle];
    const uint end = (uint)starts[cycle + 1];
    real2 carried = tile[cell_of(t | (uint)places[end - 1])];
    for (uint k = begin; k < end; ++k) {
      const uint cell = cell_of(t | (uint)places[k]);
      const real2 next = tile[cell];
      tile[cell] = carried;
      carried = next;
    }
  }
}

// With x = 0 an amplitude is its own partner.
inline void step_pauli(local real2 *restrict tile, real cosine, real sine, uint is_real, uint x, uint z, uint fixed, uint values,
                       uint groups) {
  FOR_EACH_GROUP(group, groups) {
    const uint t = expand_in_tile(group, fixed) | values;
    const uint u = t ^ x;
    const real2 a = tile[cell_of(t)];
    const real2 b = tile[cell_of(u)];
    tile[cell_of(t)] = rotate_pauli(a, b, cosine, is_odd(u & z) ? -sine : sine, is_real);
    if (x != 0) tile[cell_of(u)] = rotate_pauli(b, a, cosine, is_odd(t & z) ? -sine : sine, is_real);
  }
}

// base: the amplitude of the tile whose local qubits are zero.
inline void apply_step(local real2 *restrict tile, uint tile_bits, ulong base, global const ulong *restrict step) {
  if (((base ^ step[2]) & step[1]) != 0) return;
  const uint kind = step[0] & 255;
  const uint fixed = (uint)step[3];
  const uint values = (uint)(step[3] >> 32);
  const uint groups = 1u << (tile_bits - popcount(fixed));
  global const real2 *restrict numbers = (global const real2 *)(step + STEP_WORDS);
  switch (kind) {
    case STEP_MATRIX:
      switch ((uint)(step[0] >> 8) & 255) {
        case 1: step_matrix_1q(tile, numbers, step[4], fixed, values, groups); break;
        case 2: step_matrix_2q(tile, numbers, step[4], fixed, values, groups); break;
        case 3: step_matrix_3q(tile, numbers, step[4], fixed, values, groups); break;
        default: step_matrix_4q(tile, numbers, step[4], fixed, values, groups); break;
      }
      break;
    case STEP_DIAGONAL: {
      const uint targets = (uint)step[4];
      numbers += gather_bits(base, step[5]) << popcount(targets);
      step_diagonal(tile, numbers, targets, fixed, values, groups);
      break;
    }
    case STEP_PERMUTATION:
      step_permutation(tile, step + STEP_WORDS, (uint)step[4], fixed, values, groups);
      break;
    default: {
      const real2 half_angle = numbers[0];
      const real sine = is_odd(base & step[5]) ? -half_angle.y : half_angle.y;
      const uint is_real = (uint)(step[0] >> 16) & 1;
      step_pauli(tile, half_angle.x, sine, is_real, (uint)step[4], (uint)(step[4] >> 32), fixed, values, groups);
    }
  }
}

// item_qubits: the lowest local qubits, one for each bit of a work-item's number; row_qubits: the other local qubits. tile: 2ᴸ amplitudes.
kernel void run_tiles(global real2 *restrict state, local real2 *restrict tile, const ulong item_qubits, const ulong row_qubits,
                      global const ulong *restrict program, const ulong first_word, const uint step_count) {
  const uint tile_bits = (uint)popcount(item_qubits | row_qubits);
  const ulong base = expand(get_group_id(0), item_qubits | row_qubits);
  const ulong start = base | scatter_bits(get_local_id(0), item_qubits);
  // The subsets of row_qubits in ascending order.
  ulong row = 0;
  FOR_EACH_GROUP(t, 1u << tile_bits) {
    tile[cell_of(t)] = state[start | row];
    row = (row - row_qubits) & row_qubits;
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  global const ulong *step = program + first_word;
  for (uint i = 0; i < step_count; ++i) {
    apply_step(tile, tile_bits, base, step);
    step += step[0] >> 32;
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  row = 0;
  FOR_EACH_GROUP(t, 1u << tile_bits) {
    state[start | row] = tile[cell_of(t)];
    row = (row - row_qubits) & row_qubits;
  }
}
