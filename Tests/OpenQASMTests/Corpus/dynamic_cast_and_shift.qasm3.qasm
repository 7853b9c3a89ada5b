OPENQASM 3.0;
include "stdgates.inc";
bit[2] c;
bit[1] d;
qubit[3] q;
uint[8] wide;
h q[0];
h q[1];
c[0] = measure q[0];
c[1] = measure q[1];
wide = uint[8](c);
wide = wide << 2;
if ((wide & 8) == 8) {
  ry(0.7) q[2];
}
if ((wide | 3) == 7) {
  ry(1.1) q[2];
}
d[0] = measure q[2];
