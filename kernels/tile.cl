// Tile passes: a program of operations on a part of the state while it lies in local memory, so that all of them cost one sweep.
//
// A work-group owns a tile: the 2ᴸ amplitudes that differ in L local qubits only. It reads them, applies the steps of the program with a
// barrier after each, and writes them back. Inside, qubits are numbered by their place in the tile; what lies outside (controls,
// targets of diagonals, Zs of a Pauli string) has one value in a whole tile. The lowest qubits are local, so the memory is read in runs.
//
// Local memory. Amplitude t of a tile is in cell cell_of(t), not t: work-items that skip a target bit would meet in a few banks. The
// cell is t with its bits above BANK_BITS added, by XOR, to those below, which is linear: cell_of(a ^ b) = cell_of(a) ^ cell_of(b).
//
// Registers. Successive operations that mix the same three qubits or fewer are a block: a work-item holds the eight amplitudes that differ
// in these qubits, applies all of them, and puts the amplitudes back, so that local memory and barriers are paid once. Each of the three
// qubits has a slot, a bit of the amplitude's number 0…7; a matrix acts on the lowest slots, and an operation says which slots to exchange
// before it, so that registers are known when the kernel is compiled.
//
// Program. In constant memory, since every work-item reads the same word at the same time, and a GPU hands such a word to all at once. What
// work-items look up in different places, factors of diagonals and places of permutations, lies in tables in global memory instead, where
// neighbours are read together; constant memory would give it out one by one.
//
// Words of 64 bits; a step has STEP_WORDS of them, then what is its own:
//   0   kind, bit 16 whether a Pauli factor is real, from bit 32 all words of the step
//   1   mask of the controls outside the tile
//   2   their values
//   3   bits of the tile's index that are not iterated (controls, targets of a matrix, …), from bit 32 the values that controls have
//   4…  block: the places of its slots when read, eight bits each; the same when written; count of operations; then these
//       matrix on four qubits: eight bits for each target; then its entries, row-major
//       permutation: count of cycles, first word in the tables: where each begins, and behind all of them their places: see permutation.cl
//       Pauli string: x and, from bit 32, z inside, z outside; then the cosine, and the sine with the sign that the host knows
// and an operation of a block OPERATION_WORDS, then its numbers:
//   0   kind, from bit 8 slots to exchange before it (0 and 1, 0 and 2, 1 and 2), from bit 16 which of the eight amplitudes meet the
//       controls in the block, from bit 24 the slots of a diagonal's targets, bit 27 whether a Pauli factor is real, from bit 32 all words
//       of the operation
//   1   mask of the controls outside the tile
//   2   their values
//   3   mask of the controls in the tile but not in the block, from bit 32 their values
//   4…  diagonal: mask of the targets in the tile but not in the block, mask of those outside, first factor in the tables, counted in
//       factors: slots lowest, then the targets inside, each by place
//       Pauli string: z in the tile but not in the block and, from bit 32, z of the slots, z outside; then cosine and sine

// Source: after HyQuas (Zhang et al., ICS 2021), whose gates in shared memory are coded and swizzled differently; arithmetic as in ck.h.

// Always, since the amplitudes of a block are registers only then.
#define INLINE static inline __attribute__((always_inline))

#define STEP_WORDS 8
#define STEP_BLOCK 0u
#define STEP_MATRIX 1u
#define STEP_PERMUTATION 2u
#define STEP_PAULI 3u
#define OPERATION_WORDS 6
#define BLOCK_MATRIX_1Q 0u
#define BLOCK_MATRIX_2Q 1u
#define BLOCK_MATRIX_3Q 2u
#define BLOCK_FLIP 3u
#define BLOCK_DIAGONAL 4u
#define BLOCK_PAULI_0 5u
#define BLOCK_PAULI_1 6u
#define BLOCK_PAULI_2 7u
#define BLOCK_PAULI_3 8u

// As many neighbouring cells as take all banks are told apart by these bits. Of the bits above, the first is added to all of them, so
// that any one bit may be skipped; the next ones so that most pairs may, and the lowest bits together.
#if KETWORK_PRECISION == 32
inline uint cell_of(uint t) { return t ^ ((uint)(0x87D2B4E196C3A5F0ul >> ((t >> 2) & 60)) & 15); }
#else
inline uint cell_of(uint t) { return t ^ ((0x16432570u >> ((t >> 1) & 28)) & 7); }
#endif

// gather_bits of the prelude for a tile's indices, which fit 32 bits.
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

// Operations of a block on its eight amplitudes a, of which those under `active` are concerned.

INLINE void exchange(real2 *a, uint i, uint j) {
  const real2 kept = a[i];
  a[i] = a[j];
  a[j] = kept;
}

INLINE void exchange_slots(real2 *a, uint which) {
  if ((which & 1) != 0) {
    exchange(a, 1, 2);
    exchange(a, 5, 6);
  }
  if ((which & 2) != 0) {
    exchange(a, 1, 4);
    exchange(a, 3, 6);
  }
  if ((which & 4) != 0) {
    exchange(a, 2, 4);
    exchange(a, 3, 5);
  }
}

// A matrix on the lowest k slots; k is known when this is inlined.
INLINE void block_matrix(real2 *a, const uint k, constant const real2 *m, uint active) {
#pragma unroll
  for (uint first = 0; first < 8; first += 1u << k) {
    if ((active >> first & 1) == 0) continue;
    real2 b[8];
#pragma unroll
    for (uint row = 0; row < 1u << k; ++row) b[row] = a[first + row];
#pragma unroll
    for (uint row = 0; row < 1u << k; ++row) {
      real2 sum = multiply(m[(row << k) + row], b[row]);
#pragma unroll
      for (uint j = 1; j < 1u << k; ++j) sum = multiply_add(m[(row << k) + (row ^ j)], b[row ^ j], sum);
      a[first + row] = sum;
    }
  }
}

INLINE void block_flip(real2 *a, uint active) {
#pragma unroll
  for (uint first = 0; first < 8; first += 2) {
    if ((active >> first & 1) != 0) exchange(a, first, first + 1);
  }
}

// factors: those of the values that the targets outside the block have.
INLINE void block_diagonal(real2 *a, global const real2 *factors, uint slots, uint active) {
  const uint weight_0 = slots & 1;
  const uint weight_1 = (slots >> 1 & 1) << weight_0;
  const uint weight_2 = (slots >> 2 & 1) << popcount(slots & 3);
#pragma unroll
  for (uint r = 0; r < 8; ++r) {
    const uint place = (r & 1) * weight_0 + (r >> 1 & 1) * weight_1 + (r >> 2) * weight_2;
    if ((active >> r & 1) != 0) a[r] = multiply(factors[place], a[r]);
  }
}

// x: of the slots, the lowest ones; known when this is inlined. z: of the slots.
INLINE void block_pauli(real2 *a, const uint x, uint z, real cosine, real sine, uint is_real, uint active) {
#pragma unroll
  for (uint r = 0; r < 8; ++r) {
    const uint u = r ^ x;
    if (u < r || (active >> r & 1) == 0) continue;
    const real2 b = a[r];
    const real2 c = a[u];
    a[r] = rotate_pauli(b, c, cosine, is_odd(u & z) ? -sine : sine, is_real);
    if (x != 0) a[u] = rotate_pauli(c, b, cosine, is_odd(r & z) ? -sine : sine, is_real);
  }
}

// t: the tile's index of a[0]; base: the amplitude of the tile whose local qubits are zero.
INLINE void apply_in_block(real2 *a, uint t, ulong base, constant const ulong *operation, global const ulong *tables) {
  const ulong head = operation[0];
  exchange_slots(a, (uint)(head >> 8) & 7);
  if (((base ^ operation[2]) & operation[1]) != 0) return;
  if (((t ^ (uint)(operation[3] >> 32)) & (uint)operation[3]) != 0) return;
  const uint kind = (uint)head & 255;
  const uint active = (uint)(head >> 16) & 255;
  const uint slots = (uint)(head >> 24) & 7;
  const uint inside = (uint)operation[4];
  constant const real2 *numbers = (constant const real2 *)(operation + OPERATION_WORDS);
  switch (kind) {
    case BLOCK_MATRIX_1Q: block_matrix(a, 1, numbers, active); break;
    case BLOCK_MATRIX_2Q: block_matrix(a, 2, numbers, active); break;
    case BLOCK_MATRIX_3Q: block_matrix(a, 3, numbers, active); break;
    case BLOCK_FLIP: block_flip(a, active); break;
    case BLOCK_DIAGONAL: {
      const ulong place = gather_bits(base, operation[5]) << popcount(inside) | gather_in_tile(t, inside);
      block_diagonal(a, (global const real2 *)tables + operation[6] + (place << popcount(slots)), slots, active);
      break;
    }
    default: {
      const real2 half_angle = numbers[0];
      const real sine = is_odd(base & operation[5]) != is_odd(t & inside) ? -half_angle.y : half_angle.y;
      const uint z = (uint)(operation[4] >> 32);
      const uint is_real = (uint)(head >> 27) & 1;
      switch (kind) {
        case BLOCK_PAULI_0: block_pauli(a, 0, z, half_angle.x, sine, is_real, active); break;
        case BLOCK_PAULI_1: block_pauli(a, 1, z, half_angle.x, sine, is_real, active); break;
        case BLOCK_PAULI_2: block_pauli(a, 3, z, half_angle.x, sine, is_real, active); break;
        default: block_pauli(a, 7, z, half_angle.x, sine, is_real, active); break;
      }
    }
  }
}

// The cell of the bit of a slot.
INLINE uint slot_cell(ulong places, uint slot) { return cell_of(1u << (uint)(places >> (8 * slot) & 63)); }

INLINE void step_block(local real2 *tile, ulong base, uint fixed, uint groups, constant const ulong *step,
                       global const ulong *tables) {
  const uint from[3] = {slot_cell(step[4], 0), slot_cell(step[4], 1), slot_cell(step[4], 2)};
  const uint to[3] = {slot_cell(step[5], 0), slot_cell(step[5], 1), slot_cell(step[5], 2)};
  const uint count = (uint)step[6];
  FOR_EACH_GROUP(group, groups) {
    const uint t = expand_bits(group, fixed);
    const uint start = cell_of(t);
    real2 a[8];
#pragma unroll
    for (uint r = 0; r < 8; ++r) {
      a[r] = tile[start ^ ((r & 1) != 0 ? from[0] : 0) ^ ((r & 2) != 0 ? from[1] : 0) ^ ((r & 4) != 0 ? from[2] : 0)];
    }
    constant const ulong *operation = step + STEP_WORDS;
    for (uint i = 0; i < count; ++i) {
      apply_in_block(a, t, base, operation, tables);
      operation += operation[0] >> 32;
    }
#pragma unroll
    for (uint r = 0; r < 8; ++r) {
      tile[start ^ ((r & 1) != 0 ? to[0] : 0) ^ ((r & 2) != 0 ? to[1] : 0) ^ ((r & 4) != 0 ? to[2] : 0)] = a[r];
    }
  }
}

INLINE void step_matrix_4q(local real2 *tile, constant const real2 *m, ulong targets, uint fixed, uint values, uint groups) {
  uint offset[16];
  offset[0] = 0;
#pragma unroll
  for (uint c = 1; c < 16; ++c) {
    const uint highest = 31 - clz(c);
    offset[c] = offset[c ^ (1u << highest)] ^ slot_cell(targets, highest);
  }
  FOR_EACH_GROUP(group, groups) {
    const uint start = cell_of(expand_bits(group, fixed) | values);
    real2 a[16];
#pragma unroll
    for (uint c = 0; c < 16; ++c) a[c] = tile[start ^ offset[c]];
#pragma unroll
    for (uint row = 0; row < 16; ++row) {
      real2 sum = multiply(m[17 * row], a[row]);
#pragma unroll
      for (uint j = 1; j < 16; ++j) sum = multiply_add(m[16 * row + (row ^ j)], a[row ^ j], sum);
      tile[start ^ offset[row]] = sum;
    }
  }
}

INLINE void step_permutation(local real2 *tile, global const ulong *starts, uint cycle_count, uint fixed, uint values,
                             uint groups) {
  global const ulong *places = starts + cycle_count + 1;
  FOR_EACH_GROUP(group, groups * cycle_count) {
    const uint t = expand_bits(group / cycle_count, fixed) | values;
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

// A string with more than three letters X and Y.
INLINE void step_pauli(local real2 *tile, real cosine, real sine, uint is_real, uint x, uint z, uint fixed, uint values,
                       uint groups) {
  FOR_EACH_GROUP(group, groups) {
    const uint t = expand_bits(group, fixed) | values;
    const uint u = t ^ x;
    const real2 a = tile[cell_of(t)];
    const real2 b = tile[cell_of(u)];
    tile[cell_of(t)] = rotate_pauli(a, b, cosine, is_odd(u & z) ? -sine : sine, is_real);
    tile[cell_of(u)] = rotate_pauli(b, a, cosine, is_odd(t & z) ? -sine : sine, is_real);
  }
}

INLINE void apply_step(local real2 *tile, uint tile_bits, ulong base, constant const ulong *step, global const ulong *tables) {
  if (((base ^ step[2]) & step[1]) != 0) return;
  const uint fixed = (uint)step[3];
  const uint values = (uint)(step[3] >> 32);
  const uint groups = 1u << (tile_bits - popcount(fixed));
  constant const real2 *numbers = (constant const real2 *)(step + STEP_WORDS);
  switch ((uint)step[0] & 255) {
    case STEP_BLOCK: step_block(tile, base, fixed, groups, step, tables); break;
    case STEP_MATRIX: step_matrix_4q(tile, numbers, step[4], fixed, values, groups); break;
    case STEP_PERMUTATION: step_permutation(tile, tables + step[5], (uint)step[4], fixed, values, groups); break;
    default: {
      const real2 half_angle = numbers[0];
      const real sine = is_odd(base & step[5]) ? -half_angle.y : half_angle.y;
      const uint is_real = (uint)(step[0] >> 16) & 1;
      step_pauli(tile, half_angle.x, sine, is_real, (uint)step[4], (uint)(step[4] >> 32), fixed, values, groups);
    }
  }
}

// item_qubits: the lowest local qubits, one for each bit of a work-item's number; row_qubits: the other local qubits. tile: 2ᴸ amplitudes.
// tables: those of the program, from the word first_word on.
kernel void run_tiles(STATE, local real2 *restrict tile, const ulong item_qubits, const ulong row_qubits,
                      constant const ulong *program, const uint step_count, global const ulong *restrict tables,
                      const ulong first_word) {
  const uint tile_bits = (uint)popcount(item_qubits | row_qubits);
  const ulong base = expand(get_group_id(0), item_qubits | row_qubits);
  const ulong start = base | scatter_bits(get_local_id(0), item_qubits);
  // The subsets of row_qubits in ascending order.
  ulong row = 0;
  FOR_EACH_GROUP(t, 1u << tile_bits) {
    const ulong i = start | row;
    tile[cell_of(t)] = AMPLITUDE(i);
    row = (row - row_qubits) & row_qubits;
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  constant const ulong *step = program;
  for (uint i = 0; i < step_count; ++i) {
    apply_step(tile, tile_bits, base, step, tables + first_word);
    step += step[0] >> 32;
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  row = 0;
  FOR_EACH_GROUP(t, 1u << tile_bits) {
    const ulong i = start | row;
    AMPLITUDE(i) = tile[cell_of(t)];
    row = (row - row_qubits) & row_qubits;
  }
}
