OPENQASM 2.0;
include "qelib1.inc";
gate xx_plus_yy(param0,param1) q0,q1 { rz(param1) q0; sdg q1; sx q1; s q1; s q0; cx q1,q0; ry((-0.5)*param0) q1; ry((-0.5)*param0) q0; cx q1,q0; sdg q0; sdg q1; sxdg q1; s q1; rz(-param1) q0; }
gate ryy(param0) q0,q1 { sxdg q0; sxdg q1; cx q0,q1; rz(param0) q1; cx q0,q1; sx q0; sx q1; }
qreg q[4];
creg meas[4];
z q[2];
h q[0];
cu1(2.871476479024569) q[1],q[3];
xx_plus_yy(5.586907252880298,2.4489247759327766) q[0],q[3];
z q[1];
y q[1];
cswap q[3],q[2],q[0];
rxx(1.5616804270353126) q[3],q[1];
ryy(5.027419409468013) q[2],q[0];
crz(1.0810563775372608) q[2],q[3];
x q[1];
ry(1.6354839415324873) q[0];
sxdg q[3];
u2(0.5584141149565159,3.920493968208908) q[2];
u(2.191177769168097,0.16316024460893458,4.856892831545717) q[0];
rccx q[0],q[1],q[2];
t q[3];
barrier q[0],q[1],q[2],q[3];
measure q[0] -> meas[0];
measure q[1] -> meas[1];
measure q[2] -> meas[2];
measure q[3] -> meas[3];