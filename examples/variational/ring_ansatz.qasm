// A variational circuit of one layer: a rotation of each of four qubits by a parameter, each followed by a controlled not onto the
// next qubit around the ring. The parameters are inputs: one template, bound row by row to the table in ring_ansatz.csv.
// For the first row, 0.2, 0.6, 0.1, 0.7, expect <Z> = 0.62809787, 0.80888385, 0.80484280, 0.61557773 on qubits 0 to 3.
OPENQASM 3.0;
include "stdgates.inc";

input float p0;
input float p1;
input float p2;
input float p3;

qubit[4] q;

ry(p0) q[0];
cx q[0], q[1];
ry(p1) q[1];
cx q[1], q[2];
ry(p2) q[2];
cx q[2], q[3];
ry(p3) q[3];
cx q[3], q[0];
