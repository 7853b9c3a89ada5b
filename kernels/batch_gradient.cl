// Gradients of a batch: backwards through the rotations with a ket and a bra, the adjoint method, in the order and with the arithmetic of
// body/lane_adjoint.inc, so that derivatives are the CPU's bits. batch_common.cl says how memory and programs are laid out.
//
// Pulls. What is differentiated is one combination of a row's observables, a pull: the one under its cotangents, or each observable alone, a
// slot of the row. `undo_batch` holds each pull in some work-items of a group, with two states; it begins with the final state that run_batch
// has kept, and leaves the products Re⟨λ|−iP|ψ⟩ of all rotations. `chain_batch` takes a pull in each work-item from there to derivatives by
// columns: parameters and expressions. Pulls are numbered slot·rows + row.
//
// Slices. A block's rotations are undone a few at a time, so that the products of all groups of elements have room beside the states; they are
// added group after group, by one work-item for each rotation. A table is a slice of its own: a work-item takes all basis states that have the
// same factor, and adds their products as it undoes them. These lie in a coset of a subspace: the words of a slice are, for the first `rank`
// coordinates, what numbers the cosets, and then what leads from one element to the next in the order of the CPU, exclusive or.
//
// Memory of a group: products of tables' entries (double); the ket; the bra; a window of rotations' products.
//
// Global memory: [row][basis state] of final states; [sum][pull] of weights; [rotation][pull] of products, which become slopes; [row][slot]
// [column] of derivatives.
//
// Source: Jones and Gacon, arXiv:2009.02823 (2020).

// Of each block the last direction stays free, because a group of elements is of two states.
#define HALF_BITS (ELEMENT_BITS - 1)
#define HALF_ELEMENTS (1u << HALF_BITS)

// One combination of observables of one row.
typedef struct batch_pull {
  uint number;
  uint count;
  // The observable that is differentiated alone; or all of them are, under cotangents.
  uint observable;
  bool is_sum;
  uint strand_bits;
} batch_pull;

// Where the product of a rotation lies, or the weight of a sum, for a value of the highest coordinates.
BATCH_INLINE uint pull_place(batch_pull pull, uint number, uint strand) {
  return (number << pull.strand_bits | strand) * pull.count + pull.number;
}

// The bra: observables on the final state.

// The weights of the sums: cotangent · coefficient, under the signs of the frame and of the highest coordinates.
BATCH_INLINE void weigh(batch_place at, batch_pull pull, PROGRAM const uint *program, uint2 frame, global const double *cotangents,
                        global double *weights) {
  if (!at.is_there) return;
  for (uint place = at.item; place < program[18] << pull.strand_bits; place += at.items) {
    const uint strand = place & ((1u << pull.strand_bits) - 1);
    const uint number = place >> pull.strand_bits;
    PROGRAM const uint *const weight = program + program[19] + WEIGHT_WORDS * number;
    PROGRAM const uint *term = program + weight[0];
    PROGRAM const uint *const end = term + OBSERVABLE_TERM_WORDS * weight[1];
    double sum = 0;
    for (; term < end; term += OBSERVABLE_TERM_WORDS) {
      if (!pull.is_sum && term[0] != pull.observable) continue;
      const double cotangent = pull.is_sum ? cotangents[at.row * program[11] + term[0]] : 1.0;
      const double coefficient = double_at(term + 4);
      sum += ((passing(frame, term[1], term[2]) ^ parity(strand & term[3])) != 0 ? -coefficient : coefficient) * cotangent;
    }
    weights[pull_place(pull, number, strand)] = sum;
  }
}

// What the masks of a level add to the eight numbers of a chunk; they are ordered by their lowest bits there.
BATCH_INLINE void add_masks(PROGRAM const uint *masks, uint count, uint shift, uint chunk, global const double *weights, uint stride,
                            double *w) {
  uint j = 0;
#pragma unroll
  for (uint bits = 1; bits < 8; ++bits) {
    double sum = 0;
    for (; j < count && (masks[j] >> shift & 7) == bits; ++j) {
      sum = add_signed(sum, weights[j * stride], parity(masks[j] >> (shift + 3) & chunk));
    }
    w[bits] = sum;
  }
}

// Number e of what TRANSFORM makes of eight.
BATCH_INLINE double transformed(double *w, uint e) {
#pragma unroll
  for (uint s = 0; s < 3; ++s) {
#pragma unroll
    for (uint q = 0; q < 4u >> s; ++q) w[q] = (e >> s & 1) != 0 ? w[2 * q] - w[2 * q + 1] : w[2 * q] + w[2 * q + 1];
  }
  return w[0];
}

// Adds Σ weight·P|ψ⟩ over the strings of a group of sums to eight neighbouring cells of the bra: from the highest level of sums down, of which
// a work-item needs one number each.
BATCH_INLINE void add_to_bra(batch_place at, batch_pull pull, PROGRAM const uint *program, PROGRAM const uint *group, uint place,
                             SPACE const cell *ket, global const double *weights, cell *bra) {
  const uint sum_bits = program[14];
  const uint level_count = (sum_bits + 2) / 3;
  const uint strand = place >> (sum_bits - 3);
  const uint chunk = place & ((1u << (sum_bits - 3)) - 1);
  const uint stride = pull.count << pull.strand_bits;
  PROGRAM const uint *const counts = group + GROUP_WORDS;
  uint first = 0;
  for (uint level = 0; level < level_count; ++level) first += counts[level];
  global const double *const group_weights = weights + pull_place(pull, group[2], strand);
  double above = (group[1] & 2) != 0 ? group_weights[first * stride] : 0.0;
  double w[8];
  for (uint level = level_count; level-- > 0;) {
    first -= counts[level];
    add_masks(program + group[3] + first, counts[level], 3 * level, chunk >> 3 * level, group_weights + first * stride, stride, w);
    w[0] = above;
    if (level > 0) above = transformed(w, chunk >> 3 * (level - 1) & 7);
  }
  TRANSFORM(double, w)
#pragma unroll
  for (uint e = 0; e < 8; ++e) {
    const real weight = (real)w[e];
    const cell other = ket[state_place(at, (8 * place | e) ^ group[0])];
#if KETWORK_BATCH_REAL
    bra[e] = fma(weight, other, bra[e]);
#else
    bra[e] = (group[1] & 1) != 0 ? (real2)(fma(weight, other.y, bra[e].x), fma(-weight, other.x, bra[e].y))
                                 : (real2)(fma(weight, other.x, bra[e].x), fma(weight, other.y, bra[e].y));
#endif
  }
}

BATCH_INLINE void make_bra(batch_place at, batch_pull pull, PROGRAM const uint *program, SPACE const cell *ket,
                           global const double *weights, SPACE cell *bra) {
  const uint level_count = (program[14] + 2) / 3;
  for (uint place = at.item; place < 1u << (at.bits - 3); place += at.items) {
    cell a[8];
#pragma unroll
    for (uint e = 0; e < 8; ++e) a[e] = (cell)(0);
    PROGRAM const uint *group = program + program[10];
    for (uint j = 0; j < program[9]; ++j, group += GROUP_WORDS + level_count) {
      add_to_bra(at, pull, program, group, place, ket, weights, a);
    }
#pragma unroll
    for (uint e = 0; e < 8; ++e) bra[state_place(at, 8 * place | e)] = a[e];
  }
  BATCH_BARRIER;
}

// Undoing rotations.

// The product of a rotation on the elements of a group; d, and whether the string is odd, is known when this is inlined.
BATCH_INLINE real slope_of(const cell *ket, const cell *bra, uint signs, const uint d, const bool is_odd_string) {
  real slope = 0;
#pragma unroll
  for (uint e = 0; e < HALF_ELEMENTS; ++e) {
    const uint f = e ^ d;
#if KETWORK_BATCH_REAL
    (void)is_odd_string;
    if (f < e) continue;
    slope = fma(with_sign(bra[e], signs, e), ket[f], slope);
    slope = fma(-with_sign(bra[f], signs, e), ket[e], slope);
#else
    const real re = with_sign(bra[e].x, signs, e);
    const real im = with_sign(bra[e].y, signs, e);
    slope = is_odd_string ? fma(re, ket[f].x, slope) : fma(-re, ket[f].y, slope);
    slope = is_odd_string ? fma(im, ket[f].y, slope) : fma(im, ket[f].x, slope);
#endif
  }
  return slope;
}

BATCH_INLINE real undo_elements(cell *ket, cell *bra, real t, uint signs, const uint d, const bool is_odd_string) {
  const real slope = slope_of(ket, bra, signs, d, is_odd_string);
  rotate_elements(ket, HALF_ELEMENTS, -t, signs, d, is_odd_string);
  rotate_elements(bra, HALF_ELEMENTS, -t, signs, d, is_odd_string);
  return slope;
}

#define UNDO_EVEN(d) case d: slope = undo_elements(kets, bras, t, signs, d, false); break;
#define UNDO_ODD(d) case 16 | d: slope = undo_elements(kets, bras, t, signs, d, true); break;
#if KETWORK_BATCH_REAL
#define ALL_UNDONE UNDO_ODD(1) UNDO_ODD(2) UNDO_ODD(3) UNDO_ODD(4) UNDO_ODD(5) UNDO_ODD(6) UNDO_ODD(7)
#else
#define ALL_UNDONE UNDO_EVEN(0) UNDO_EVEN(1) UNDO_EVEN(2) UNDO_EVEN(3) UNDO_ODD(1) UNDO_ODD(2) UNDO_ODD(3)
#endif

BATCH_INLINE uint half_cell(const uint *directions, const uint e) {
  uint place = 0;
#pragma unroll
  for (uint bit = 0; bit < HALF_BITS; ++bit) place ^= (e >> bit & 1) != 0 ? directions[bit] : 0;
  return place;
}

// Undoes the operations of a slice on `length` groups from `start` on; the window gets their products, [operation][group].
BATCH_INLINE void undo_groups(batch_place at, PROGRAM const uint *slice, global const real *numbers, global const real *scales,
                              uint start, uint length, SPACE cell *ket, SPACE cell *bra, SPACE real *window) {
  uint directions[HALF_BITS];
#pragma unroll
  for (uint bit = 0; bit < HALF_BITS; ++bit) directions[bit] = cell_of(slice[2 + bit] << at.circuit_bits);
  for (uint group = at.item; group < length; group += at.items) {
    const uint i = expand_bits(start + group, slice[1]);
    const uint first = state_place(at, i);
    cell kets[HALF_ELEMENTS];
    cell bras[HALF_ELEMENTS];
#pragma unroll
    for (uint e = 0; e < HALF_ELEMENTS; ++e) {
      kets[e] = ket[first ^ half_cell(directions, e)];
      bras[e] = bra[first ^ half_cell(directions, e)];
    }
    PROGRAM const uint *operation = slice + SLICE_WORDS;
    for (uint j = 0; j < slice[0]; ++j, operation += OPERATION_WORDS) {
      if (operation[0] == CODE_SCALE) {
        const real scale = scales[operation[1] * at.row_count + at.row];
#pragma unroll
        for (uint e = 0; e < HALF_ELEMENTS; ++e) {
          kets[e] *= scale;
          bras[e] *= scale;
        }
        continue;
      }
      const uint is_negative = parity(operation[2] & i);
      const real t = number_at(at, numbers, operation[1], is_negative);
      const uint signs = operation[0] >> 16;
      real slope = 0;
      switch (operation[0] & 31) { ALL_UNDONE }
      window[shared_place(at, j * length + group)] = is_negative != 0 ? -slope : slope;
    }
#pragma unroll
    for (uint e = 0; e < HALF_ELEMENTS; ++e) {
      ket[first ^ half_cell(directions, e)] = kets[e];
      bra[first ^ half_cell(directions, e)] = bras[e];
    }
  }
}

// Adds a window to the products of its rotations: one work-item for each, group after group.
BATCH_INLINE void add_products(batch_place at, batch_pull pull, PROGRAM const uint *slice, uint strand, bool is_first, uint length,
                               SPACE const real *window, global double *slopes) {
  if (!at.is_there) return;
  for (uint j = at.item; j < slice[0]; j += at.items) {
    PROGRAM const uint *const operation = slice + SLICE_WORDS + OPERATION_WORDS * j;
    if (operation[0] == CODE_SCALE) continue;
    global double *const slope = slopes + pull_place(pull, operation[1], strand);
    double sum = is_first ? 0.0 : *slope;
    for (uint group = 0; group < length; ++group) sum += (double)window[shared_place(at, j * length + group)];
    *slope = sum;
  }
}

// Undoes a slice of rotations, window after window; none of these is of several values of the highest coordinates.
BATCH_INLINE void undo_slice(batch_place at, batch_pull pull, PROGRAM const uint *program, PROGRAM const uint *slice,
                             global const real *numbers, global const real *scales, uint window_bits, SPACE cell *ket,
                             SPACE cell *bra, SPACE real *window, global double *slopes) {
  const uint strand_groups = 1u << (program[14] - HALF_BITS);
  const uint length = 1u << window_bits;
  for (uint start = 0; start < 1u << (at.bits - HALF_BITS); start += length) {
    undo_groups(at, slice, numbers, scales, start, length, ket, bra, window);
    BATCH_BARRIER;
    add_products(at, pull, slice, start / strand_groups, (start & (strand_groups - 1)) == 0, length, window, slopes);
    BATCH_BARRIER;
  }
}

#if !KETWORK_BATCH_REAL

// The factor of an entry of a table: the product of its rotations.
BATCH_INLINE real2 factor_of(batch_place at, PROGRAM const uint *table, global const real *numbers, uint entry) {
  real2 factor = (real2)(1, 0);
  PROGRAM const uint *string = table + TABLE_WORDS + table[0];
  PROGRAM const uint *const end = string + STRING_WORDS * table[4];
  for (; string < end; string += STRING_WORDS) {
    const real t = number_at(at, numbers, string[0], parity(string[1] & entry));
    factor = (real2)(fma(-t, factor.y, factor.x), fma(t, factor.x, factor.y));
  }
  return factor;
}

// Undoes a table, entry by entry, and adds up the products of each entry's basis states.
BATCH_INLINE void undo_entries(batch_place at, batch_pull pull, PROGRAM const uint *slice, PROGRAM const uint *table,
                               global const real *numbers, SPACE real2 *ket, SPACE real2 *bra, SPACE double *entries) {
  const uint rank = slice[2];
  PROGRAM const uint *const numbering = slice + SLICE_WORDS;
  PROGRAM const uint *const steps = numbering + rank;
  for (uint coset = at.item; coset < 1u << rank; coset += at.items) {
    uint i = 0;
    for (uint bit = 0; bit < rank; ++bit) i ^= (coset >> bit & 1) != 0 ? numbering[bit] : 0;
    const uint entry = entry_at(table, i);
    const real2 factor = factor_of(at, table, numbers, entry);
    double sum = 0;
    for (uint next = 1;; ++next) {
      const uint place = state_place(at, i);
      const real2 a = ket[place];
      const real2 b = bra[place];
      sum += (double)fma(b.y, a.x, -(b.x * a.y));
      ket[place] = (real2)(fma(factor.y, a.y, factor.x * a.x), fma(-factor.y, a.x, factor.x * a.y));
      bra[place] = (real2)(fma(factor.y, b.y, factor.x * b.x), fma(-factor.y, b.x, factor.x * b.y));
      if (next >> (at.bits - rank) != 0) break;
      i ^= steps[popcount((next & -next) - 1)];
    }
    // The highest coordinates number cosets too, above all else.
    const uint strand = coset >> (rank - pull.strand_bits);
    entries[shared_place(at, strand << table[0] | entry)] = sum;
  }
}

// The products of a table's rotations: sums of the entries' products under their signs.
BATCH_INLINE void add_entries(batch_place at, batch_pull pull, PROGRAM const uint *table, SPACE const double *entries,
                              global double *slopes) {
  if (!at.is_there) return;
  PROGRAM const uint *const strings = table + TABLE_WORDS + table[0];
  for (uint place = at.item; place < table[4] << pull.strand_bits; place += at.items) {
    PROGRAM const uint *const string = strings + STRING_WORDS * (place >> pull.strand_bits);
    const uint strand = place & ((1u << pull.strand_bits) - 1);
    double sum = 0;
    for (uint entry = 0; entry < 1u << table[0]; ++entry) {
      sum = add_signed(sum, entries[shared_place(at, strand << table[0] | entry)], parity(string[1] & entry));
    }
    slopes[pull_place(pull, string[0], strand)] = sum;
  }
}

BATCH_INLINE void undo_table(batch_place at, batch_pull pull, PROGRAM const uint *program, PROGRAM const uint *slice,
                             global const real *numbers, SPACE real2 *ket, SPACE real2 *bra, SPACE double *entries,
                             global double *slopes) {
  PROGRAM const uint *const table = program + slice[1];
  const uint entry_bits = table[0] + pull.strand_bits;
  // Some entries have no basis state where the highest coordinates decide about parities.
  if (slice[2] < entry_bits) {
    for (uint entry = at.item; entry < 1u << entry_bits; entry += at.items) entries[shared_place(at, entry)] = 0;
    BATCH_BARRIER;
  }
  undo_entries(at, pull, slice, table, numbers, ket, bra, entries);
  BATCH_BARRIER;
  add_entries(at, pull, table, entries, slopes);
  BATCH_BARRIER;
}

#endif

// Undoing growths.

// The direction that leads from basis state j of those that growths reach to j + 1.
BATCH_INLINE uint growth_step(PROGRAM const uint *growths, uint j) {
  uint step = 0;
  for (uint changed = j ^ (j + 1); changed != 0; changed >>= 1, growths += GROWTH_WORDS) step ^= growths[0];
  return step;
}

// Basis state j of those that growths reach.
BATCH_INLINE uint grown_state(PROGRAM const uint *growths, uint j) {
  uint i = 0;
  for (; j != 0; j >>= 1, growths += GROWTH_WORDS) i ^= (j & 1) != 0 ? growths[0] : 0;
  return i;
}

// Undoes a growth on one pair of basis states. The ket's new half is forgotten: its cells get the products.
BATCH_INLINE void shrink_pair(batch_place at, PROGRAM const uint *growth, global const real *numbers, uint i, SPACE cell *ket,
                              SPACE cell *bra) {
  const uint k = i ^ growth[0];
  const uint is_negative = parity(growth[1] & k);
  const real t = number_at(at, numbers, growth[2] & ~HIGHEST_BIT, is_negative);
  const uint low = state_place(at, i);
  const uint high = state_place(at, k);
  const cell old = ket[low];
  const cell grown = ket[high];
  const cell bra_old = bra[low];
  const cell bra_grown = bra[high];
#if KETWORK_BATCH_REAL
  const real slope = fma(bra_grown, old, -(bra_old * grown));
  bra[low] = fma(t, bra_grown, bra_old);
  ket[high] = is_negative != 0 ? -slope : slope;
#else
  real slope;
  if ((growth[2] & HIGHEST_BIT) != 0) {
    slope = fma(bra_grown.y, old.x, fma(-bra_grown.x, old.y, fma(bra_old.y, grown.x, -(bra_old.x * grown.y))));
    bra[low] = (real2)(fma(t, bra_grown.y, bra_old.x), fma(-t, bra_grown.x, bra_old.y));
  } else {
    slope = fma(bra_grown.x, old.x, fma(bra_grown.y, old.y, fma(-bra_old.x, grown.x, -(bra_old.y * grown.y))));
    bra[low] = (real2)(fma(t, bra_grown.x, bra_old.x), fma(t, bra_grown.y, bra_old.y));
  }
  ket[high] = (real2)(is_negative != 0 ? -slope : slope, 0);
#endif
}

// The products of growths: one work-item for each and each value of the highest coordinates.
BATCH_INLINE void add_growths(batch_place at, batch_pull pull, PROGRAM const uint *program, SPACE const cell *ket,
                              global double *slopes) {
  if (!at.is_there) return;
  PROGRAM const uint *const growths = program + program[6];
  for (uint place = at.item; place < program[5] << pull.strand_bits; place += at.items) {
    const uint number = place >> pull.strand_bits;
    const uint strand = place & ((1u << pull.strand_bits) - 1);
    PROGRAM const uint *const growth = growths + GROWTH_WORDS * number;
    double sum = 0;
    uint k = growth[0];
    for (uint j = 0; j < 1u << number; ++j) {
      if (k >> program[14] == strand) {
#if KETWORK_BATCH_REAL
        sum += (double)ket[state_place(at, k)];
#else
        sum += (double)ket[state_place(at, k)].x;
#endif
      }
      k ^= growth_step(growths, j);
    }
    slopes[pull_place(pull, growth[2] & ~HIGHEST_BIT, strand)] = sum;
  }
}

BATCH_INLINE void shrink(batch_place at, batch_pull pull, PROGRAM const uint *program, global const real *numbers, SPACE cell *ket,
                         SPACE cell *bra, global double *slopes) {
  PROGRAM const uint *const growths = program + program[6];
  for (uint number = program[5]; number-- > 0;) {
    for (uint j = at.item; j < 1u << number; j += at.items) {
      shrink_pair(at, growths + GROWTH_WORDS * number, numbers, grown_state(growths, j), ket, bra);
    }
    BATCH_BARRIER;
  }
  add_growths(at, pull, program, ket, slopes);
}

// What undo_batch is given to lay its memory out: circuit_bits, item_bits, window_bits, and doubles of entries' products for each circuit, an
// even number. pulls: the first slot, how many slots, and whether there is but one, of all observables under their cotangents. In global memory,
// scratch has group_cells double2 for each group.
kernel void undo_batch(PROGRAM const uint *program, const uint4 shape, const uint row_count, const uint4 pulls,
                       SPACE double2 *restrict scratch, const ulong group_cells, global const real *restrict numbers,
                       global const real *restrict scales, global const uint2 *restrict frames, global const cell *restrict states,
                       global const double *restrict cotangents, global double *restrict weights, global double *restrict slopes) {
  batch_place at;
  at.bits = program[0];
  at.circuit_bits = shape.s0;
  at.circuit = get_local_id(0) & ((1u << shape.s0) - 1);
  at.item = get_local_id(0) >> shape.s0;
  at.items = 1u << shape.s1;
  batch_pull pull;
  pull.count = row_count * pulls.s1;
  const uint number = get_group_id(0) << shape.s0 | at.circuit;
  pull.number = min(number, pull.count - 1);
  at.is_there = number < pull.count;
  at.row = pull.number % row_count;
  at.row_count = row_count;
  pull.is_sum = pulls.s2 != 0;
  pull.observable = pull.is_sum ? 0 : program[program[20] + pulls.s0 + pull.number / row_count];
  pull.strand_bits = strand_bits_of(program);
  SPACE double *const entries = (SPACE double *)(scratch + get_group_id(0) * group_cells);
  SPACE cell *const ket = (SPACE cell *)(entries + (shape.s3 << at.circuit_bits));
  SPACE cell *const bra = ket + (1u << (at.bits + at.circuit_bits));
  SPACE real *const window = (SPACE real *)(bra + (1u << (at.bits + at.circuit_bits)));
  weigh(at, pull, program, frames[at.row], cotangents, weights);
  for (uint i = at.item; i < 1u << at.bits; i += at.items) ket[state_place(at, i)] = states[((size_t)at.row << at.bits) + i];
  BATCH_BARRIER;
  make_bra(at, pull, program, ket, weights, bra);
  PROGRAM const uint *slice = program + program[17];
  for (uint j = 0; j < program[16]; ++j) {
#if !KETWORK_BATCH_REAL
    if (slice[0] == 0) {
      undo_table(at, pull, program, slice, numbers, ket, bra, entries, slopes);
      slice += SLICE_WORDS + at.bits;
      continue;
    }
#endif
    undo_slice(at, pull, program, slice, numbers, scales, shape.s2, ket, bra, window, slopes);
    slice += SLICE_WORDS + OPERATION_WORDS * slice[0];
  }
  shrink(at, pull, program, numbers, ket, bra, slopes);
}

// From products to derivatives: one pull in each work-item.

// Divides the product of a rotation by the norm that it had, and gives the norm before it: amplitudes lack the cosines of the rotations that
// were applied, and lack them again for those that are undone.
BATCH_INLINE double divide_slope(batch_place at, batch_pull pull, global const real *numbers, uint number, double divisor, double norm,
                                 global double *slopes) {
  const double slope = gathered(slopes + pull.number, pull.count, pull.strand_bits, number, 0);
  slopes[pull_place(pull, number, 0)] = slope / divisor;
  const double t = (double)numbers[number * at.row_count + at.row];
  return norm * fma(t, t, 1.0);
}

BATCH_INLINE double divide_slice(batch_place at, batch_pull pull, PROGRAM const uint *slice, global const real *numbers,
                                 global const real *scales, double norm, global double *slopes) {
  PROGRAM const uint *operation = slice + SLICE_WORDS;
  for (uint j = 0; j < slice[0]; ++j, operation += OPERATION_WORDS) {
    if (operation[0] == CODE_SCALE) {
      const double scale = (double)scales[operation[1] * at.row_count + at.row];
      norm *= scale * scale;
    } else {
      norm = divide_slope(at, pull, numbers, operation[1], norm, norm, slopes);
    }
  }
  return norm;
}

// The strings of a table are undone at once, so all had the same norm.
BATCH_INLINE double divide_table(batch_place at, batch_pull pull, PROGRAM const uint *table, global const real *numbers, double norm,
                                 global double *slopes) {
  const double divisor = norm;
  PROGRAM const uint *const strings = table + TABLE_WORDS + table[0];
  for (uint j = 0; j < table[4]; ++j) norm = divide_slope(at, pull, numbers, strings[STRING_WORDS * j], divisor, norm, slopes);
  return norm;
}

// Adds the slopes by angles to the derivatives by the columns of the row.
BATCH_INLINE void add_columns(batch_place at, batch_pull pull, PROGRAM const uint *program, global const uchar *signs,
                              global const double *slopes, global double *derivatives) {
  PROGRAM const uint *angle = program + program[2];
  for (uint j = 0; j < program[1]; ++j) {
    const uint number = angle[2] & ~HIGHEST_BIT;
    const double slope = slopes[pull_place(pull, number, 0)];
    const bool is_negative = signs[number * at.row_count + at.row] != 0;
    PROGRAM const uint *term = angle + ANGLE_WORDS;
    PROGRAM const uint *const end = term + TERM_WORDS * angle[3];
    for (; term < end; term += TERM_WORDS) {
      const double coefficient = double_at(term + 1);
      derivatives[term[0]] += (is_negative ? -coefficient : coefficient) * slope;
    }
    angle = end;
  }
}

kernel void chain_batch(PROGRAM const uint *program, const uint row_count, const uint slot_count, const uint column_count,
                        global const real *restrict numbers, global const real *restrict scales, global const uchar *restrict signs,
                        global const double *restrict sums, global double *restrict slopes, global double *restrict derivatives) {
  batch_place at;
  batch_pull pull;
  pull.number = get_global_id(0);
  pull.count = row_count * slot_count;
  if (pull.number >= pull.count) return;
  pull.strand_bits = strand_bits_of(program);
  at.row = pull.number % row_count;
  at.row_count = row_count;
  double norm = gathered(sums + at.row, row_count, pull.strand_bits, program[13], 0);
  PROGRAM const uint *slice = program + program[17];
  for (uint j = 0; j < program[16]; ++j) {
    if (slice[0] == 0) {
      norm = divide_table(at, pull, program + slice[1], numbers, norm, slopes);
      slice += SLICE_WORDS + program[0];
    } else {
      norm = divide_slice(at, pull, slice, numbers, scales, norm, slopes);
      slice += SLICE_WORDS + OPERATION_WORDS * slice[0];
    }
  }
  PROGRAM const uint *growth = program + program[6];
  for (uint j = 0; j < program[5]; ++j, growth += GROWTH_WORDS) {
    divide_slope(at, pull, numbers, growth[2] & ~HIGHEST_BIT, norm, norm, slopes);
  }
  global double *const own = derivatives + (at.row * slot_count + pull.number / row_count) * column_count;
  for (uint column = 0; column < column_count; ++column) own[column] = 0;
  add_columns(at, pull, program, signs, slopes, own);
}
