"""The peers: how each is handed a circuit, and what exactly is timed of it.

All times are of a circuit from |0…0⟩ to its full state. In them, for every peer: memory for the state, gate fusion or whatever else the
peer does to a circuit before it runs it, and the evolution. Not in them: reading the circuit, turning it into the peer's own objects,
and giving the memory back. What is peculiar to a peer its class says.

Qubit 0 is the least significant bit of every state, basis state and Pauli label that leaves an adapter.
"""

from __future__ import annotations

import ctypes
import math
import os
import time
from abc import ABC, abstractmethod
from collections.abc import Callable

import numpy as np

from circuits import Circuit, build
from timing import timed

DTYPES = {"single": np.complex64, "double": np.complex128}
SEED = 7


class Unsupported(Exception):
    """The peer does not do what was asked."""


class Peer(ABC):
    """One simulator in one process."""

    precisions: tuple[str, ...] = ("single", "double")
    settings: tuple[str, ...] = ("default",)
    reading_setting = "default"  # at which the state is made that is sampled or observed
    works: tuple[str, ...] = ("evolution", "sampling", "paulis")

    def __init__(self, precision: str, threads: int) -> None:
        self.precision, self.threads = precision, threads

    @abstractmethod
    def load(self, circuit: Circuit, setting: str) -> None:
        """Turns a circuit into the peer's own form; not timed."""

    @abstractmethod
    def evolve(self) -> float:
        """Runs the circuit once from nothing; the seconds that count."""

    @abstractmethod
    def state(self) -> np.ndarray:
        """All amplitudes of the circuit's state."""

    def sample(self, shots: int) -> tuple[float, np.ndarray]:
        """Draws basis states of the final state: the seconds without the evolution, and the states."""
        raise Unsupported("sampling is not measured")

    def load_paulis(self, labels: list[str]) -> None:
        """Turns Pauli labels into the peer's own form; not timed."""
        raise Unsupported("expectation values are not measured")

    def expectations(self) -> tuple[float, list[float]]:
        """The expectation value of each string that was loaded: the seconds without the evolution, and the values."""
        raise Unsupported("expectation values are not measured")

    def warm_up(self) -> None:
        """What has to be compiled once a process."""


def u3_matrix(theta: float, phi: float, lam: float) -> np.ndarray:
    """As qelib1.inc has it up to the global phase."""
    cosine, sine = math.cos(theta / 2), math.sin(theta / 2)
    return np.array(
        [[cosine, -np.exp(1j * lam) * sine], [np.exp(1j * phi) * sine, np.exp(1j * (phi + lam)) * cosine]], dtype=complex
    )


def letters(label: str) -> list[tuple[int, str]]:
    """Qubits and letters of a Pauli label without its identities; the last letter is qubit 0's."""
    return [(qubit, letter) for qubit, letter in enumerate(reversed(label)) if letter != "I"]


def bits_reversed(state: np.ndarray) -> np.ndarray:
    """The same state with qubit 0 as least significant bit, from one that has it as most significant."""
    n = len(state).bit_length() - 1
    return state.reshape([2] * n).transpose(range(n)[::-1]).ravel()


def from_bits(bits: np.ndarray) -> np.ndarray:
    """Basis states from rows of bits, qubit 0 first."""
    return bits.astype(np.int64) @ (1 << np.arange(bits.shape[1], dtype=np.int64))


class Qsim(Peer):
    """qsim; single precision only.

    Timed is the C++ function behind `QSimSimulator`, on a circuit translated before, asked for one amplitude. Sampling and
    expectation values come with an evolution of their own, whose median is taken off.
    """

    precisions = ("single",)
    settings = ("fuse 2", "fuse 3", "fuse 4", "fuse 5")
    reading_setting = "fuse 3"

    def load(self, circuit: Circuit, setting: str) -> None:
        import cirq
        import qsimcirq

        self.qubits = cirq.LineQubit.range(circuit.qubit_count)
        named = {"h": cirq.H, "x": cirq.X, "cx": cirq.CNOT, "cz": cirq.CZ, "swap": cirq.SWAP, "ccx": cirq.CCX}
        rotations = {"rx": cirq.rx, "ry": cirq.ry, "rz": cirq.rz}

        def converted(name, angles):
            if name in named:
                return named[name]
            if name in rotations:
                return rotations[name](*angles)
            if name == "cu1":
                return cirq.CZPowGate(exponent=angles[0] / math.pi)
            if name == "rzz":
                return cirq.ZZPowGate(exponent=angles[0] / math.pi, global_shift=-0.5)
            return cirq.MatrixGate(u3_matrix(*angles))

        steps = [converted(step.name, step.angles).on(*(self.qubits[q] for q in step.qubits)) for step in circuit.gates]
        self.circuit = cirq.Circuit(steps)
        options = qsimcirq.QSimOptions(
            max_fused_gate_size=int(setting.split()[1]), cpu_threads=self.threads, denormals_are_zeros=True
        )
        self.simulator = qsimcirq.QSimSimulator(options)
        self.options = dict(self.simulator.qsim_options, i="0" * circuit.qubit_count + "\n", s=SEED)
        translated = self.simulator._translate_circuit(qsimcirq.QSimCircuit(self.circuit), "translate_cirq_to_qsim", self.qubits)
        self.options["c"] = translated[0]
        self.module = self.simulator._sim_module
        self.evolution_seconds: list[float] = []

    def evolve(self) -> float:
        return timed(lambda: self.module.qsim_simulate(self.options))[0]

    def state(self) -> np.ndarray:
        return bits_reversed(np.asarray(self.simulator.simulate(self.circuit, qubit_order=self.qubits).final_state_vector))

    def without_evolution(self, body: Callable):
        self.evolution_seconds.append(self.evolve())
        seconds, result = timed(body)
        return seconds - float(np.median(self.evolution_seconds)), result

    def sample(self, shots: int) -> tuple[float, np.ndarray]:
        seconds, states = self.without_evolution(lambda: self.module.qsim_sample_final(self.options, shots))
        n = len(self.qubits)
        return seconds, np.array([int(format(state, f"0{n}b")[::-1], 2) for state in states])

    def load_paulis(self, labels: list[str]) -> None:
        import cirq
        from qsimcirq import qsim
        from qsimcirq.qsim_circuit import add_op_to_opstring

        places = {qubit: index for index, qubit in enumerate(reversed(self.qubits))}
        paulis = {"X": cirq.X, "Y": cirq.Y, "Z": cirq.Z}
        self.strings = []
        for label in labels:
            string = qsim.OpString()
            string.weight = 1
            for qubit, letter in letters(label):
                add_op_to_opstring(paulis[letter](self.qubits[qubit]), places, string)
            self.strings.append(([string], len(letters(label))))

    def expectations(self) -> tuple[float, list[float]]:
        options = {key: value for key, value in self.options.items() if key != "i"}
        seconds, values = self.without_evolution(
            lambda: self.module.qsim_simulate_expectation_values(options, self.strings, 0)
        )
        return seconds, [value.real for value in values]


class Aer(Peer):
    """Qiskit Aer's state vector method, without transpilation.

    Of the evolution, the time is the `time_taken` that Aer reports for the experiment, with one amplitude saved. Of sampling it is the
    `sample_measure_time` that it reports. Expectation values are saved one by one, and the median of evolutions is taken off.
    """

    settings = ("default", "fuse 2", "fuse 3", "fuse 4", "no fusion")

    def load(self, circuit: Circuit, setting: str) -> None:
        from qiskit import QuantumCircuit
        from qiskit.circuit.library import U3Gate
        from qiskit_aer import AerSimulator

        self.circuit = QuantumCircuit(circuit.qubit_count)
        for step in circuit.gates:
            if step.name == "u3":
                self.circuit.append(U3Gate(*step.angles), step.qubits)
            else:
                getattr(self.circuit, {"cu1": "cp"}.get(step.name, step.name))(*step.angles, *step.qubits)
        fusion = {"default": {}, "no fusion": {"fusion_enable": False}}
        self.simulator = AerSimulator(
            method="statevector", precision=self.precision, max_parallel_threads=self.threads, seed_simulator=SEED,
            **(fusion[setting] if setting in fusion else {"fusion_max_qubit": int(setting.split()[1])}),
        )  # fmt: skip
        self.timed_circuit = self.circuit.copy()
        self.timed_circuit.save_amplitudes([0])
        self.measured_circuit = self.circuit.measure_all(inplace=False)
        self.evolution_seconds: list[float] = []

    def run(self, circuit, shots: int = 1):
        result = self.simulator.run(circuit, shots=shots).result()
        if not result.success:
            raise RuntimeError(result.status)
        return result

    def evolve(self) -> float:
        return self.run(self.timed_circuit).results[0].time_taken

    def state(self) -> np.ndarray:
        circuit = self.circuit.copy()
        circuit.save_statevector()
        return np.asarray(self.run(circuit).get_statevector())

    def sample(self, shots: int) -> tuple[float, np.ndarray]:
        result = self.run(self.measured_circuit, shots)
        counts = result.results[0].data.counts
        states = np.repeat([int(state, 16) for state in counts], list(counts.values()))
        return result.results[0].metadata["sample_measure_time"], states

    def load_paulis(self, labels: list[str]) -> None:
        from qiskit.quantum_info import Pauli

        self.observed_circuit = self.circuit.copy()
        for index, label in enumerate(labels):
            self.observed_circuit.save_expectation_value(Pauli(label), range(len(label)), label=str(index))

    def expectations(self) -> tuple[float, list[float]]:
        self.evolution_seconds.append(self.evolve())
        result = self.run(self.observed_circuit)
        data = result.data()
        seconds = result.results[0].time_taken - float(np.median(self.evolution_seconds))
        return seconds, [data[str(index)] for index in range(len(data))]


class Qulacs(Peer):
    """Qulacs; double precision only. Its optimiser, memory for the state, and the evolution are timed."""

    precisions = ("double",)
    settings = ("no fusion", "light", "fuse 2", "fuse 3", "fuse 4", "fuse 5")
    reading_setting = "light"

    def load(self, circuit: Circuit, setting: str) -> None:
        from qulacs import QuantumCircuit, gate

        self.n, self.setting = circuit.qubit_count, setting
        self.circuit = QuantumCircuit(self.n)

        def phase(angle, control, target):
            matrix = gate.to_matrix_gate(gate.U1(target, angle))
            matrix.add_control_qubit(control, 1)
            return matrix

        def rotation(axis):  # Qulacs' rotations about one axis turn as ours, those about strings the other way round
            return lambda angle, qubit: getattr(gate, f"Rot{axis}")(qubit, angle)

        makers = {
            "h": gate.H, "x": gate.X, "cx": gate.CNOT, "cz": gate.CZ, "swap": gate.SWAP, "ccx": gate.TOFFOLI, "cu1": phase,
            "rx": rotation("X"), "ry": rotation("Y"), "rz": rotation("Z"),
            "u3": lambda theta, phi, lam, qubit: gate.U3(qubit, theta, phi, lam),
            "rzz": lambda angle, first, second: gate.PauliRotation([first, second], [3, 3], -angle),
        }  # fmt: skip
        for step in circuit.gates:
            self.circuit.add_gate(makers[step.name](*step.angles, *step.qubits))

    def evolve(self) -> float:
        from qulacs import QuantumState
        from qulacs.circuit import QuantumCircuitOptimizer

        circuit = self.circuit.copy()
        self.final_state = None
        start = time.perf_counter()
        if self.setting == "light":
            QuantumCircuitOptimizer().optimize_light(circuit)
        elif self.setting != "no fusion":
            QuantumCircuitOptimizer().optimize(circuit, int(self.setting.split()[1]))
        self.final_state = QuantumState(self.n)
        circuit.update_quantum_state(self.final_state)
        return time.perf_counter() - start

    def state(self) -> np.ndarray:
        self.evolve()
        return self.final_state.get_vector()

    def sample(self, shots: int) -> tuple[float, np.ndarray]:
        seconds, states = timed(lambda: self.final_state.sampling(shots))
        return seconds, np.array(states)

    def load_paulis(self, labels: list[str]) -> None:
        from qulacs import PauliOperator

        self.strings = [PauliOperator(" ".join(f"{letter} {qubit}" for qubit, letter in letters(label)), 1) for label in labels]

    def expectations(self) -> tuple[float, list[float]]:
        seconds, values = timed(lambda: [string.get_expectation_value(self.final_state) for string in self.strings])
        return seconds, [complex(value).real for value in values]


class Lightning(Peer):
    """PennyLane Lightning on the state vector class that its device uses; there is no fusion.

    A list of PennyLane operations is ready before. Its step through Python for each gate is inside the time, since it has no other way
    in; it shows below some 18 qubits.
    """

    module = "lightning_qubit"

    def load(self, circuit: Circuit, setting: str) -> None:
        import pennylane as qml

        named = {
            "h": qml.Hadamard, "x": qml.PauliX, "cx": qml.CNOT, "cz": qml.CZ, "swap": qml.SWAP, "ccx": qml.Toffoli, "rx": qml.RX,
            "ry": qml.RY, "rz": qml.RZ, "cu1": qml.ControlledPhaseShift, "rzz": qml.IsingZZ,
            "u3": lambda theta, phi, lam, wires: qml.Rot(lam, theta, phi, wires=wires),  # up to the global phase
        }  # fmt: skip
        self.n = circuit.qubit_count
        self.operations = [named[step.name](*step.angles, wires=list(step.qubits)) for step in circuit.gates]

    def vector(self):
        from pennylane_lightning.lightning_qubit._state_vector import LightningStateVector

        return LightningStateVector(num_wires=self.n, dtype=DTYPES[self.precision])

    def evolve(self) -> float:
        self.final_state = None
        start = time.perf_counter()
        self.final_state = self.vector()
        self.final_state.apply_operations(self.operations)
        return time.perf_counter() - start

    def state(self) -> np.ndarray:
        self.evolve()
        return bits_reversed(np.asarray(self.final_state.state))

    def measurements(self):
        import importlib

        name = {"single": "MeasurementsC64", "double": "MeasurementsC128"}[self.precision]
        module = importlib.import_module(f"pennylane_lightning.{self.module}_ops")
        return getattr(module, name)(self.final_state.state_vector)

    def sample(self, shots: int) -> tuple[float, np.ndarray]:
        measurements = self.measurements()
        seconds, bits = timed(lambda: measurements.generate_samples(self.n, shots))
        return seconds, from_bits(np.asarray(bits).reshape(shots, self.n))

    def load_paulis(self, labels: list[str]) -> None:
        from pennylane.pauli import string_to_pauli_word
        from pennylane_lightning.lightning_base._serialize import QuantumScriptSerializer

        serializer = QuantumScriptSerializer(self.module.replace("_", "."), self.precision == "single", False)
        self.strings = [serializer._ob(string_to_pauli_word(label[::-1])) for label in labels]

    def expectations(self) -> tuple[float, list[float]]:
        measurements = self.measurements()
        return timed(lambda: [measurements.expval(string) for string in self.strings])


class Kokkos(Lightning):
    """PennyLane Lightning Kokkos on OpenMP; as Lightning."""

    module = "lightning_kokkos"

    def vector(self):
        from pennylane_lightning.lightning_kokkos._state_vector import LightningKokkosStateVector

        return LightningKokkosStateVector(num_wires=self.n, dtype=DTYPES[self.precision])

    def load_paulis(self, labels: list[str]) -> None:
        self.strings = []
        for label in labels:
            word = letters(label)
            self.strings.append((["".join(letter for _, letter in word)], [[qubit for qubit, _ in word]], [1.0]))

    def expectations(self) -> tuple[float, list[float]]:
        measurements = self.measurements()
        return timed(lambda: [measurements.expval(*string) for string in self.strings])


class Qrack(Peer):
    """Qrack without OpenCL through pyqrack, gate by gate; single precision, as its wheel is built.

    `default` keeps its layers that look for structure, and is done when the whole state has been written out; `dense` has none of them
    and is done when one probability has been asked for.
    """

    precisions = ("single",)
    settings = ("default", "dense")
    works = ("evolution", "sampling")

    def __init__(self, precision: str, threads: int) -> None:
        super().__init__(precision, threads)
        os.environ["OCL_ICD_VENDORS"] = "/nonexistent"
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])  # it takes as many threads as it may

    def load(self, circuit: Circuit, setting: str) -> None:
        from pyqrack import Pauli, QrackSimulator
        from pyqrack.qrack_system import Qrack as system

        self.n, self.setting = circuit.qubit_count, setting
        self.make, self.library = QrackSimulator, system.qrack_lib
        axes = {"rx": Pauli.PauliX, "ry": Pauli.PauliY, "rz": Pauli.PauliZ}
        self.calls = []
        for step in circuit.gates:
            qubits, angles = list(step.qubits), step.angles
            match step.name:
                case "h" | "x":
                    self.calls.append((step.name, (qubits[0],)))
                case "rx" | "ry" | "rz":
                    self.calls.append(("r", (axes[step.name], angles[0], qubits[0])))
                case "u3":
                    self.calls.append(("mtrx", ([complex(entry) for entry in u3_matrix(*angles).ravel()], qubits[0])))
                case "cx" | "ccx":
                    self.calls.append(("mcx", (qubits[:-1], qubits[-1])))
                case "cz":
                    self.calls.append(("mcz", (qubits[:-1], qubits[-1])))
                case "cu1":
                    self.calls.append(("mcmtrx", ([qubits[0]], [1, 0, 0, complex(np.exp(1j * angles[0]))], qubits[1])))
                case "swap":
                    self.calls.append(("swap", tuple(qubits)))
                case "rzz":
                    flip = ("mcx", ([qubits[0]], qubits[1]))
                    self.calls += [flip, ("r", (Pauli.PauliZ, angles[0], qubits[1])), flip]

    def simulator(self):
        """The constructor of pyqrack has no way to ask for some of these layers only."""
        layers = self.setting == "default"
        simulator = self.make.__new__(self.make)
        simulator.sid = self.library.init_count_type(
            self.n, layers, False, layers, False, False, False, False, False, False, False, False
        )
        simulator.is_pure_stabilizer = False
        return simulator

    def evolve(self) -> float:
        self.final_state = None
        self.amplitudes = np.zeros(1 << self.n if self.setting == "default" else 0, np.complex64)
        start = time.perf_counter()
        simulator = self.simulator()
        for name, arguments in self.calls:
            getattr(simulator, name)(*arguments)
        if self.setting == "default":
            self.write_out(simulator)
        else:
            simulator.prob(0)
        seconds = time.perf_counter() - start
        self.final_state = simulator
        return seconds

    def write_out(self, simulator) -> None:
        self.library.OutKet(simulator.sid, self.amplitudes.ctypes.data_as(ctypes.POINTER(ctypes.c_float)))

    def state(self) -> np.ndarray:
        self.evolve()
        self.amplitudes = np.zeros(1 << self.n, np.complex64)
        self.write_out(self.final_state)
        return self.amplitudes

    def sample(self, shots: int) -> tuple[float, np.ndarray]:
        seconds, states = timed(lambda: self.final_state.measure_shots(list(range(self.n)), shots))
        return seconds, np.array(states)


class Qibojit(Peer):
    """Qibo with qibojit's kernels (numba). Its fusion is timed, and so is the result object.

    Sampling is its exact one, from the probabilities of all basis states; Qibo itself takes a Markov chain, whose shots depend on each
    other, for this many.
    """

    settings = ("no fusion", "fuse 2", "fuse 3", "fuse 4")
    reading_setting = "fuse 2"
    works = ("evolution", "sampling")

    def __init__(self, precision: str, threads: int) -> None:
        super().__init__(precision, threads)
        import qibo

        qibo.set_backend("qibojit", platform="numba")
        qibo.set_threads(threads)
        qibo.set_dtype({"single": "complex64", "double": "complex128"}[precision])
        self.backend = qibo.get_backend()

    def load(self, circuit: Circuit, setting: str) -> None:
        import qibo
        from qibo import gates

        named = {
            "h": gates.H, "x": gates.X, "cx": gates.CNOT, "cz": gates.CZ, "swap": gates.SWAP, "ccx": gates.TOFFOLI, "rx": gates.RX,
            "ry": gates.RY, "rz": gates.RZ, "u3": gates.U3, "cu1": gates.CU1, "rzz": gates.RZZ,
        }  # fmt: skip
        self.n, self.setting = circuit.qubit_count, setting
        self.circuit = qibo.Circuit(self.n)
        for step in circuit.gates:
            self.circuit.add(named[step.name](*step.qubits, *step.angles))

    def evolve(self) -> float:
        self.final_state = self.circuit._final_state = None
        start = time.perf_counter()
        circuit = self.circuit if self.setting == "no fusion" else self.circuit.fuse(max_qubits=int(self.setting.split()[1]))
        self.final_state = circuit()
        seconds = time.perf_counter() - start
        circuit._final_state = None
        return seconds

    def state(self) -> np.ndarray:
        self.evolve()
        return bits_reversed(np.asarray(self.final_state.state()))

    def sample(self, shots: int) -> tuple[float, np.ndarray]:
        def draw():
            probabilities = self.backend.calculate_probabilities(self.final_state.state(), list(range(self.n)), self.n)
            return self.backend.sample_shots(probabilities, shots)

        seconds, states = timed(draw)
        bits = self.backend.samples_to_binary(states, self.n)
        return seconds, from_bits(np.asarray(bits))

    def warm_up(self) -> None:
        for setting in self.settings:
            for family in ("qft", "grid", "hea", "tfim", "adder"):
                self.load(build(family, 8), setting)
                self.evolve()


PEERS: dict[str, type[Peer]] = {
    "qsim": Qsim, "aer": Aer, "qulacs": Qulacs, "lightning": Lightning, "kokkos": Kokkos, "qrack": Qrack, "qibojit": Qibojit,
}  # fmt: skip
