OPENQASM 3.0;
include "stdgates.inc";
qubit[4] q;
bit[2] c;
bit d;
bit[4] out;
h q[0];
ry(0.8) q[1];
c[0] = measure q[0];
c[1] = measure q[1];
if (c == 2) { x q[2]; } else { ry(0.4) q[2]; }
if (c[0]) { h q[3]; }
for int i in [1:3] { ry(i * 0.1) q[3]; }
d = measure q[3];
while (d == true) {
  rx(1.3) q[3];
  d = measure q[3];
}
switch (c) {
  case 0, 3 { rx(0.6) q[2]; }
  case 1 { h q[2]; }
  default { reset q[2]; }
}
out = measure q;
