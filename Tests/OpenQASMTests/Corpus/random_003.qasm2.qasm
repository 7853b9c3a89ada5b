OPENQASM 2.0;
include "qelib1.inc";
gate rzx(param0) q0,q1 { h q1; cx q0,q1; rz(param0) q1; cx q0,q1; h q1; }
gate ccz q0,q1,q2 { h q2; ccx q0,q1,q2; h q2; }
gate rcccx q0,q1,q2,q3 { h q3; t q3; cx q2,q3; tdg q3; h q3; cx q0,q3; t q3; cx q1,q3; tdg q3; cx q0,q3; t q3; cx q1,q3; tdg q3; h q3; t q3; cx q2,q3; tdg q3; h q3; }
qreg q[4];
creg meas[4];
rzx(0.7142223654075871) q[0],q[2];
tdg q[3];
c3sqrtx q[1],q[0],q[2],q[3];
c3sqrtx q[2],q[1],q[0],q[3];
ccz q[2],q[1],q[0];
cx q[1],q[0];
ccx q[2],q[1],q[3];
rcccx q[1],q[3],q[2],q[0];
rcccx q[0],q[1],q[2],q[3];
cswap q[0],q[3],q[2];
barrier q[0],q[1],q[2],q[3];
measure q[0] -> meas[0];
measure q[1] -> meas[1];
measure q[2] -> meas[2];
measure q[3] -> meas[3];