// A Greenberger-Horne-Zeilinger state on eight qubits, in depth 4: each layer doubles the number of entangled qubits.
// Expect 00000000 and 11111111, half of the shots each.
OPENQASM 2.0;
include "qelib1.inc";

qreg q[8];
creg c[8];

h q[0];

cx q[0], q[4];

cx q[0], q[2];
cx q[4], q[6];

cx q[0], q[1];
cx q[2], q[3];
cx q[4], q[5];
cx q[6], q[7];

measure q -> c;
