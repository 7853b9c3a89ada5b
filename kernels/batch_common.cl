// Batches: a whole small circuit in each part of a work-group, any number of rows of parameters in one launch.
//
// What ck_lanes.h describes, with the same arithmetic in the same order, so that values are the CPU's bits: rotations about Pauli strings
// in planned blocks, frames, tables, scales, sums. There a lane of a vector holds a circuit; here some work-items of a group hold one
// together. `bind_batch` takes a row in each work-item from parameters to numbers τ and frames; `run_batch` takes it from there to the
// values of observables, and nothing but these leaves the device. Derivatives follow in batch_gradient.cl.
//
// Work-items. A group holds 2^circuit_bits circuits, and 2^item_bits work-items hold each; the circuit is in the lowest bits of a
// work-item's number. Rows past the last are computed as the last one once more, because barriers are for all, and not written.
//
// Memory of a group, SPACE: local where it fits, else a piece of global memory for each group. Whatever it holds is there for each
// circuit, the circuit in the lowest bits of the index again: partial sums (double); the state, a cell for each basis state; and the factors
// of a block's tables or a window of products, which are not needed at the same time. Cell i of the state lies at cell_of(i), so that
// work-items that skip bits do not meet in a few banks of local memory.
//
// Global memory: [column][row] of parameters, [number][row] of τ, [scale][row], [row] of frames, [sum][row], and values [row][observable].
//
// Program: words of 32 bits, doubles as two of them, lowest first, in constant memory where it fits. At the start:
//   0 bits   1 angles, 2 their first word   3 scales   4 rotations of a scale   5 growths, 6 first word   7 blocks, 8 first word
//   9 groups of sums, 10 first word   11 observables, 12 first word   13 which sum is ⟨ψ|ψ⟩   14 coordinates over which sums are taken: sums
//   are kept apart for all values of those above   15 whether derivatives follow   16 slices, 17 first word   18 sums   19 first word of their
//   weights   20 first word of the observables, one word each, on which this program's sums have a part
// and in what follows, each one after the other:
//   angle        x, z, number | negative << 31, count of terms, constant; of each term its column and coefficient
//   growth       direction, sign, number | imaginary << 31
//   block        fixed, four directions, count of operations, whether one is a table; of each operation its code, number or first word of its
//                table, and sign or first factor of its table. A code is direction | odd << 4, from bit 16 on the signs of elements; or else
//                32 for a table, 33 for a scale
//   table        bits, entry of each of the first three directions, count of strings, a functional for each bit; of each string number, mask
//   group        x, imaginary | has plain sum << 1, its first sum, first word of its masks, how many masks have their lowest bits at each level
//   observable   first word and count of its terms: sum, x, z, mask of the coordinates above, coefficient
//   slice        count of operations, fixed, three directions; of each operation code, number, sign as in a block, the last one first. Or else
//                0, first word of a table, its rank; then for each coordinate a word: what batch_gradient.cl walks over basis states with
//   weight       first word and count of its terms, which are as an observable's with the observable in place of the sum
//
// Options. -D KETWORK_BATCH_REAL=0 or 1: whether states are real; and those of batch_angles.cl.

#ifndef KETWORK_BATCH_REAL
#error "define KETWORK_BATCH_REAL as 0 or 1"
#endif

#if KETWORK_BATCH_REAL
typedef real cell;
#define ELEMENT_BITS 4
#else
typedef real2 cell;
#define ELEMENT_BITS 3
#endif
#define ELEMENTS (1u << ELEMENT_BITS)

#define ANGLE_WORDS 6
#define TERM_WORDS 3
#define GROWTH_WORDS 3
#define BLOCK_WORDS 7
#define OPERATION_WORDS 3
#define TABLE_WORDS 5
#define STRING_WORDS 2
#define GROUP_WORDS 4
#define OBSERVABLE_WORDS 2
#define OBSERVABLE_TERM_WORDS 6
#define SLICE_WORDS 5
#define WEIGHT_WORDS 2
// The most values of the highest coordinates for which sums are kept apart.
#define STRANDS 16
#define CODE_TABLE 32u
#define CODE_SCALE 33u
#define HIGHEST_BIT 0x80000000u

// As many neighbouring cells as take all banks, 128 bytes, are told apart by these bits.
#if KETWORK_PRECISION == 32
#define BANK_BITS (KETWORK_BATCH_REAL ? 5 : 4)
#else
#define BANK_BITS (KETWORK_BATCH_REAL ? 4 : 3)
#endif

BATCH_INLINE uint cell_of(uint i) { return i ^ ((i >> BANK_BITS ^ i >> 2 * BANK_BITS) & ((1u << BANK_BITS) - 1)); }

BATCH_INLINE uint parity(uint bits) { return popcount(bits) & 1; }

// Which circuit a work-item works on, and which of those that hold it it is.
typedef struct batch_place {
  uint bits;
  uint circuit_bits;
  uint circuit;
  uint item;
  uint items;
  uint row;
  uint row_count;
  // Whether the row is its own, and not the last one once more: then it writes what leaves the group.
  bool is_there;
} batch_place;

// Where element i of an array that is there for each circuit lies.
BATCH_INLINE uint shared_place(batch_place at, uint i) { return i << at.circuit_bits | at.circuit; }

BATCH_INLINE uint state_place(batch_place at, uint i) { return cell_of(shared_place(at, i)); }

BATCH_INLINE real number_at(batch_place at, global const real *numbers, uint number, uint is_negative) {
  const real t = numbers[number * at.row_count + at.row];
  return is_negative != 0 ? -t : t;
}

// Whether a Pauli string and a frame change signs when they pass each other.
BATCH_INLINE uint passing(uint2 frame, uint x, uint z) { return parity((frame.x & z) ^ (frame.y & x)); }

#if !KETWORK_BATCH_REAL

// The value of a table's functionals at a basis state.
BATCH_INLINE uint entry_at(PROGRAM const uint *table, uint i) {
  uint value = 0;
  for (uint bit = 0; bit < table[0]; ++bit) value |= parity(table[TABLE_WORDS + bit] & i) << bit;
  return value;
}

#endif

// t with the sign that element e takes it with.
BATCH_INLINE real with_sign(real t, uint signs, const uint e) {
#if KETWORK_PRECISION == 32
  return as_float(as_uint(t) ^ (signs << (31 - e) & HIGHEST_BIT));
#else
  return as_double(as_ulong(t) ^ (ulong)(signs << (31 - e) & HIGHEST_BIT) << 32);
#endif
}

// A rotation on `count` elements of a group; d, and whether the string is odd, is known when this is inlined. That signs are not, unlike on the
// CPU, costs two operations a pair, and spares compilers of processors and GPUs eight times as much code.
BATCH_INLINE void rotate_elements(cell *a, const uint count, real t, uint signs, const uint d, const bool is_odd_string) {
#pragma unroll
  for (uint e = 0; e < count; ++e) {
    const uint f = e ^ d;
    if (f < e) continue;
    // Where e takes with a minus, f does not, unless the string is even.
    const real te = with_sign(t, signs, e);
    const cell old = a[e];
    const cell other = a[f];
#if KETWORK_BATCH_REAL
    (void)is_odd_string;
    a[e] = fma(te, other, old);
    a[f] = fma(-te, old, other);
#else
    if (is_odd_string) {
      a[e] = (real2)(fma(te, other.x, old.x), fma(te, other.y, old.y));
      a[f] = (real2)(fma(-te, old.x, other.x), fma(-te, old.y, other.y));
    } else {
      a[e] = (real2)(fma(-te, other.y, old.x), fma(te, other.x, old.y));
      if (d != 0) a[f] = (real2)(fma(-te, old.y, other.x), fma(te, old.x, other.y));
    }
#endif
  }
}

// Where element e of a block lies, relative to its first one.
BATCH_INLINE uint element_cell(const uint *directions, const uint e) {
  uint place = 0;
#pragma unroll
  for (uint bit = 0; bit < ELEMENT_BITS; ++bit) place ^= (e >> bit & 1) != 0 ? directions[bit] : 0;
  return place;
}

// The sums of eight numbers under the signs (−1)^|bits∧e|.
#define TRANSFORM(type, w)                           \
  _Pragma("unroll") for (uint s = 0; s < 3; ++s) {   \
    const uint step = 1u << s;                       \
    _Pragma("unroll") for (uint e = 0; e < 8; ++e) { \
      if ((e & step) != 0) continue;                 \
      const type low = (w)[e];                       \
      const type high = (w)[e | step];               \
      (w)[e] = low + high;                           \
      (w)[e | step] = low - high;                    \
    }                                                \
  }

BATCH_INLINE double add_signed(double sum, double part, uint is_negative) { return is_negative != 0 ? sum - part : sum + part; }

// How many values of the highest coordinates sums are kept apart for: strands, which lie beside each other.
BATCH_INLINE uint strand_bits_of(PROGRAM const uint *program) { return program[0] - program[14]; }

// A sum, put together under the signs of the highest coordinates where those are apart; numbers of one sum lie `stride` apart.
BATCH_INLINE double gathered(global const double *sums, uint stride, uint strand_bits, uint number, uint mask) {
  double parts[STRANDS];
  const uint strands = 1u << strand_bits;
  for (uint strand = 0; strand < strands; ++strand) {
    const double part = sums[(number << strand_bits | strand) * stride];
    parts[strand] = parity(strand & mask) != 0 ? -part : part;
  }
  for (uint half_count = strands / 2; half_count > 0; half_count /= 2) {
    for (uint strand = 0; strand < half_count; ++strand) parts[strand] += parts[strand + half_count];
  }
  return parts[0];
}
