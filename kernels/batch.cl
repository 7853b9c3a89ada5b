// Batches: from rows of parameters to values of observables. batch_common.cl says how memory and programs are laid out.

// Binding: one row in each work-item.

// signs: whether τ takes the angle with a minus, where derivatives follow. failed: becomes the first row that has an angle which is not below
// 2⁵⁰, if there is one.
kernel void bind_batch(PROGRAM const uint *program, const uint row_count, global const double *restrict columns,
                       global real *restrict numbers, global real *restrict scales, global uint2 *restrict frames,
                       global uchar *restrict signs, global uint *restrict failed) {
  const uint row = get_global_id(0);
  if (row >= row_count) return;
  uint2 frame = (uint2)(0, 0);
  bool fits = true;
  PROGRAM const uint *angle = program + program[2];
  for (uint j = 0; j < program[1]; ++j) {
    double theta = double_at(angle + 4);
    PROGRAM const uint *term = angle + ANGLE_WORDS;
    PROGRAM const uint *const end = term + TERM_WORDS * angle[3];
    for (; term < end; term += TERM_WORDS) theta = fma(double_at(term + 1), columns[term[0] * row_count + row], theta);
    fits = fits && fabs(theta) < LARGEST_ANGLE;
    uint is_odd;
    const real t = half_tangent(theta, &is_odd);
    const uint is_negative = passing(frame, angle[0], angle[1]) ^ angle[2] >> 31;
    const uint place = (angle[2] & ~HIGHEST_BIT) * row_count + row;
    numbers[place] = is_negative != 0 ? -t : t;
    if (program[15] != 0) signs[place] = (uchar)is_negative;
    if (is_odd != 0) frame ^= (uint2)(angle[0], angle[1]);
    angle = end;
  }
  frames[row] = frame;
  const uint interval = program[4];
  // What a factor leaves over, less than 4, goes on to the next: else it would add up.
  double norm = 1;
  for (uint f = 0; f < program[3]; ++f) {
    real2 growths = (real2)(1, 1);
    for (uint j = f * interval; j < (f + 1) * interval; j += 2) {
      const real2 pair = (real2)(numbers[j * row_count + row], numbers[(j + 1) * row_count + row]);
      growths *= fma(pair, pair, (real2)(1, 1));
    }
    norm *= (double)(growths.x * growths.y);
    // Half the exponent of a double, taken from its bits.
    const long half_exponent = ((as_long(norm) >> 52) - 1023) >> 1;
    const double scale = as_double((1023 - half_exponent) << 52);
    norm *= scale * scale;
    scales[f * row_count + row] = (real)scale;
  }
  if (!fits) atomic_min(failed, row);
}

// Evolving.

// What growths make of |0…0⟩: each basis state's own product.
BATCH_INLINE void grow(batch_place at, PROGRAM const uint *program, global const real *numbers, SPACE cell *state) {
  const uint growth_count = program[5];
  PROGRAM const uint *const growths = program + program[6];
  if (growth_count < at.bits) {
    for (uint i = at.item; i < 1u << at.bits; i += at.items) state[state_place(at, i)] = (cell)(0);
    BATCH_BARRIER;
  }
  for (uint j = at.item; j < 1u << growth_count; j += at.items) {
    uint i = 0;
    real2 a = (real2)(1, 0);
    PROGRAM const uint *growth = growths;
    for (uint g = 0; g < growth_count; ++g, growth += GROWTH_WORDS) {
      if ((j >> g & 1) == 0) continue;
      i ^= growth[0];
      const real t = number_at(at, numbers, growth[2] & ~HIGHEST_BIT, parity(growth[1] & i));
      a = (growth[2] & HIGHEST_BIT) != 0 ? (real2)(-t * a.y, t * a.x) : t * a;
    }
#if KETWORK_BATCH_REAL
    state[state_place(at, i)] = a.x;
#else
    state[state_place(at, i)] = a;
#endif
  }
  BATCH_BARRIER;
}

#if !KETWORK_BATCH_REAL

// A product of rotations for each entry of a table.
BATCH_INLINE void tabulate(batch_place at, PROGRAM const uint *table, global const real *numbers, SPACE real2 *factors) {
  const uint bits = table[0];
  PROGRAM const uint *const strings = table + TABLE_WORDS + bits;
  PROGRAM const uint *const end = strings + STRING_WORDS * table[4];
  for (uint entry = at.item; entry < 1u << bits; entry += at.items) {
    real2 factor = (real2)(1, 0);
    for (PROGRAM const uint *string = strings; string < end; string += STRING_WORDS) {
      const real t = number_at(at, numbers, string[0], parity(string[1] & entry));
      factor = (real2)(fma(-t, factor.y, factor.x), fma(t, factor.x, factor.y));
    }
    factors[shared_place(at, entry)] = factor;
  }
}

BATCH_INLINE void apply_table(batch_place at, PROGRAM const uint *table, SPACE const real2 *factors, uint i, real2 *a) {
  const uint value = entry_at(table, i);
#pragma unroll
  for (uint e = 0; e < 8; ++e) {
    const uint step = ((e & 1) != 0 ? table[1] : 0) ^ ((e & 2) != 0 ? table[2] : 0) ^ ((e & 4) != 0 ? table[3] : 0);
    a[e] = multiply(factors[shared_place(at, value ^ step)], a[e]);
  }
}

#endif

#define EVEN_ROTATION(d) case d: rotate_elements(a, ELEMENTS, t, signs, d, false); break;
#define ODD_ROTATION(d) case 16 | d: rotate_elements(a, ELEMENTS, t, signs, d, true); break;
#if KETWORK_BATCH_REAL
// Strings on real states are odd.
#define ALL_ROTATIONS                                                                                                         \
  ODD_ROTATION(1) ODD_ROTATION(2) ODD_ROTATION(3) ODD_ROTATION(4) ODD_ROTATION(5) ODD_ROTATION(6) ODD_ROTATION(7)             \
  ODD_ROTATION(8) ODD_ROTATION(9) ODD_ROTATION(10) ODD_ROTATION(11) ODD_ROTATION(12) ODD_ROTATION(13) ODD_ROTATION(14)        \
  ODD_ROTATION(15)
#else
#define ALL_ROTATIONS                                                                                                         \
  EVEN_ROTATION(0) EVEN_ROTATION(1) EVEN_ROTATION(2) EVEN_ROTATION(3) EVEN_ROTATION(4) EVEN_ROTATION(5) EVEN_ROTATION(6)      \
  EVEN_ROTATION(7) ODD_ROTATION(1) ODD_ROTATION(2) ODD_ROTATION(3) ODD_ROTATION(4) ODD_ROTATION(5) ODD_ROTATION(6)            \
  ODD_ROTATION(7)
#endif

BATCH_INLINE void apply_block(batch_place at, PROGRAM const uint *program, PROGRAM const uint *block, global const real *numbers,
                              global const real *scales, SPACE cell *state, SPACE real2 *factors) {
  PROGRAM const uint *const operations = block + BLOCK_WORDS;
  PROGRAM const uint *const end = operations + OPERATION_WORDS * block[5];
#if KETWORK_BATCH_REAL
  // Real states have no tables.
  (void)program;
  (void)factors;
#else
  if (block[6] != 0) {
    for (PROGRAM const uint *operation = operations; operation < end; operation += OPERATION_WORDS) {
      if (operation[0] == CODE_TABLE) tabulate(at, program + operation[1], numbers, factors + (operation[2] << at.circuit_bits));
    }
    BATCH_BARRIER;
  }
#endif
  uint directions[ELEMENT_BITS];
#pragma unroll
  for (uint bit = 0; bit < ELEMENT_BITS; ++bit) directions[bit] = cell_of(block[1 + bit] << at.circuit_bits);
  for (uint group = at.item; group < 1u << (at.bits - ELEMENT_BITS); group += at.items) {
    const uint i = expand_bits(group, block[0]);
    const uint first = state_place(at, i);
    cell a[ELEMENTS];
#pragma unroll
    for (uint e = 0; e < ELEMENTS; ++e) a[e] = state[first ^ element_cell(directions, e)];
    for (PROGRAM const uint *operation = operations; operation < end; operation += OPERATION_WORDS) {
      if (operation[0] == CODE_SCALE) {
        const real scale = scales[operation[1] * at.row_count + at.row];
#pragma unroll
        for (uint e = 0; e < ELEMENTS; ++e) a[e] *= scale;
        continue;
      }
#if !KETWORK_BATCH_REAL
      if (operation[0] == CODE_TABLE) {
        apply_table(at, program + operation[1], factors + (operation[2] << at.circuit_bits), i, a);
        continue;
      }
#endif
      const real t = number_at(at, numbers, operation[1], parity(operation[2] & i));
      const uint signs = operation[0] >> 16;
      switch (operation[0] & 31) { ALL_ROTATIONS }
    }
#pragma unroll
    for (uint e = 0; e < ELEMENTS; ++e) state[first ^ element_cell(directions, e)] = a[e];
  }
  BATCH_BARRIER;
}

// Sums.

BATCH_INLINE real product(cell a, cell b, bool is_imaginary) {
#if KETWORK_BATCH_REAL
  (void)is_imaginary;
  return a * b;
#else
  return is_imaginary ? fma(a.x, b.y, -(a.y * b.x)) : fma(a.x, b.x, a.y * b.y);
#endif
}

// A group of sums while it is computed.
typedef struct batch_sums {
  uint x;
  bool is_imaginary;
  uint strand_bits;
  // The masks of the level that is summed, and where the sum of the first one lies.
  uint count;
  PROGRAM const uint *masks;
  global double *places;
} batch_sums;

// Where the sum under `bits` of a chunk lies in the window; `strand_place` is the chunk with the strand in the lowest bits.
BATCH_INLINE uint window_place(batch_place at, uint strand_bits, uint strand_place, uint bits) {
  const uint chunk = strand_place >> strand_bits;
  const uint strand = strand_place & ((1u << strand_bits) - 1);
  return shared_place(at, (7 * chunk + bits - 1) << strand_bits | strand);
}

// The transformed products of the chunks from `start` on, and their plain sums.
BATCH_INLINE void sum_products(batch_place at, batch_sums sums, uint sum_bits, SPACE const cell *state, uint start, uint length,
                               SPACE real *window, SPACE double *level) {
  const uint strands = 1u << sums.strand_bits;
  for (uint place = at.item; place < length << sums.strand_bits; place += at.items) {
    const uint base = (place & (strands - 1)) << sum_bits | 8 * (start + (place >> sums.strand_bits));
    real w[8];
#pragma unroll
    for (uint e = 0; e < 8; ++e) {
      const uint i = base | e;
      w[e] = product(state[state_place(at, i)], state[state_place(at, i ^ sums.x)], sums.is_imaginary);
    }
    TRANSFORM(real, w)
#pragma unroll
    for (uint bits = 1; bits < 8; ++bits) window[window_place(at, sums.strand_bits, place, bits)] = w[bits];
    level[shared_place(at, (start << sums.strand_bits) + place)] = (double)w[0];
  }
}

// Adds a window to the masks of the lowest level: one work-item for each mask and strand, chunk after chunk.
BATCH_INLINE void sum_window(batch_place at, batch_sums sums, uint start, uint length, SPACE const real *window) {
  if (!at.is_there) return;
  const uint strands = 1u << sums.strand_bits;
  for (uint place = at.item; place < sums.count << sums.strand_bits; place += at.items) {
    const uint mask = sums.masks[place >> sums.strand_bits];
    const uint strand = place & (strands - 1);
    double sum = start == 0 ? 0.0 : sums.places[place * at.row_count];
    for (uint q = 0; q < length; ++q) {
      const double part = (double)window[window_place(at, sums.strand_bits, q << sums.strand_bits | strand, mask & 7)];
      sum = add_signed(sum, part, parity(mask >> 3 & (start + q)));
    }
    sums.places[place * at.row_count] = sum;
  }
}

// Transforms the sums of a level where they lie; their plain sums go to the next one.
BATCH_INLINE void transform_level(batch_place at, uint strand_bits, SPACE double *level, uint length, SPACE double *above, uint next) {
  const uint strands = 1u << strand_bits;
  for (uint place = at.item; place < next << strand_bits; place += at.items) {
    const uint chunk = place >> strand_bits;
    const uint strand = place & (strands - 1);
    double w[8];
#pragma unroll
    for (uint e = 0; e < 8; ++e) {
      w[e] = 8 * chunk + e < length ? level[shared_place(at, (8 * chunk + e) << strand_bits | strand)] : 0.0;
    }
    TRANSFORM(double, w)
#pragma unroll
    for (uint bits = 1; bits < 8; ++bits) level[shared_place(at, (8 * chunk + bits) << strand_bits | strand)] = w[bits];
    above[shared_place(at, place)] = w[0];
  }
}

BATCH_INLINE void sum_level(batch_place at, batch_sums sums, uint shift, SPACE const double *level, uint length) {
  if (!at.is_there) return;
  const uint strands = 1u << sums.strand_bits;
  for (uint place = at.item; place < sums.count << sums.strand_bits; place += at.items) {
    const uint mask = sums.masks[place >> sums.strand_bits] >> shift;
    const uint strand = place & (strands - 1);
    double sum = 0;
    for (uint chunk = 0; chunk < length; ++chunk) {
      const double part = level[shared_place(at, (8 * chunk + (mask & 7)) << sums.strand_bits | strand)];
      sum = add_signed(sum, part, parity(mask >> 3 & chunk));
    }
    sums.places[place * at.row_count] = sum;
  }
}

// window: 7 sums of each chunk of eight products, of 2^window_bits chunks at a time. levels: sums of chunks, of chunks of those, and so on.
BATCH_INLINE void sum_group(batch_place at, PROGRAM const uint *program, PROGRAM const uint *group, SPACE const cell *state,
                            SPACE real *window, SPACE double *levels, uint window_bits, global double *sums) {
  const uint sum_bits = program[14];
  PROGRAM const uint *counts = group + GROUP_WORDS;
  batch_sums found;
  found.x = group[0];
  found.is_imaginary = (group[1] & 1) != 0;
  found.strand_bits = strand_bits_of(program);
  found.count = counts[0];
  found.masks = program + group[3];
  found.places = sums + (group[2] << found.strand_bits) * at.row_count + at.row;
  uint length = 1u << (sum_bits - 3);
  const uint window_length = min(1u << (window_bits - found.strand_bits), length);
  for (uint start = 0; start < length; start += window_length) {
    sum_products(at, found, sum_bits, state, start, window_length, window, levels);
    BATCH_BARRIER;
    sum_window(at, found, start, window_length, window);
    BATCH_BARRIER;
  }
  SPACE double *level = levels;
  for (uint shift = 3; length > 1; shift += 3) {
    found.masks += found.count;
    found.places += (found.count << found.strand_bits) * at.row_count;
    found.count = *++counts;
    const uint next = (length + 7) / 8;
    SPACE double *const above = level + (8 * next << (found.strand_bits + at.circuit_bits));
    transform_level(at, found.strand_bits, level, length, above, next);
    BATCH_BARRIER;
    sum_level(at, found, shift, level, next);
    level = above;
    length = next;
  }
  // What is left has no sign at all: the mask 0, which is the last if it is there. Each work-item takes what it has put there itself.
  if ((group[1] & 2) != 0 && at.is_there) {
    global double *const plain = found.places + (found.count << found.strand_bits) * at.row_count;
    for (uint strand = at.item; strand < 1u << found.strand_bits; strand += at.items) {
      plain[strand * at.row_count] = level[shared_place(at, strand)];
    }
  }
  BATCH_BARRIER;
}

BATCH_INLINE void sum_all(batch_place at, PROGRAM const uint *program, SPACE const cell *state, SPACE real *window, SPACE double *levels,
                          uint window_bits, global double *sums) {
  // Levels are of three bits each.
  const uint level_count = (program[14] + 2) / 3;
  PROGRAM const uint *group = program + program[10];
  for (uint j = 0; j < program[9]; ++j) {
    sum_group(at, program, group, state, window, levels, window_bits, sums);
    group += GROUP_WORDS + level_count;
  }
}

// Adds to the values of observables.
BATCH_INLINE void observe(batch_place at, PROGRAM const uint *program, uint2 frame, global const double *sums, global double *values) {
  const uint count = program[11];
  const uint strand_bits = strand_bits_of(program);
  const double norm = gathered(sums + at.row, at.row_count, strand_bits, program[13], 0);
  for (uint j = at.item; j < count; j += at.items) {
    PROGRAM const uint *const observable = program + program[12] + OBSERVABLE_WORDS * j;
    PROGRAM const uint *term = program + observable[0];
    PROGRAM const uint *const end = term + OBSERVABLE_TERM_WORDS * observable[1];
    double value = values[at.row * count + j];
    for (; term < end; term += OBSERVABLE_TERM_WORDS) {
      const double coefficient = double_at(term + 4);
      const double part = gathered(sums + at.row, at.row_count, strand_bits, term[0], term[3]) / norm;
      value += (passing(frame, term[1], term[2]) != 0 ? -coefficient : coefficient) * part;
    }
    values[at.row * count + j] = value;
  }
}

// What run_batch is given to lay its memory out: circuit_bits, item_bits, window_bits, and doubles of partial sums for each circuit, an even
// number. In global memory, scratch has group_cells double2 for each group. states: [row][basis state], kept where derivatives follow.
kernel void run_batch(PROGRAM const uint *program, const uint4 shape, const uint row_count, SPACE double2 *restrict scratch,
                      const ulong group_cells, global const real *restrict numbers, global const real *restrict scales,
                      global const uint2 *restrict frames, global double *restrict sums, global double *restrict values,
                      global cell *restrict states) {
  batch_place at;
  at.bits = program[0];
  at.circuit_bits = shape.s0;
  at.circuit = get_local_id(0) & ((1u << shape.s0) - 1);
  at.item = get_local_id(0) >> shape.s0;
  at.items = 1u << shape.s1;
  const uint row = get_group_id(0) << shape.s0 | at.circuit;
  at.row = min(row, row_count - 1);
  at.row_count = row_count;
  at.is_there = row < row_count;
  SPACE double *const levels = (SPACE double *)(scratch + get_group_id(0) * group_cells);
  SPACE cell *const state = (SPACE cell *)(levels + (shape.s3 << at.circuit_bits));
  SPACE real2 *const rest = (SPACE real2 *)(state + (1u << (at.bits + at.circuit_bits)));
  grow(at, program, numbers, state);
  PROGRAM const uint *block = program + program[8];
  for (uint j = 0; j < program[7]; ++j) {
    apply_block(at, program, block, numbers, scales, state, rest);
    block += BLOCK_WORDS + OPERATION_WORDS * block[5];
  }
  sum_all(at, program, state, (SPACE real *)rest, levels, shape.s2, sums);
  if (!at.is_there) return;
  observe(at, program, frames[row], sums, values);
  if (program[15] == 0) return;
  for (uint i = at.item; i < 1u << at.bits; i += at.items) states[((size_t)row << at.bits) + i] = state[state_place(at, i)];
}
