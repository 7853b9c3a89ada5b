OPENQASM 2.0;
include "qelib1.inc";
// Nested definitions, functions, precedence, registers applied whole, empty bodies, barriers in gates.
gate nothing a { }
gate turn(a, b) q { u2(sin(a)*-b, -cos(b)^2) q; U(tan(a/3), ln(2.5+b), exp(-a)) q; }
gate pair(theta) a, b { cx a, b; turn(-theta^2/3, sqrt(2)*theta) b; barrier a, b; CX b, a; }
gate triple(x, y, z) a, b, c { pair(x - y - z) a, b; pair(x / y / z) b, c; pair(-x * -(y + z)) c, a; }
qreg a[2]; qreg b[2];
creg out[4];
h a; h b[0];
pair(0.7) a, b;
pair(pi/5) b[1], a;
triple(.5, 1.25, 3e-1) a[0], b[0], b[1];
nothing a;
cu1(pi - 1/4) a[1], b;
crz(2^3^0.5) b[0], a[1];
barrier a, b[1];
id a;
rzz(0.4) a, b;
cu3(0.1, 0.2, 0.3) a[1], b[1];
measure a[0] -> out[0]; measure a[1] -> out[1];
measure b[0] -> out[2]; measure b[1] -> out[3];
