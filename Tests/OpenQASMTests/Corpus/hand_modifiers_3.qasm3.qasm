OPENQASM 3.0;
include "stdgates.inc";
// Every modifier, alone and stacked, over built-in, library and defined gates.
gate tilt(a, b) q, r { U(a, b, -a) q; ctrl @ rz(b / 2) q, r; gphase(a / 3); }
qubit[5] q;
h q;
U(0.3, 0.2, 0.1) q[0];
ctrl @ x q[0], q[1];
negctrl @ ry(0.4) q[1], q[2];
inv @ s q[3];
pow(2) @ t q[4];
pow(0.5) @ x q[0];
pow(-1) @ sx q[1];
inv @ pow(3) @ rz(0.2) q[2];
ctrl(2) @ x q[0], q[1], q[2];
ctrl @ negctrl @ ry(0.7) q[3], q[4], q[0];
negctrl(2) @ ctrl @ z q[0], q[1], q[2], q[3];
tilt(0.5, 0.9) q[0], q[3];
inv @ tilt(0.4, 0.8) q[1], q[4];
ctrl @ tilt(0.3, 0.7) q[4], q[2], q[0];
ctrl @ inv @ pow(2) @ U(0.1, 0.2, 0.3) q[3], q[1];
ctrl @ gphase(0.9) q[2];
negctrl @ ctrl @ gphase(-pi / 3) q[1], q[3];
pow(1 / 2) @ swap q[0], q[4];
pow(2) @ tilt(0.2, 0.6) q[2], q[3];
