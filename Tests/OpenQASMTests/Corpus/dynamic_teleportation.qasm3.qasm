OPENQASM 3.0;
include "stdgates.inc";
bit[1] z_0;
bit[1] x_1;
bit[1] out;
qubit[3] q;
U(1.1, 0.4, -0.7) q[0];
h q[1];
cx q[1], q[2];
cx q[0], q[1];
h q[0];
z_0[0] = measure q[0];
x_1[0] = measure q[1];
if (x_1 == 1) {
  x q[2];
}
if (z_0 == 1) {
  z q[2];
}
U(-1.1, 0.7, -0.4) q[2];
ry(0.3) q[2];
out[0] = measure q[2];
