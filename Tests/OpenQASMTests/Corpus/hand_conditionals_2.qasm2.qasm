OPENQASM 2.0;
include "qelib1.inc";
// Whole-register conditions on a gate, a measurement and a reset, and a value that never comes up.
qreg q[3];
qreg r[2];
creg c[3];
creg d[2];
h q;
measure q -> c;
if (c == 5) x r[0];
if(c==3) u3(0.3 + pi/7, -0.2, 1e-1) r[1];
if (c == 2) cx q[1], r[1];
if (c == 6) measure q[1] -> d[0];
if (c == 1) reset q[0];
if (c == 9) h r[0];
measure r[0] -> d[1];
if (d == 2) h q[2];
measure q[2] -> c[0];
measure r[1] -> d[0];
