// Teleportation with feed-forward: Alice measures two qubits, and what she reads decides what Bob does to his.
// To show that Bob holds the state that Alice had, he undoes its preparation: his bit, the leftmost, is always 0.
// Expect 000, 001, 010 and 011, a quarter of the shots each: Alice's two bits say nothing about the state.
OPENQASM 3.0;
include "stdgates.inc";

gate prepare q { u3(1.1, 0.4, -0.7) q; }

qubit[3] q;          // 0: the state to send, 1: Alice's half of the pair, 2: Bob's half
bit[2] alice;
bit bob;

prepare q[0];

// The pair that Alice and Bob share.
h q[1];
cx q[1], q[2];

// Alice's Bell measurement.
cx q[0], q[1];
h q[0];
alice[0] = measure q[0];
alice[1] = measure q[1];

// Bob's corrections.
if (alice[1] == 1) { x q[2]; }
if (alice[0] == 1) { z q[2]; }

inv @ prepare q[2];
bob = measure q[2];
