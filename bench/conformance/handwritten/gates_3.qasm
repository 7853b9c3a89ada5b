OPENQASM 3.0;
include "stdgates.inc";
// The whole of stdgates.inc, and broadcasting over registers.
qubit[3] a;
qubit[3] b;
qubit c;
h a; ry(0.3) b; rx(1.1) c;
p(0.1) a[0]; x a[1]; y a[2]; z b[0]; h b[1]; s b[2]; sdg c; t a[0]; tdg a[1]; sx a[2];
rx(0.2) b[0]; ry(0.3) b[1]; rz(0.4) b[2];
cx a, b; cy a[0], b[2]; cz b[1], c; cp(0.5) c, a; crx(0.6) a[1], b[0]; cry(0.7) b[0], a[2]; crz(0.8) a[2], c;
ch a[0], a[1]; swap b[0], c; ccx a[0], b[1], c; cswap c, a[1], b[2]; cu(0.1, 0.2, 0.3, 0.4) a[0], b[0];
CX a[1], a[2]; phase(0.9) b[1]; cphase(1.0) b[2], a[0]; id c; u1(1.1) a[1]; u2(1.2, 1.3) b[2]; u3(1.4, 1.5, 1.6) c;
