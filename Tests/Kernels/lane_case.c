#include "lane_case.h"

#include <math.h>
#include <string.h>

#include "lane_span.h"
#include "random.h"

static uint32_t random_mask(const lane_case *c) { return random_below(1u << c->shape.bits); }

static uint32_t address_mask(const lane_case *c) { return (1u << lane_sum_bits(&c->shape)) - 1; }

/// An angle: mostly any, now and then many turns or a multiple of a quarter of one, where signs of frames change.
static double random_angle(void) {
  switch (random_below(8)) {
    case 0: return random_real() * 1e6;
    case 1: return (random_below(9) - 4.0) * M_PI_2;
    default: return random_real() * 4;
  }
}

// MARK: Rotations

/// Adds a rotation about (x, z), the next in number.
static uint32_t add_rotation(lane_case *c, uint32_t x, uint32_t z) {
  const uint32_t number = c->program.angle_count++, term_count = random_below(3);
  c->angles[number] = (ck_lane_angle){.constant = random_below(2) ? random_angle() : 0,
                                      .first = c->term_count,
                                      .count = term_count,
                                      .x = x,
                                      .z = z,
                                      .number = number,
                                      .is_negative = random_below(2)};
  for (uint32_t j = 0; j < term_count; ++j) {
    const double coefficient = random_below(2) ? 1 - 2.0 * random_below(2) : random_real() * 2;
    c->terms[c->term_count++] = (ck_lane_term){random_below(LONE_PARAMETER), coefficient};
  }
  return number;
}

/// A mask z for a rotation along x: such that |x∧z| is odd where states are real, and not zero where x is.
static uint32_t random_phases(const lane_case *c, uint32_t x) {
  uint32_t z = random_mask(c);
  while (x == 0 && z == 0) z = random_mask(c);
  if (c->shape.is_real && !__builtin_parity(x & z)) z ^= x & -x;
  return z;
}

/// Adds growths, mostly as many as there may be: all states are reached, or of a state that is spread as many as sums are taken over.
static void add_growths(lane_case *c) {
  const uint32_t most = lane_sum_bits(&c->shape), count = random_below(3) ? most : random_below(most + 1);
  lane_echelon reached = {.count = 0};
  c->support[0] = 0;
  while (reached.count < count) {
    const uint32_t x = random_mask(c), j = reached.count;
    if (!lane_echelon_insert(&reached, x & address_mask(c))) continue;
    for (uint32_t i = 0; i < 1u << j; ++i) c->support[1u << j | i] = c->support[i] ^ x;
    const uint32_t z = random_phases(c, x);
    c->growths[j] = (ck_lane_growth){x, z, add_rotation(c, x, z), !__builtin_parity(x & z)};
  }
  c->program.growth_count = count;
}

/// Puts angles that follow each other, and whose rotations commute, the other way round: a planner applies them in any such order.
static void exchange_angles(lane_case *c) {
  for (uint32_t j = 0; j < 4 * c->program.angle_count; ++j) {
    ck_lane_angle *a = c->angles + random_below(c->program.angle_count), *b = a + 1;
    if (b == c->angles + c->program.angle_count || __builtin_parity((a->x & b->z) ^ (a->z & b->x))) continue;
    const ck_lane_angle kept = *a;
    *a = *b;
    *b = kept;
  }
}

/// Gives an angle a parameter of its own.
static void choose_lone_angle(lane_case *c) {
  c->lone_angle = random_below(c->program.angle_count);
  c->angles[c->lone_angle].first = c->term_count;
  c->angles[c->lone_angle].count = 1;
  c->terms[c->term_count++] = (ck_lane_term){LONE_PARAMETER, 1};
}

// MARK: Blocks

static void add_operation(lane_case *c, uint32_t code, uint32_t number, uint32_t sign) {
  c->operations[c->operation_count++] = (ck_lane_operation){code, number, sign};
}

/// Puts back what rotations have left out, as soon as enough have.
static void add_scales(lane_case *c) {
  while (c->program.angle_count >= (c->program.scale_count + 1) * c->program.scale_interval) {
    add_operation(c, CK_LANE_SCALE, c->program.scale_count++, 0);
  }
}

static void add_block_rotation(lane_case *c, const lane_span *span) {
  const uint32_t used = c->shape.is_differentiable ? span->count - 1 : span->count, least = c->shape.is_real;
  const uint32_t element = least + random_below((1u << used) - least), x = lane_span_offset(span, element);
  const uint32_t z = random_phases(c, x);
  add_operation(c, element << 4 | lane_span_functional(span, z), add_rotation(c, x, z), z);
}

/// Rotations about random sums of a table's functionals, ordered by the highest bit of their masks.
static void add_strings(lane_case *c, ck_lane_table *table, const uint32_t *functionals) {
  for (uint32_t bit = 0; bit < table->bits; ++bit) {
    for (uint32_t j = 1 + random_below(2); j > 0; --j) {
      const uint32_t mask = 1u << bit | random_below(1u << bit);
      uint32_t z = 0;
      for (uint32_t k = 0; k <= bit; ++k) z ^= mask >> k & 1 ? functionals[k] : 0;
      c->strings[c->string_count++] = (ck_lane_string){add_rotation(c, 0, z), mask};
      ++table->string_count;
    }
  }
}

/// Writes down the values of a table's functionals at each value of each byte of a basis state.
static void tabulate_functionals(lane_case *c, ck_lane_table *table, const uint32_t *functionals) {
  uint8_t *values = c->table_values[table - c->tables];
  table->byte_count = (c->shape.bits + 7) / 8;
  table->values = values;
  for (uint32_t place = 0; place < 256 * table->byte_count; ++place) {
    const uint32_t state = (place & 255) << 8 * (place >> 8);
    values[place] = 0;
    for (uint32_t k = 0; k < table->bits; ++k) values[place] |= (uint8_t)(__builtin_parity(functionals[k] & state) << k);
  }
}

/// Adds a table of up to eight functionals, which are independent.
static void add_table(lane_case *c) {
  const uint32_t most = c->shape.bits < CK_LANE_TABLE_QUBITS ? c->shape.bits : CK_LANE_TABLE_QUBITS;
  ck_lane_table *table = c->tables + c->program.table_count;
  uint32_t functionals[CK_LANE_TABLE_QUBITS];
  *table = (ck_lane_table){.bits = 1 + random_below(most), .first_string = c->string_count, .first_factor = c->program.factor_count};
  lane_echelon independent = {.count = 0};
  while (independent.count < table->bits) {
    const uint32_t z = random_mask(c);
    if (lane_echelon_insert(&independent, z)) functionals[independent.count - 1] = z;
  }
  tabulate_functionals(c, table, functionals);
  add_strings(c, table, functionals);
  c->program.factor_count += 1u << table->bits;
  add_operation(c, CK_LANE_TABLE, c->program.table_count++, 0);
}

static void add_block(lane_case *c) {
  const uint32_t elements = c->shape.is_real ? CK_LANE_REAL_QUBITS : CK_LANE_COMPLEX_QUBITS;
  const lane_span span = random_lane_span(elements, c->shape.bits, address_mask(c));
  ck_lane_block *block = c->blocks + c->program.block_count++;
  *block = (ck_lane_block){.fixed = lane_span_fixed(&span, elements, address_mask(c)),
                           .fixed_in_half = lane_span_fixed(&span, elements - 1, address_mask(c)),
                           .first = c->operation_count};
  for (uint32_t element = 0; element < 1u << elements; ++element) block->offsets[element] = lane_span_offset(&span, element);
  for (uint32_t steps = 1 + random_below(MOST_BLOCK_STEPS); steps > 0; --steps) {
    const bool is_table = !c->shape.is_real && c->program.table_count < MOST_TABLES && random_below(4) == 0;
    if (is_table) {
      add_table(c);
    } else {
      add_block_rotation(c, &span);
    }
    add_scales(c);
  }
  block->count = c->operation_count - block->first;
}

// MARK: Rows

static void make_rows(lane_case *c) {
  for (uint32_t j = 0; j < MOST_ROWS * PARAMETERS; ++j) c->parameters[j] = random_angle();
  for (uint32_t j = 0; j < MOST_ROWS * OBSERVABLES; ++j) c->cotangents[j] = random_real();
}

void shift_lane_rows(lane_case *c) {
  c->is_shifted = true;
  for (uint32_t row = 0; row < MOST_ROWS; ++row) {
    c->shifted[row] = random_below(c->program.angle_count);
    c->shifts[row] = random_angle();
  }
}

void make_lane_case(lane_case *c, lane_shape shape) {
  memset(c, 0, sizeof *c);
  c->shape = shape;
  c->program = (ck_lane_program){.bits = shape.bits,
                                 .is_real = shape.is_real,
                                 .is_spread = shape.is_spread,
                                 .angles = c->angles,
                                 .terms = c->terms,
                                 .support = c->support,
                                 .growths = c->growths,
                                 .blocks = c->blocks,
                                 .operations = c->operations,
                                 .scale_interval = 4 + 2 * random_below(15),
                                 .tables = c->tables,
                                 .strings = c->strings};
  add_growths(c);
  while (c->program.block_count < shape.block_count) add_block(c);
  exchange_angles(c);
  choose_lone_angle(c);
  make_rows(c);
  make_lane_observables(c);
  make_lane_outcomes(c);
}
