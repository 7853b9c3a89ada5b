OPENQASM 2.0;
include "qelib1.inc";
gate r(param0,param1) q0 { u(param0,-pi/2 + param1,pi/2 - param1) q0; }
gate dcx q0,q1 { cx q0,q1; cx q1,q0; }
gate ccz q0,q1,q2 { h q2; ccx q0,q1,q2; h q2; }
gate rcccx q0,q1,q2,q3 { h q3; t q3; cx q2,q3; tdg q3; h q3; cx q0,q3; t q3; cx q1,q3; tdg q3; cx q0,q3; t q3; cx q1,q3; tdg q3; h q3; t q3; cx q2,q3; tdg q3; h q3; }
gate ryy(param0) q0,q1 { sxdg q0; sxdg q1; cx q0,q1; rz(param0) q1; cx q0,q1; sx q0; sx q1; }
gate rzx(param0) q0,q1 { h q1; cx q0,q1; rz(param0) q1; cx q0,q1; h q1; }
gate xx_minus_yy(param0,param1) q0,q1 { rz(-param1) q1; sdg q0; sx q0; s q0; s q1; cx q0,q1; ry(0.5*param0) q0; ry((-0.5)*param0) q1; cx q0,q1; sdg q1; sdg q0; sxdg q0; s q0; rz(param1) q1; }
gate xx_plus_yy(param0,param1) q0,q1 { rz(param1) q0; sdg q1; sx q1; s q1; s q0; cx q1,q0; ry((-0.5)*param0) q1; ry((-0.5)*param0) q0; cx q1,q0; sdg q0; sdg q1; sxdg q1; s q1; rz(-param1) q0; }
gate ecr q0,q1 { s q0; sx q1; cx q0,q1; x q0; }
gate cs q0,q1 { t q0; cx q0,q1; tdg q1; cx q0,q1; t q1; }
gate csdg q0,q1 { tdg q0; cx q0,q1; t q1; cx q0,q1; tdg q1; }
gate iswap q0,q1 { s q0; s q1; h q0; cx q0,q1; cx q1,q0; h q1; }
qreg q[4];
id q[0];
sx q[0];
x q[0];
cx q[0],q[1];
rz(0.1) q[0];
r(0.1,0.30000000000000004) q[0];
c3sqrtx q[0],q[1],q[2],q[3];
ccx q[0],q[1],q[2];
dcx q[0],q[1];
ch q[0],q[1];
cp(0.1) q[0],q[1];
crx(0.1) q[0],q[1];
cry(0.1) q[0],q[1];
crz(0.1) q[0],q[1];
cswap q[0],q[1],q[2];
csx q[0],q[1];
cu(0.1,0.30000000000000004,0.5,0.7000000000000001) q[0],q[1];
cu1(0.1) q[0],q[1];
cu3(0.1,0.30000000000000004,0.5) q[0],q[1];
cy q[0],q[1];
cz q[0],q[1];
ccz q[0],q[1],q[2];
h q[0];
p(0.1) q[0];
rccx q[0],q[1],q[2];
rcccx q[0],q[1],q[2],q[3];
rx(0.1) q[0];
rxx(0.1) q[0],q[1];
ry(0.1) q[0];
ryy(0.1) q[0],q[1];
rzz(0.1) q[0],q[1];
rzx(0.1) q[0],q[1];
xx_minus_yy(0.1,0.30000000000000004) q[0],q[1];
xx_plus_yy(0.1,0.30000000000000004) q[0],q[1];
ecr q[0],q[1];
s q[0];
sdg q[0];
cs q[0],q[1];
csdg q[0],q[1];
swap q[0],q[1];
iswap q[0],q[1];
sxdg q[0];
t q[0];
tdg q[0];
u(0.1,0.30000000000000004,0.5) q[0];
u1(0.1) q[0];
u2(0.1,0.30000000000000004) q[0];
u3(0.1,0.30000000000000004,0.5) q[0];
y q[0];
z q[0];
