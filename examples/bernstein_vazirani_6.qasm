// Bernstein and Vazirani's problem: a box adds up, modulo 2, those bits of its input that a secret string selects.
// Any classical program asks six times to learn six bits; here the box is asked once.
// Expect 101101 in every shot.
OPENQASM 3.0;
include "stdgates.inc";

qubit[6] input_bits;
qubit answer;
bit[6] read;

// The box: the secret's bits 0, 2, 3 and 5.
def oracle(qubit[6] x, qubit y) {
  for int i in {0, 2, 3, 5} {
    cx x[i], y;
  }
}

// The answer qubit in |->: adding one to it changes a sign instead, which the inputs can interfere on.
x answer;
h answer;

h input_bits;
oracle(input_bits, answer);
h input_bits;

read = measure input_bits;
