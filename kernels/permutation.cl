// Permutations of the target bits under any controls: moves, no arithmetic, in place.
//
// A permutation is a set of disjoint cycles of target bits; fixed points are not touched at all. A work-item owns one base and one
// cycle and carries each amplitude to the next place, so no two work-items meet: X, CX and SWAP move only what must move.
//   swap_pairs      one transposition, its two places by value
//   rotate_cycles   any set of cycles: cycle c is places[starts[c]] … places[starts[c + 1] − 1], each the place its successor takes over

kernel void swap_pairs(STATE, const ulong touched, const ulong first, const ulong second) {
  const ulong i = expand(get_global_id(0), touched);
  const real2 a = AMPLITUDE(i | first);
  AMPLITUDE(i | first) = AMPLITUDE(i | second);
  AMPLITUDE(i | second) = a;
}

// table holds the starts from element first_start on and the places from element first_place on.
kernel void rotate_cycles(STATE, const ulong touched, const ulong values, const ulong cycle_count,
                          global const ulong *restrict table, const ulong first_start, const ulong first_place) {
  const ulong id = get_global_id(0);
  const ulong i = expand(id / cycle_count, touched) | values;
  const ulong cycle = id % cycle_count;
  const ulong begin = table[first_start + cycle];
  const ulong end = table[first_start + cycle + 1];
  const ulong last = i | table[first_place + end - 1];
  real2 carried = AMPLITUDE(last);
  for (ulong k = begin; k < end; ++k) {
    const ulong place = i | table[first_place + k];
    const real2 next = AMPLITUDE(place);
    AMPLITUDE(place) = carried;
    carried = next;
  }
}
