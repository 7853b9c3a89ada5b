// The quantum Fourier transform finds a period. The six qubits start in the sum of the 16 numbers 0, 4, 8, ... 60, which has
// period 4; the transform of a comb of period 4 among 64 numbers is a comb of spacing 64/4 = 16.
// Expect 000000, 010000, 100000 and 110000 (0, 16, 32 and 48), a quarter of the shots each.
OPENQASM 2.0;
include "qelib1.inc";

qreg q[6];
creg c[6];

// The comb: the low two bits are zero, the others are anything.
h q[2];
h q[3];
h q[4];
h q[5];
barrier q;

// The transform, from the highest qubit down: each qubit takes its phase from all those below it.
h q[5];
cu1(pi/2) q[4], q[5];
cu1(pi/4) q[3], q[5];
cu1(pi/8) q[2], q[5];
cu1(pi/16) q[1], q[5];
cu1(pi/32) q[0], q[5];

h q[4];
cu1(pi/2) q[3], q[4];
cu1(pi/4) q[2], q[4];
cu1(pi/8) q[1], q[4];
cu1(pi/16) q[0], q[4];

h q[3];
cu1(pi/2) q[2], q[3];
cu1(pi/4) q[1], q[3];
cu1(pi/8) q[0], q[3];

h q[2];
cu1(pi/2) q[1], q[2];
cu1(pi/4) q[0], q[2];

h q[1];
cu1(pi/2) q[0], q[1];

h q[0];

// The transform leaves its result with the bits in reverse, so they are read in reverse.
measure q[0] -> c[5];
measure q[1] -> c[4];
measure q[2] -> c[3];
measure q[3] -> c[2];
measure q[4] -> c[1];
measure q[5] -> c[0];
