OPENQASM 3.0;
include "stdgates.inc";
bit[2] c;
bit[1] d;
qubit[3] q;
uint[8] total;
total = 0;
for int _ in [0:2] {
  h q[0];
  h q[1];
  c[0] = measure q[0];
  c[1] = measure q[1];
  total = total + uint[8](c);
}
while (total > 2) {
  ry(0.35) q[2];
  total = total - 2;
}
d[0] = measure q[2];
