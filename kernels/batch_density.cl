// Batches of small density matrices: a whole noisy circuit in each part of a work-group, any number of rows of parameters in one launch.
//
// What ck_lane_density.h describes, with the same arithmetic in the same order, so that values and derivatives are the CPU's bits. There a lane of
// a vector holds a matrix; here some work-items of a group hold one together. `run_densities` takes rows from parameters to the values of
// observables, or of the strings from which outcomes follow, and nothing but these leaves the device. `pull_densities` goes back from the last
// states, which run_densities has kept where derivatives are wanted, as it has kept those before each step that is no rotation.
//
// Work-items. A group holds 2^circuit_bits matrices, and 2^item_bits work-items hold each; the matrix is in the lowest bits of a work-item's
// number. Rows past the last are computed as the last one once more, because barriers are for all, and not written.
//
// Pulls. What is differentiated is one combination of a row's observables, a pull: the one under its cotangents, or each observable alone, a
// slot of the row. Pulls are numbered slot·rows + row. Of a rotation's product each work-item has a part, the sum over up to four pairs. Parts
// of a few rotations, a window, are put together at once, because most work-items would wait for those of one.
//
// Memory of a group, SPACE: local where it fits, else a piece of global memory for each group. It is there for each matrix, the matrix in the
// lowest bits of the index: the values of all strings, twice where there are maps; for derivatives twice, and the window.
//
// Global memory: [row][column] of parameters; [row][angle] of cosines and sines; [row][state][string] of states that are kept, the last one
// behind those before steps; values [row][observable]; [pull][slope] of products; [row][slot][column] of derivatives.
//
// Program: words of 32 bits, doubles as two of them, lowest first, in global memory, since work-items read different words at a time. At the
// start:
//   0 strings   1 angles, 2 first word   3 strings that are 1 at first, 4 first word   5 steps, 6 first word   7 observables, 8 first word
//   9 strings that have weights, 10 first word   11 columns, 12 first word   13 steps that are no rotations   14 slopes: rotations whose angles
//   have terms   15 whether there are maps
// and in what these begin:
//   angle        first word and count of its terms, constant; of each term its column and coefficient
//   step         code, number of its angle or of the state before it, first word, count, number of its slope or first word of its transpose.
//                0 is a rotation, of each pair q | r << 16; 1 are factors, each a string and a number; 2 is a map, of each string the first
//                word of its entries, and where the last end: each a string and a factor
//   observable   first word and count of its terms: string, coefficient
//   weight       string, first word and count of its terms: observable, coefficient
//   column       first word and count of its terms, the last slope first: slope, coefficient

#define ANGLE_WORDS 4
#define STEP_WORDS 5
#define OBSERVABLE_WORDS 2
#define WEIGHT_WORDS 3
#define COLUMN_WORDS 2
// What consists of a number and a double.
#define TERM_WORDS 3
#define CODE_ROTATION 0u
#define CODE_MAP 2u
#define NO_SLOPE 0xffffffffu
// As CK_DENSITY_PART_PAIRS and CK_DENSITY_PART_COUNT.
#define PART_PAIRS 4u
#define PART_COUNT 16u

// Which matrix a work-item works on, and which of those that hold it it is.
typedef struct density_place {
  uint circuit_bits;
  uint circuit;
  uint item;
  uint items;
  uint row;
  // Whether the row, or the pull, is its own, and not the last one once more: then it writes what leaves the group.
  bool is_there;
} density_place;

// The row is that of the group's place, which may be past the last.
BATCH_INLINE density_place place_of(uint4 shape) {
  density_place at;
  at.circuit_bits = shape.s0;
  at.circuit = get_local_id(0) & ((1u << shape.s0) - 1);
  at.item = get_local_id(0) >> shape.s0;
  at.items = 1u << shape.s1;
  at.row = get_group_id(0) << shape.s0 | at.circuit;
  at.is_there = false;
  return at;
}

// Where number i of an array that is there for each matrix lies.
BATCH_INLINE uint place(density_place at, uint i) { return i << at.circuit_bits | at.circuit; }

BATCH_INLINE real factor_at(PROGRAM const uint *term) { return (real)double_at(term + 1); }

// Cosines and sines of a row's angles, an angle for each work-item.
BATCH_INLINE void bind(density_place at, PROGRAM const uint *program, global const double *columns, global real2 *numbers,
                       global uint *failed) {
  bool fits = true;
  for (uint a = at.item; a < program[1]; a += at.items) {
    PROGRAM const uint *const angle = program + program[2] + ANGLE_WORDS * a;
    PROGRAM const uint *term = program + angle[0];
    PROGRAM const uint *const end = term + TERM_WORDS * angle[1];
    double theta = double_at(angle + 2);
    for (; term < end; term += TERM_WORDS) theta = fma(double_at(term + 1), columns[term[0]], theta);
    fits = fits && fabs(theta) < LARGEST_ANGLE;
    uint is_odd;
    const real t = half_tangent(theta, &is_odd);
    const real square = t * t;
    // In double, since devices divide less exactly in single precision; rounded once more it is what one rounding gives.
    const real norm = (real)(1.0 / (double)(1 + square));
    const real2 number = (real2)((1 - square) * norm, 2 * t * norm);
    if (at.is_there) numbers[a] = is_odd != 0 ? -number : number;
  }
  if (!fits && at.is_there) atomic_min(failed, at.row);
  BATCH_BARRIER;
}

// Keeps a state, or takes it back.
BATCH_INLINE void keep(density_place at, uint string_count, SPACE const real *state, global real *kept) {
  if (!at.is_there) return;
  for (uint p = at.item; p < string_count; p += at.items) kept[p] = state[place(at, p)];
}

BATCH_INLINE void take_back(density_place at, uint string_count, SPACE real *state, global const real *kept) {
  for (uint p = at.item; p < string_count; p += at.items) state[place(at, p)] = kept[p];
}

BATCH_INLINE void rotate_pair(SPACE real *q, SPACE real *r, real2 number) {
  const real a = *q;
  const real b = *r;
  *q = fma(number.x, a, number.y * b);
  *r = fma(number.x, b, -number.y * a);
}

BATCH_INLINE void multiply_factors(density_place at, PROGRAM const uint *program, PROGRAM const uint *step, SPACE real *values) {
  for (uint k = at.item; k < step[3]; k += at.items) {
    PROGRAM const uint *const term = program + step[2] + TERM_WORDS * k;
    values[place(at, term[0])] *= factor_at(term);
  }
}

// What a sparse matrix makes of values; starts are the first words of its rows.
BATCH_INLINE void apply_map(density_place at, PROGRAM const uint *program, PROGRAM const uint *starts, SPACE const real *values,
                            SPACE real *products) {
  for (uint p = at.item; p < program[0]; p += at.items) {
    PROGRAM const uint *const end = program + starts[p + 1];
    real sum = 0;
    for (PROGRAM const uint *entry = program + starts[p]; entry < end; entry += TERM_WORDS) {
      sum = fma(factor_at(entry), values[place(at, entry[0])], sum);
    }
    products[place(at, p)] = sum;
  }
}

// Runs the steps; says where in the memory the state lies in the end. Places are numbers, since PoCL 3.1 does not compile pointers that
// change places across barriers.
BATCH_INLINE uint evolve(density_place at, PROGRAM const uint *program, global const real2 *numbers, SPACE real *memory,
                         global real *kept, bool keeps) {
  const uint string_count = program[0];
  const uint both = string_count << at.circuit_bits;
  uint state = 0;
  for (uint p = at.item; p < string_count; p += at.items) memory[place(at, p)] = 0;
  BATCH_BARRIER;
  for (uint k = at.item; k < program[3]; k += at.items) memory[place(at, program[program[4] + k])] = 1;
  BATCH_BARRIER;
  PROGRAM const uint *step = program + program[6];
  for (uint s = 0; s < program[5]; ++s, step += STEP_WORDS) {
    if (step[0] == CODE_ROTATION) {
      const real2 number = numbers[step[1]];
      for (uint k = at.item; k < step[3]; k += at.items) {
        const uint pair = program[step[2] + k];
        rotate_pair(memory + state + place(at, pair & 0xffff), memory + state + place(at, pair >> 16), number);
      }
      BATCH_BARRIER;
      continue;
    }
    if (keeps) {
      keep(at, string_count, memory + state, kept + step[1] * string_count);
      BATCH_BARRIER;
    }
    if (step[0] == CODE_MAP) {
      apply_map(at, program, program + step[2], memory + state, memory + (both - state));
      state = both - state;
    } else {
      multiply_factors(at, program, step, memory + state);
    }
    BATCH_BARRIER;
  }
  if (keeps) keep(at, string_count, memory + state, kept + program[13] * string_count);
  return state;
}

// shape: circuit_bits, item_bits. group_cells: how far the memories of groups are apart. keeps: whether derivatives follow. failed: becomes the
// first row that has an angle which is not below 2⁵⁰, if there is one.
kernel void run_densities(PROGRAM const uint *restrict program, const uint4 shape, const uint row_count, SPACE double2 *restrict scratch,
                          const ulong group_cells, const uint keeps, global const double *restrict columns, global real2 *restrict numbers,
                          global real *restrict kept, global double *restrict values, global uint *restrict failed) {
  density_place at = place_of(shape);
  at.is_there = at.row < row_count;
  at.row = min(at.row, row_count - 1);
  global real2 *const own = numbers + (size_t)at.row * program[1];
  bind(at, program, columns + (size_t)at.row * program[11], own, failed);
  SPACE real *const memory = (SPACE real *)(scratch + get_group_id(0) * group_cells);
  const size_t kept_count = (size_t)(program[13] + 1) * program[0];
  const uint state = evolve(at, program, own, memory, kept + at.row * kept_count, keeps != 0);
  if (!at.is_there) return;
  for (uint j = at.item; j < program[7]; j += at.items) {
    PROGRAM const uint *const observable = program + program[8] + OBSERVABLE_WORDS * j;
    PROGRAM const uint *term = program + observable[0];
    PROGRAM const uint *const end = term + TERM_WORDS * observable[1];
    double sum = 0;
    for (; term < end; term += TERM_WORDS) sum += double_at(term + 1) * (double)memory[state + place(at, term[0])];
    values[(size_t)at.row * program[7] + j] = sum;
  }
}

// Derivatives.

// Which observable is differentiated alone; or all are, under cotangents.
typedef struct density_pull {
  uint observable;
  bool is_sum;
} density_pull;

// λ behind the last step: the observables.
BATCH_INLINE void weigh(density_place at, density_pull pull, PROGRAM const uint *program, global const double *cotangents,
                        SPACE real *bra) {
  for (uint p = at.item; p < program[0]; p += at.items) bra[place(at, p)] = 0;
  BATCH_BARRIER;
  for (uint w = at.item; w < program[9]; w += at.items) {
    PROGRAM const uint *const weight = program + program[10] + WEIGHT_WORDS * w;
    PROGRAM const uint *term = program + weight[1];
    PROGRAM const uint *const end = term + TERM_WORDS * weight[2];
    real sum = 0;
    for (; term < end; term += TERM_WORDS) {
      if (!pull.is_sum && term[0] != pull.observable) continue;
      sum += (real)(double_at(term + 1) * (pull.is_sum ? cotangents[term[0]] : 1.0));
    }
    bra[place(at, weight[0])] = sum;
  }
  BATCH_BARRIER;
}

// Takes parts of a rotation's product from what is behind it, and undoes it on both. The pairs of a part are as far apart as there are parts:
// neighbouring work-items read neighbouring words.
BATCH_INLINE void undo_rotation(density_place at, PROGRAM const uint *program, PROGRAM const uint *step, real2 number, uint part_count,
                                SPACE real *ket, SPACE real *bra, SPACE real *parts) {
  PROGRAM const uint *const pairs = program + step[2];
  for (uint p = at.item; p < part_count; p += at.items) {
    real part = 0;
    for (uint k = p; k < step[3]; k += part_count) {
      const uint q = place(at, pairs[k] & 0xffff);
      const uint r = place(at, pairs[k] >> 16);
      part = fma(bra[q], ket[r], part);
      part = fma(-bra[r], ket[q], part);
      rotate_pair(ket + q, ket + r, number);
      rotate_pair(bra + q, bra + r, number);
    }
    parts[place(at, p)] = part;
  }
}

// Puts the parts of `count` rotations together; of the first one the slope is `last`, and those of the others are below.
BATCH_INLINE void add_parts(density_place at, uint stride, uint count, uint last, SPACE real *parts, global real *slopes) {
  const uint length = min(stride, PART_COUNT);
  const uint sum_count = stride / length;
  for (uint j = at.item; j < count * sum_count; j += at.items) {
    real sum = 0;
    for (uint p = 0; p < length; ++p) sum += parts[place(at, j * length + p)];
    parts[place(at, j * length)] = sum;
  }
  BATCH_BARRIER;
  for (uint j = at.item; j < count; j += at.items) {
    real slope = 0;
    for (uint p = 0; p < sum_count; ++p) slope += parts[place(at, j * stride + p * length)];
    if (at.is_there) slopes[last - j] = slope;
  }
  BATCH_BARRIER;
}

// Goes back through all steps, and leaves the slopes.
BATCH_INLINE void undo_all(density_place at, PROGRAM const uint *program, global const real2 *numbers, global const real *kept,
                           uint window, SPACE real *memory, global real *slopes) {
  const uint string_count = program[0];
  const uint both = string_count << at.circuit_bits;
  SPACE real *const parts = memory + 2 * both;
  // Where the ket lies, λ being in the other place.
  uint ket = 0;
  // A quarter of the strings are pairs.
  const uint stride = max(1u, string_count / 4 / PART_PAIRS);
  uint filled = 0;
  uint last = program[14] - 1;
  PROGRAM const uint *step = program + program[6] + STEP_WORDS * program[5];
  for (uint s = 0; s < program[5]; ++s) {
    step -= STEP_WORDS;
    if (step[0] == CODE_ROTATION) {
      const real2 number = numbers[step[1]];
      SPACE real *const own = parts + (filled * stride << at.circuit_bits);
      undo_rotation(at, program, step, (real2)(number.x, -number.y), stride, memory + ket, memory + (both - ket), own);
      BATCH_BARRIER;
      // Parts that nobody asks for give way to the next.
      if (step[4] == NO_SLOPE) continue;
      if (++filled < window) continue;
      add_parts(at, stride, filled, last, parts, slopes);
      last -= filled;
      filled = 0;
      continue;
    }
    if (step[0] == CODE_MAP) {
      // The ket is taken back, and its place serves λ before.
      apply_map(at, program, program + step[4], memory + (both - ket), memory + ket);
      BATCH_BARRIER;
      ket = both - ket;
    } else {
      multiply_factors(at, program, step, memory + (both - ket));
    }
    take_back(at, string_count, memory + ket, kept + step[1] * string_count);
    BATCH_BARRIER;
  }
  add_parts(at, stride, filled, last, parts, slopes);
}

// shape: circuit_bits, item_bits, window_bits. pulls: the first observable, slots, whether observables are summed under cotangents.
kernel void pull_densities(PROGRAM const uint *restrict program, const uint4 shape, const uint row_count, const uint4 pulls,
                           SPACE double2 *restrict scratch, const ulong group_cells, global const real2 *restrict numbers,
                           global const real *restrict kept, global const double *restrict cotangents, global real *restrict slopes,
                           global double *restrict derivatives) {
  density_place at = place_of(shape);
  const uint pull_count = row_count * pulls.s1;
  at.is_there = at.row < pull_count;
  const uint number = min(at.row, pull_count - 1);
  const uint slot = number / row_count;
  at.row = number % row_count;
  density_pull pull;
  pull.is_sum = pulls.s2 != 0;
  pull.observable = pulls.s0 + slot;
  const uint string_count = program[0];
  SPACE real *const memory = (SPACE real *)(scratch + get_group_id(0) * group_cells);
  global const real *const states = kept + at.row * ((size_t)(program[13] + 1) * string_count);
  global real *const own = slopes + (size_t)number * program[14];
  take_back(at, string_count, memory, states + (size_t)program[13] * string_count);
  weigh(at, pull, program, cotangents + (size_t)at.row * program[7], memory + (string_count << at.circuit_bits));
  undo_all(at, program, numbers + (size_t)at.row * program[1], states, 1u << shape.s2, memory, own);
  if (!at.is_there) return;
  for (uint c = at.item; c < program[11]; c += at.items) {
    PROGRAM const uint *const column = program + program[12] + COLUMN_WORDS * c;
    PROGRAM const uint *term = program + column[0];
    PROGRAM const uint *const end = term + TERM_WORDS * column[1];
    double sum = 0;
    for (; term < end; term += TERM_WORDS) sum += double_at(term + 1) * (double)own[term[0]];
    derivatives[((size_t)at.row * pulls.s1 + slot) * program[11] + c] = sum;
  }
}
