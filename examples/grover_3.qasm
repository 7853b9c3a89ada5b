// Grover's search for one of eight: two rounds of marking and reflecting raise the probability of 101 from 1/8 to 121/128.
// Expect 101 in about 94.5 % of the shots.
OPENQASM 3.0;
include "stdgates.inc";

const int rounds = 2;

// Changes the sign of |101> and of nothing else.
gate mark a, b, c {
  ctrl @ negctrl @ ctrl @ gphase(pi) a, b, c;
}

// Reflects the amplitudes about their mean.
gate reflect a, b, c {
  h a; h b; h c;
  negctrl(3) @ gphase(pi) a, b, c;
  h a; h b; h c;
}

qubit[3] q;
bit[3] found;

h q;
for int round in [1:rounds] {
  mark q[0], q[1], q[2];
  reflect q[0], q[1], q[2];
}
found = measure q;
