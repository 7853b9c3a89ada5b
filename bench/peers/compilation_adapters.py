"""The peers of `compilation.py`, each compiling one circuit for one coupling map and basis: its own passes at the level that gives the best circuits.

qiskit   `transpile` at optimisation level 3
pytket   what pytket-qiskit had as its default, level 2, as long as it routed with pytket's own passes (0.58): FullPeepholeOptimise, then placement
         by a graph monomorphism and routing, then KAKDecomposition, CliffordSimp and SynthesiseTket, which keep to the map, then the basis. Squashing
         the gates on one qubit at the end is not part of it; without, each cz would leave its h as gates of their own, so it is added here

A peer's time begins when the circuit is in its memory, in its own form, and ends with the compiled one. The initial layout says on which qubit of
the map each qubit of the circuit starts, the final one where it ends.
"""

from __future__ import annotations

import importlib.metadata
WARM_UP = 'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[3];\nh q[0];\ncx q[0],q[1];\nccx q[0],q[1],q[2];\ncx q[0],q[2];\n'


class Qiskit:
    """The transpiler of Qiskit."""

    passes = "level 3"

    def load(self, text: str, coupling: dict, basis: list[str], seed: int) -> None:
        from qiskit.transpiler import CouplingMap

        from compilation_counts import parsed

        self.circuit = parsed(text)
        both = [pair for a, b in coupling["edges"] for pair in ((a, b), (b, a))]
        self.settings = {"coupling_map": CouplingMap(both), "basis_gates": basis, "optimization_level": 3, "seed_transpiler": seed}

    def compile(self) -> None:
        from qiskit import transpile

        self.compiled = transpile(self.circuit, **self.settings)

    def result(self) -> dict:
        from compilation_circuits import written

        layout = self.compiled.layout
        return {
            "qasm": written(self.compiled),
            "initial_layout": layout.initial_index_layout(filter_ancillas=True),
            "final_layout": layout.final_index_layout(filter_ancillas=True),
        }


class Pytket:
    """The passes of pytket; they draw no random numbers, so the seed is without effect."""

    passes = "level 2, AutoSquash"

    def load(self, text: str, coupling: dict, basis: list[str], seed: int) -> None:
        from pytket.architecture import Architecture
        from pytket.qasm import circuit_from_qasm_str

        self.circuit = circuit_from_qasm_str(text)
        self.sequence = self.pass_sequence(Architecture([tuple(edge) for edge in coupling["edges"]]), basis)

    @staticmethod
    def pass_sequence(architecture, basis: list[str]):
        from pytket import OpType, passes
        from pytket.placement import GraphPlacement

        names = {"cx": OpType.CX, "cz": OpType.CZ, "rz": OpType.Rz, "sx": OpType.SX, "x": OpType.X, "u": OpType.U3}
        gates = {names[name] for name in basis}
        rebase = passes.AutoRebase(gates)
        return passes.SequencePass(
            [
                passes.DecomposeBoxes(),
                passes.FullPeepholeOptimise(),
                rebase,
                passes.CXMappingPass(architecture, GraphPlacement(architecture), directed_cx=False, delay_measures=False),
                passes.NaivePlacementPass(architecture),
                passes.KAKDecomposition(allow_swaps=False),
                passes.CliffordSimp(False),
                passes.SynthesiseTket(),
                rebase,
                passes.RemoveRedundancies(),
                passes.AutoSquash(gates - {OpType.CX, OpType.CZ}),
            ]
        )

    def compile(self) -> None:
        from pytket.predicates import CompilationUnit

        self.unit = CompilationUnit(self.circuit)
        self.sequence.apply(self.unit)

    def result(self) -> dict:
        from pytket.qasm import circuit_to_qasm_str

        compiled = self.unit.circuit
        # A circuit may end with its qubits permuted, which its text leaves out: the text's qubit of each end.
        ends = {end: written for written, end in compiled.implicit_qubit_permutation().items()}
        return {
            "qasm": circuit_to_qasm_str(compiled),
            "initial_layout": [self.unit.initial_map[qubit].index[0] for qubit in self.circuit.qubits],
            "final_layout": [ends[self.unit.final_map[qubit]].index[0] for qubit in self.circuit.qubits],
        }


PEERS = {"qiskit": Qiskit, "pytket": Pytket}


def version(peer: str) -> str:
    """Which version of which passes a figure is of."""
    return f"{importlib.metadata.version(peer)}, {PEERS[peer].passes}"
