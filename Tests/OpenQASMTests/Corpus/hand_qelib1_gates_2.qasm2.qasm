OPENQASM 2.0;
include "qelib1.inc";
// Every gate of the library as the paper and Qiskit have it, on qubits in every order.
qreg q[5];
u3(0.1,0.2,0.3) q[0]; u2(0.4,0.5) q[1]; u1(0.6) q[2]; h q[3]; ry(1.2) q[4];
cx q[0],q[4]; id q[0]; u0(1) q[1]; u(0.7,0.8,0.9) q[2]; p(1.0) q[3];
x q[0]; y q[1]; z q[2]; s q[3]; sdg q[4]; t q[0]; tdg q[1];
rx(0.11) q[2]; ry(0.12) q[3]; rz(0.13) q[4]; sx q[0]; sxdg q[1];
cz q[2],q[3]; cy q[4],q[0]; swap q[1],q[3]; ch q[3],q[0];
ccx q[4],q[2],q[0]; cswap q[1],q[4],q[3];
crx(0.21) q[0],q[2]; cry(0.22) q[2],q[1]; crz(0.23) q[3],q[4];
cu1(0.24) q[4],q[1]; cp(0.25) q[0],q[3]; cu3(0.26,0.27,0.28) q[1],q[2]; csx q[3],q[1];
cu(0.29,0.30,0.31,0.32) q[2],q[4]; rxx(0.33) q[0],q[1]; rzz(0.34) q[4],q[2];
rccx q[0],q[1],q[2]; rc3x q[3],q[0],q[4],q[1]; c3x q[1],q[2],q[3],q[4]; c3sqrtx q[4],q[0],q[1],q[2]; c4x q[0],q[1],q[2],q[3],q[4];
