OPENQASM 3.0;
include "stdgates.inc";
bit[2] c;
qubit[2] q;
for int _ in [0:4] {
  h q[0];
  c[0] = measure q[0];
  ry(0.4) q[1];
  if (c[0]) {
    break;
  }
}
c[1] = measure q[1];
