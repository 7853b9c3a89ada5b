// Density matrices: ρ = 2⁻ⁿ Σ rₚP over the 4ⁿ Pauli strings, held as the 4ⁿ reals rₚ = Tr(Pρ), real number i being that of the string whose
// digits in base 4 make i, qubit 0's least significant: 0 for I, 1 for X, 2 for Z, 3 for Y. What ck_transfer.h describes, to the same bits.
//
// A map of k qubits is a real matrix of 4ᵏ rows, whose digits 0…k−1 are those of its qubits. A work-item owns one group: the 4ᵏ reals that
// differ only in these digits. It reads them all, then writes them all, so the product is in place and no two work-items meet.
//   apply_transfer_1q         matrix by value
//   apply_transfer_2q         the entries at (row, row ⊕ change) for each change that has any, in constant memory, since all read the same
//   apply_transfer_kq         k = 1…3, rows of terms (column, coefficient); reals wait in local memory, whose indices may vary
//   apply_transfer_diagonal   k = 1…3: a factor for each real, which is a work-item's own
// A row adds its terms by ascending change, column row ⊕ change, the diagonal entry first.
//
// Source: Greenbaum, arXiv:1509.02921 (2015).

#define REALS global real *restrict reals

// digit: 1 in the qubit's digit.
kernel void apply_transfer_1q(REALS, const ulong4 below, const ulong digit, const real16 m) {
  const ulong i = expand_4(get_global_id(0), below);
  const real a = reals[i];
  const real b = reals[i + digit];
  const real c = reals[i + 2 * digit];
  const real d = reals[i + 3 * digit];
  reals[i] = fma(m.s3, d, fma(m.s2, c, fma(m.s1, b, m.s0 * a)));
  reals[i + digit] = fma(m.s6, c, fma(m.s7, d, fma(m.s4, a, m.s5 * b)));
  reals[i + 2 * digit] = fma(m.s9, b, fma(m.s8, a, fma(m.sb, d, m.sa * c)));
  reals[i + 3 * digit] = fma(m.sc, a, fma(m.sd, b, fma(m.se, c, m.sf * d)));
}

// Bit c of changes is set for each change c that has entries, and these come 16 at a time, one a row.
kernel void apply_transfer_2q(REALS, const ulong4 below, const ulong digit_0, const ulong digit_1, const uint changes,
                              constant real *restrict entries) {
  const ulong i = expand_4(get_global_id(0), below);
  real a[16];
  real sums[16];
  _Pragma("unroll") for (uint row = 0; row < 16; ++row) {
    a[row] = reals[i + (row & 3) * digit_0 + (row >> 2) * digit_1];
    sums[row] = 0;
  }
  _Pragma("unroll") for (uint change = 0; change < 16; ++change) {
    if ((changes >> change & 1) == 0) continue;
    _Pragma("unroll") for (uint row = 0; row < 16; ++row) sums[row] = fma(entries[row], a[row ^ change], sums[row]);
    entries += 16;
  }
  _Pragma("unroll") for (uint row = 0; row < 16; ++row) reals[i + (row & 3) * digit_0 + (row >> 2) * digit_1] = sums[row];
}

// The group's reals lie at i + offsets[first_offset + row]; row r has the terms starts[r]…starts[r + 1] − 1 of starts from first_start on,
// whose columns and coefficients begin at first_column and first_coefficient. held: row_count reals for each work-item of the work-group.
kernel void apply_transfer_kq(REALS, const ulong fixed, const uint row_count, local real *restrict held,
                              global const ulong *restrict offsets, const ulong first_offset,
                              global const uint *restrict starts, const ulong first_start,
                              global const uint *restrict columns, const ulong first_column,
                              global const real *restrict coefficients, const ulong first_coefficient) {
  const ulong i = expand(get_global_id(0), fixed);
  // Neighbours lie beside each other, in different banks. Nobody reads what another one wrote, so there is no barrier.
  const uint stride = get_local_size(0);
  local real *own = held + get_local_id(0);
  for (uint row = 0; row < row_count; ++row) own[row * stride] = reals[i + offsets[first_offset + row]];
  for (uint row = 0; row < row_count; ++row) {
    const uint end = starts[first_start + row + 1];
    real sum = 0;
    for (uint term = starts[first_start + row]; term < end; ++term) {
      sum = fma(coefficients[first_coefficient + term], own[columns[first_column + term] * stride], sum);
    }
    reals[i + offsets[first_offset + row]] = sum;
  }
}

// shifts: where the digit of each qubit begins; for a qubit that the map does not have, beyond the bits of any number.
kernel void apply_transfer_diagonal(REALS, const ulong4 shifts, global const real *restrict factors, const ulong first_factor) {
  const ulong i = get_global_id(0);
  const ulong row = (i >> shifts.s0 & 3) | (i >> shifts.s1 & 3) << 2 | (i >> shifts.s2 & 3) << 4;
  reals[i] = factors[first_factor + row] * reals[i];
}

// Of a basis state among zeros: a work-item for each string of I and Z. places: the upper bit of each digit.
kernel void set_basis_state(REALS, const ulong places, const ulong basis_state) {
  const ulong z = get_global_id(0);
  reals[scatter_bits(z, places)] = is_odd(z & basis_state) ? -1 : 1;
}

// The reals of numbers, from element first_number on.
kernel void read_reals(global const real *restrict reals, global const ulong *restrict numbers, const ulong first_number,
                       global double *restrict values) {
  values[get_global_id(0)] = reals[numbers[first_number + get_global_id(0)]];
}
