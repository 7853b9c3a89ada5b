// A three-sided coin from two-sided ones, by repeating until success: two qubits in all four states at once, a third one that
// notices 11, and another try whenever it does. A try succeeds with probability 3/4.
// Expect 000, 001 and 010, a third of the shots each; the leftmost bit, which asks for another try, ends as 0.
OPENQASM 3.0;
include "stdgates.inc";

qubit[2] coin;
qubit witness;
bit[2] side;
bit again;

again = 1;
while (again == 1) {
  reset coin;
  reset witness;
  h coin;
  ccx coin[0], coin[1], witness;
  again = measure witness;
}
side = measure coin;
