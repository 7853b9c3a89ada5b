"""The peers on circuits with noise: how each is given the gates, the depolarizing after each of them, and what is asked for.

Timed is the peer's own call that runs: what it does to the circuit in it counts, building the circuit in its form and turning what it gives
into an array do not. What is asked for is

    density        shots of the distribution that a density matrix gives; qubits are misread
    trajectories   shots, each along a trajectory of a state vector
    noisy-values   the expectation values of all strings of Z, exactly, for many rows of parameters in one call

Depolarizing of strength λ is (1 − λ)·ρ + λ·I/2ᵏ, as ketwork and Aer have it; Cirq and Qulacs are told the probability that there is an error,
λ·(1 − 4⁻ᵏ). Qubit 0 is the least significant bit of a basis state.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from adapters import SEED
from cases import MISREADING
from templates import Template


class NoisePeer(ABC):
    """One simulator in one process."""

    precisions: tuple[str, ...] = ("single", "double")
    settings: dict[str, tuple[str, ...]]  # by work, the likely best first

    def __init__(self, precision: str, threads: int) -> None:
        self.precision, self.threads = precision, threads

    @abstractmethod
    def load(self, template: Template, rows: np.ndarray, work: str, setting: str, rate: float) -> None:
        """Builds the circuit, of the first row where there is but one; not timed."""

    @abstractmethod
    def run(self, amount: int):
        """Runs so many shots, or so many rows; what the peer gives."""

    @abstractmethod
    def read(self, found) -> np.ndarray:
        """Of what a run gave the basis states of the shots, or rows × values."""


def z_signs(qubit_count: int) -> np.ndarray:
    """The eigenvalues of all strings of Z but the identity in each basis state, a row a state."""
    states = np.arange(1 << qubit_count)
    return 1.0 - 2.0 * (np.bitwise_count(states[:, None] & states[None, 1:]) % 2)


class Aer(NoisePeer):
    """Qiskit Aer with a noise model.

    `branching` lets shots share a state until their draws part them, `parallel` runs several shots or circuits at a time; values are
    products of saved probabilities (`probs`) or are saved one by one (`expval`); `runtime` binds parameters in C++.
    """

    settings = {
        "density": ("plain",),
        "trajectories": ("branching", "plain", "branching, parallel", "parallel"),
        "noisy-values": ("probs, runtime, parallel", "probs, parallel", "probs", "expval, parallel", "expval"),
    }

    def load(self, template: Template, rows: np.ndarray, work: str, setting: str, rate: float) -> None:
        from qiskit import QuantumCircuit
        from qiskit.circuit import ParameterVector
        from qiskit_aer import AerSimulator

        self.template, self.rows, self.work, self.setting = template, rows, work, setting
        n = template.qubit_count
        self.parameters = ParameterVector("p", template.parameter_count)
        angles = self.parameters if work == "noisy-values" else rows[0]
        self.circuit = QuantumCircuit(n)
        for step in template.steps:
            getattr(self.circuit, step.name)(*(angles[place] for place in step.parameters), *step.qubits)
        self.ask(n)
        parallel = {"max_parallel_experiments" if work == "noisy-values" else "max_parallel_shots": self.threads}
        self.simulator = AerSimulator(
            method="statevector" if work == "trajectories" else "density_matrix", precision=self.precision,
            noise_model=self.noise(rate), seed_simulator=SEED, max_parallel_threads=self.threads,
            **(parallel if "parallel" in setting else {}),
            **({"shot_branching_enable": True} if "branching" in setting else {}),
            **({"runtime_parameter_bind_enable": True} if "runtime" in setting else {}),
        )  # fmt: skip

    def ask(self, n: int) -> None:
        """Appends what is asked for."""
        from qiskit.quantum_info import Pauli

        if self.work != "noisy-values":
            self.circuit.measure_all()
        elif self.setting.startswith("probs"):
            self.circuit.save_probabilities(label="p")
        else:
            for mask in range(1, 1 << n):
                label = "".join("Z" if mask >> qubit & 1 else "I" for qubit in reversed(range(n)))
                self.circuit.save_expectation_value(Pauli(label), range(n), label=str(mask))

    def noise(self, rate: float):
        from qiskit_aer.noise import NoiseModel, ReadoutError, depolarizing_error

        model = NoiseModel()
        model.add_all_qubit_quantum_error(depolarizing_error(rate, 1), ["u"])
        model.add_all_qubit_quantum_error(depolarizing_error(rate, 2), ["cx"])
        if self.work == "density":
            model.add_all_qubit_readout_error(ReadoutError(MISREADING))
        return model

    def run(self, amount: int):
        if self.work == "noisy-values":
            binds = {parameter: column for parameter, column in zip(self.parameters, self.rows[:amount].T.tolist())}
            result = self.simulator.run(self.circuit, parameter_binds=[binds], shots=1).result()
        else:
            result = self.simulator.run(self.circuit, shots=amount).result()
        if not result.success:
            raise RuntimeError(result.status)
        return result

    def read(self, found) -> np.ndarray:
        data = [experiment.data for experiment in found.results]
        if self.work != "noisy-values":
            counts = data[0].counts
            return np.repeat([int(state, 16) for state in counts], list(counts.values()))
        if self.setting.startswith("probs"):
            return np.array([row.p for row in data]) @ z_signs(self.template.qubit_count)
        return np.array([[getattr(row, str(mask)) for mask in range(1, 1 << self.template.qubit_count)] for row in data])


class Qsim(NoisePeer):
    """qsim; single precision only. It draws a trajectory for each shot, gates fused within it."""

    precisions = ("single",)
    settings = {"trajectories": ("fuse 2", "fuse 3", "fuse 4")}

    def load(self, template: Template, rows: np.ndarray, work: str, setting: str, rate: float) -> None:
        import cirq
        import qsimcirq

        qubits = cirq.LineQubit.range(template.qubit_count)
        self.circuit = cirq.Circuit()
        for step in template.steps:
            on = [qubits[qubit] for qubit in step.qubits]
            if step.name == "u":
                theta, phi, lam = (rows[0][place] for place in step.parameters)
                gates = cirq.Circuit(cirq.rz(lam)(on[0]), cirq.ry(theta)(on[0]), cirq.rz(phi)(on[0]))
                self.circuit.append(cirq.MatrixGate(cirq.unitary(gates))(*on))
            else:
                self.circuit.append(cirq.CNOT(*on))
            self.circuit.append(cirq.depolarize(rate * (1 - 4.0 ** -len(on)), n_qubits=len(on))(*on))
        self.circuit.append(cirq.measure(*reversed(qubits), key="all"))
        fused = int(setting.split()[1])
        self.simulator = qsimcirq.QSimSimulator(qsimcirq.QSimOptions(max_fused_gate_size=fused, cpu_threads=self.threads), seed=SEED)

    def run(self, amount: int):
        return self.simulator.run(self.circuit, repetitions=amount)

    def read(self, found) -> np.ndarray:
        bits = found.measurements["all"].astype(np.int64)
        return bits @ (1 << np.arange(bits.shape[1])[::-1])


class Qulacs(NoisePeer):
    """Qulacs's NoiseSimulator, in which shots of the same errors share a state; double precision only."""

    precisions = ("double",)
    settings = {"trajectories": ("NoiseSimulator",)}

    def load(self, template: Template, rows: np.ndarray, work: str, setting: str, rate: float) -> None:
        from qulacs import NoiseSimulator, QuantumCircuit, QuantumState
        from qulacs.gate import CNOT, U3

        self.circuit = QuantumCircuit(template.qubit_count)
        for step in template.steps:
            gate = U3(*step.qubits, *(rows[0][place] for place in step.parameters)) if step.name == "u" else CNOT(*step.qubits)
            self.circuit.add_noise_gate(gate, "Depolarizing", rate * (1 - 4.0 ** -len(step.qubits)))
        self.state = QuantumState(template.qubit_count)
        self.simulator = NoiseSimulator(self.circuit, self.state)

    def run(self, amount: int):
        return self.simulator.execute(amount)

    def read(self, found) -> np.ndarray:
        return np.array(found)


PEERS: dict[str, type[NoisePeer]] = {"aer": Aer, "qsim": Qsim, "qulacs": Qulacs}
