"""The peers on batches: how each takes one template with many rows of parameters, at each of its settings.

Timed is the whole call: from the rows, an array of NumPy, to the results as one. Binding the parameters, running and reading are in it;
building the template in the peer's own form and compiling it are not. Results are

    values    rows × qubits: ⟨Z⟩ of every qubit
    gradient  rows × parameters: the derivatives of the sum of all ⟨Z⟩
    samples   rows × basis states: how often each was drawn

A setting that ends with `, split` runs in as many processes as there are cores, on one thread each (`pool.py`): so are peers used that
take one circuit after the other. The others have all threads.

Qubit 0 is the least significant bit of a basis state.
"""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from collections.abc import Callable

import numpy as np

from adapters import DTYPES, SEED
from batch_reference import signs
from templates import Template

SPLIT = ", split"
REALS = {"single": np.float32, "double": np.float64}
BLOCK_STATES = 1 << 16  # basis states of the rows whose results are made at a time


class BatchPeer(ABC):
    """One simulator in one process."""

    precisions: tuple[str, ...] = ("single", "double")
    settings: dict[str, tuple[str, ...]]  # by work, the likely best first
    most_qubits: dict[str, int] = {}  # by work; on more, the peer is left out
    least_rows = 1  # a call with fewer takes as long; known once a template is loaded

    def __init__(self, precision: str, threads: int) -> None:
        self.precision, self.threads = precision, threads

    @abstractmethod
    def load(self, template: Template, work: str, setting: str, shots: int, row_count: int) -> None:
        """Builds a template in the peer's own form, for batches of up to so many rows; not timed."""

    @abstractmethod
    def run(self, rows: np.ndarray) -> np.ndarray:
        """The results of all rows."""


def values_in_blocks(rows: list, copy: Callable, qubit_signs: np.ndarray, dtype: type) -> np.ndarray:
    """⟨Z⟩ of every qubit from what `copy` writes of each row: amplitudes if they are complex, or probabilities.

    As many rows at a time as stay in the cache.
    """
    height = max(1, BLOCK_STATES // len(qubit_signs))
    block = np.empty((height, len(qubit_signs)), dtype)
    is_state = np.iscomplexobj(block)
    numbers = block.view(block.real.dtype)
    weights = np.repeat(qubit_signs, 2 if is_state else 1, axis=0).astype(numbers.dtype)
    found = np.empty((len(rows), weights.shape[1]))
    for start in range(0, len(rows), height):
        part = rows[start : start + height]
        for row, out in zip(part, block):
            copy(row, out)
        filled = numbers[: len(part)]
        found[start : start + height] = (filled * filled if is_state else filled) @ weights
    return found


class Lightning(BatchPeer):
    """PennyLane Lightning.

    The classes in C++ under its device are driven row by row, gate by gate: not what its manual shows, but many times as fast. `states`
    and `probs` copy out the amplitudes or the probabilities of a row, and ⟨Z⟩ is made of them for a block of rows at a time, which takes
    less than a call of `expval` for each qubit. `QNode` is what the manual shows, with all rows broadcast; `device` calls the device's
    `compute_derivatives` without a QNode around it.
    """

    settings = {
        "values": ("states, split", "probs, split", "QNode"),
        "gradient": ("C++, split", "C++", "device"),
        "samples": ("C++, split",),
    }

    def load(self, template: Template, work: str, setting: str, shots: int, row_count: int) -> None:
        import pennylane_lightning.lightning_qubit_ops as ops

        self.template, self.work, self.setting, self.shots = template, work, setting, shots
        n, suffix = template.qubit_count, {"single": "C64", "double": "C128"}[self.precision]
        self.state = getattr(ops, f"StateVector{suffix}")(n)
        self.measurements = getattr(ops, f"Measurements{suffix}")(self.state)
        self.load_calls()
        self.signs = signs(n)[::-1].T  # wire 0 is the most significant bit
        self.weights = 1 << np.arange(n, dtype=np.uint64)
        if work == "gradient":
            self.load_gradient(ops, suffix)
        elif setting == "QNode":
            self.load_node()

    def load_calls(self) -> None:
        """Bound methods in the order of the gates; each takes the next angles of a row whose columns are in that order."""
        methods = {"ry": "RY", "cx": "CNOT", "u": "Rot", "cz": "CZ", "rzz": "IsingZZ"}
        self.names = [methods[step.name] for step in self.template.steps]
        self.wires = [list(step.qubits) for step in self.template.steps]
        self.calls, self.sources = [], []
        for step, name, wires in zip(self.template.steps, self.names, self.wires):
            start = len(self.sources)
            # Rot(φ, θ, ω) turns by φ about Z first; U(θ, φ, λ) does so by λ.
            self.sources += [step.parameters[place] for place in (2, 0, 1)] if step.name == "u" else step.parameters
            call = functools.partial(getattr(self.state, name), wires, False)
            self.calls.append((call, slice(start, len(self.sources))))

    def load_gradient(self, ops, suffix: str) -> None:
        n, count = self.template.qubit_count, len(self.template.steps)
        named = [getattr(ops.observables, f"NamedObs{suffix}")("PauliZ", [wire]) for wire in range(n)]
        self.sum = getattr(ops.observables, f"Hamiltonian{suffix}")([1.0] * n, named)
        self.jacobian = getattr(ops.algorithms, f"AdjointJacobian{suffix}")()
        self.make_list = getattr(ops.algorithms, f"create_ops_list{suffix}")
        # Of every gate: whether it is inverted, a matrix of its own, controls and their values.
        self.rest = ([False] * count, [np.array([])] * count, [[]] * count, [[]] * count)
        if self.setting == "device":
            import pennylane as qml

            self.device = qml.device("lightning.qubit", wires=n, c_dtype=DTYPES[self.precision])
            self.configuration = self.device.setup_execution_config(qml.devices.ExecutionConfig(gradient_method="adjoint"))
            self.observed = [qml.expval(qml.Hamiltonian([1.0] * n, [qml.Z(wire) for wire in range(n)]))]

    def load_node(self) -> None:
        import pennylane as qml

        device = qml.device("lightning.qubit", wires=self.template.qubit_count, c_dtype=DTYPES[self.precision])

        def circuit(rows):
            self.operations(rows.T)
            return [qml.expval(qml.Z(wire)) for wire in range(self.template.qubit_count)]

        self.node = qml.QNode(circuit, device, diff_method=None)

    def operations(self, angles) -> list:
        """The gates as PennyLane has them, of a row or of all rows' columns."""
        import pennylane as qml

        named = {"RY": qml.RY, "CNOT": qml.CNOT, "Rot": qml.Rot, "CZ": qml.CZ, "IsingZZ": qml.IsingZZ}
        ordered = [angles[source] for source in self.sources]
        return [named[name](*ordered[part], wires=wires) for name, wires, (_, part) in zip(self.names, self.wires, self.calls)]

    def run(self, rows: np.ndarray) -> np.ndarray:
        if self.setting == "QNode":
            return np.array(self.node(rows)).T
        if self.setting == "device":
            return np.array([self.device_gradient(row) for row in rows])
        ordered = rows[:, self.sources].tolist()
        if self.work == "values":
            return self.values(ordered)
        read = {"gradient": self.gradient, "samples": self.counts}[self.work]
        return np.array([read(row) for row in ordered])

    def values(self, rows: list[list[float]]) -> np.ndarray:
        if self.setting == "states":
            return values_in_blocks(rows, self.copy_state, self.signs, DTYPES[self.precision])
        return values_in_blocks(rows, self.copy_probabilities, self.signs, REALS[self.precision])

    def copy_state(self, row: list[float], out: np.ndarray) -> None:
        self.evolve(row)
        self.state.getState(out)

    def copy_probabilities(self, row: list[float], out: np.ndarray) -> None:
        self.evolve(row)
        out[:] = self.measurements.probs()

    def evolve(self, row: list[float]) -> None:
        self.state.resetStateVector()
        for call, angles in self.calls:
            call(row[angles])

    def counts(self, row: list[float]) -> np.ndarray:
        self.evolve(row)
        bits = self.measurements.generate_samples(self.template.qubit_count, self.shots)
        return np.bincount(bits.reshape(self.shots, -1) @ self.weights, minlength=len(self.signs))

    def gradient(self, row: list[float]) -> np.ndarray:
        self.evolve(row)
        inverted, matrices, controls, control_values = self.rest
        angles = [row[part] for _, part in self.calls]
        operations = self.make_list(self.names, angles, self.wires, inverted, matrices, controls, control_values)
        found = np.empty(len(row))
        found[self.sources] = np.ravel(self.jacobian(self.state, [self.sum], operations, list(range(len(row)))))
        return found

    def device_gradient(self, row: np.ndarray) -> np.ndarray:
        import pennylane as qml

        tape = qml.tape.QuantumScript(self.operations(row), self.observed, trainable_params=list(range(len(row))))
        return np.array(self.device.compute_derivatives(tape, self.configuration))


class Qulacs(BatchPeer):
    """Qulacs; double precision only.

    `parametric` sets the parameters of one circuit, in which U is three rotations; `rebuilt` makes a circuit a row, in which U is one
    gate. Gradients are its backpropagation.
    """

    precisions = ("double",)
    settings = {
        "values": ("parametric, split", "rebuilt, split"),
        "gradient": ("parametric, split", "parametric"),
        "samples": ("parametric, split", "rebuilt, split"),
    }

    def load(self, template: Template, work: str, setting: str, shots: int, row_count: int) -> None:
        from qulacs import Observable, QuantumState

        self.template, self.work, self.setting, self.shots = template, work, setting, shots
        self.state = QuantumState(template.qubit_count)
        self.signs = signs(template.qubit_count).T
        self.sum = Observable(template.qubit_count)
        for qubit in range(template.qubit_count):
            self.sum.add_operator(1.0, f"Z {qubit}")
        if setting == "parametric":
            self.load_parametric()

    def load_parametric(self) -> None:
        """Its parametric rotations turn the other way round."""
        from qulacs import ParametricQuantumCircuit

        circuit, self.sources = ParametricQuantumCircuit(self.template.qubit_count), []
        for step in self.template.steps:
            match step.name:
                case "ry":
                    circuit.add_parametric_RY_gate(*step.qubits, 0.0)
                    self.sources += step.parameters
                case "u":
                    theta, phi, lam = step.parameters
                    circuit.add_parametric_RZ_gate(*step.qubits, 0.0)
                    circuit.add_parametric_RY_gate(*step.qubits, 0.0)
                    circuit.add_parametric_RZ_gate(*step.qubits, 0.0)
                    self.sources += [lam, theta, phi]
                case "rzz":
                    circuit.add_parametric_multi_Pauli_rotation_gate(list(step.qubits), [3, 3], 0.0)
                    self.sources += step.parameters
                case "cx":
                    circuit.add_CNOT_gate(*step.qubits)
                case "cz":
                    circuit.add_CZ_gate(*step.qubits)
        self.circuit = circuit

    def run(self, rows: np.ndarray) -> np.ndarray:
        ordered = rows.tolist() if self.setting == "rebuilt" else (-rows[:, self.sources]).tolist()
        if self.work == "values":
            return values_in_blocks(ordered, self.copy_state, self.signs, np.complex128)
        read = {"gradient": self.gradient, "samples": self.counts}[self.work]
        return np.array([read(row) for row in ordered])

    def circuit_of(self, row: list[float]):
        return self.rebuilt(row) if self.setting == "rebuilt" else self.bound(row)

    def bound(self, row: list[float]):
        set_parameter = self.circuit.set_parameter
        for index, angle in enumerate(row):
            set_parameter(index, angle)
        return self.circuit

    def rebuilt(self, row: list[float]):
        from qulacs import QuantumCircuit

        circuit = QuantumCircuit(self.template.qubit_count)
        for step in self.template.steps:
            angles = [row[place] for place in step.parameters]
            match step.name:
                case "ry":
                    circuit.add_RotY_gate(*step.qubits, *angles)
                case "u":
                    circuit.add_U3_gate(*step.qubits, *angles)
                case "rzz":
                    circuit.add_multi_Pauli_rotation_gate(list(step.qubits), [3, 3], -angles[0])
                case "cx":
                    circuit.add_CNOT_gate(*step.qubits)
                case "cz":
                    circuit.add_CZ_gate(*step.qubits)
        return circuit

    def copy_state(self, row: list[float], out: np.ndarray) -> None:
        self.evolve(row)
        out[:] = self.state.get_vector()

    def gradient(self, row: list[float]) -> np.ndarray:
        found = np.zeros(self.template.parameter_count)
        found[self.sources] = self.circuit_of(row).backprop(self.sum)
        return -found

    def counts(self, row: list[float]) -> np.ndarray:
        self.evolve(row)
        return np.bincount(self.state.sampling(self.shots), minlength=len(self.signs))

    def evolve(self, row: list[float]) -> None:
        self.state.set_zero_state()
        self.circuit_of(row).update_quantum_state(self.state)


class Aer(BatchPeer):
    """Qiskit Aer: one `run` with all rows as `parameter_binds`.

    `runtime` binds the parameters in C++ (`runtime_parameter_bind_enable`), `parallel` runs as many circuits at a time as there are
    threads (`max_parallel_experiments`). The values are saved one by one, or are products of the saved probabilities.
    """

    settings = {
        "values": tuple(
            f"{reading}{runtime}{parallel}"
            for runtime in (", runtime", "")
            for parallel in (SPLIT, ", parallel", "")
            for reading in ("probs", "expval")
        ),
        "samples": ("runtime, split", "plain, split", "runtime, parallel", "runtime", "parallel", "plain"),
    }  # fmt: skip

    def load(self, template: Template, work: str, setting: str, shots: int, row_count: int) -> None:
        from qiskit import QuantumCircuit
        from qiskit.circuit import ParameterVector
        from qiskit.quantum_info import Pauli
        from qiskit_aer import AerSimulator

        self.template, self.work, self.setting, self.shots = template, work, setting, shots
        n = template.qubit_count
        self.parameters = ParameterVector("p", template.parameter_count)
        self.circuit = QuantumCircuit(n)
        for step in template.steps:
            getattr(self.circuit, step.name)(*(self.parameters[place] for place in step.parameters), *step.qubits)
        if work == "samples":
            self.circuit.measure_all()
        elif setting.startswith("probs"):
            self.circuit.save_probabilities(label="p")
        else:
            for qubit in range(n):
                self.circuit.save_expectation_value(Pauli("Z"), [qubit], label=str(qubit))
        self.simulator = AerSimulator(
            method="statevector", precision=self.precision, max_parallel_threads=self.threads, seed_simulator=SEED,
            max_parallel_experiments=self.threads if "parallel" in setting else 1,
            runtime_parameter_bind_enable="runtime" in setting,
        )  # fmt: skip
        self.signs = signs(n).T.copy()

    def run(self, rows: np.ndarray) -> np.ndarray:
        binds = {parameter: column for parameter, column in zip(self.parameters, rows.T.tolist())}
        result = self.simulator.run(self.circuit, parameter_binds=[binds], shots=self.shots or 1).result()
        if not result.success:
            raise RuntimeError(result.status)
        data = [experiment.data for experiment in result.results]
        if self.work == "samples":
            return np.array([self.counted(found.counts) for found in data])
        if self.setting.startswith("probs"):
            return np.array([found.p for found in data]) @ self.signs
        qubits = [str(qubit) for qubit in range(self.template.qubit_count)]
        return np.array([[getattr(found, qubit) for qubit in qubits] for found in data])

    def counted(self, counts: dict[str, int]) -> np.ndarray:
        found = np.zeros(1 << self.template.qubit_count, int)
        for state, count in counts.items():
            found[int(state, 16)] = count
        return found


class Qsim(BatchPeer):
    """qsim; single precision only. Cirq resolves each row's parameters, and qsim runs the circuit that comes of it."""

    precisions = ("single",)
    settings = {"values": ("sweep, split", "sweep"), "samples": ("sweep, split",)}

    def load(self, template: Template, work: str, setting: str, shots: int, row_count: int) -> None:
        import cirq
        import qsimcirq
        import sympy

        self.template, self.work, self.shots = template, work, shots
        self.qubits = cirq.LineQubit.range(template.qubit_count)
        self.names = [f"p{index}" for index in range(template.parameter_count)]
        symbols = sympy.symbols(self.names)
        self.circuit = cirq.Circuit()
        for step in template.steps:
            qubits = [self.qubits[qubit] for qubit in step.qubits]
            angles = [symbols[place] for place in step.parameters]
            match step.name:
                case "ry":
                    self.circuit.append(cirq.ry(*angles).on(*qubits))
                case "u":
                    theta, phi, lam = angles
                    self.circuit.append([cirq.rz(lam).on(*qubits), cirq.ry(theta).on(*qubits), cirq.rz(phi).on(*qubits)])
                case "rzz":
                    self.circuit.append(cirq.ZZPowGate(exponent=angles[0] / sympy.pi, global_shift=-0.5).on(*qubits))
                case "cx":
                    self.circuit.append(cirq.CNOT(*qubits))
                case "cz":
                    self.circuit.append(cirq.CZ(*qubits))
        if work == "samples":
            self.circuit.append(cirq.measure(*reversed(self.qubits), key="all"))
        self.observables = [1.0 * cirq.Z(qubit) for qubit in self.qubits]
        self.resolver = cirq.ParamResolver
        options = qsimcirq.QSimOptions(max_fused_gate_size=3, cpu_threads=self.threads, denormals_are_zeros=True)
        self.simulator = qsimcirq.QSimSimulator(options)

    def run(self, rows: np.ndarray) -> np.ndarray:
        resolvers = [self.resolver(dict(zip(self.names, row))) for row in rows.tolist()]
        if self.work == "values":
            return np.real(self.simulator.simulate_expectation_values_sweep(self.circuit, self.observables, resolvers, self.qubits))
        drawn = self.simulator.run_sweep(self.circuit, resolvers, self.shots)
        weights, states = 1 << np.arange(len(self.qubits))[::-1], 1 << len(self.qubits)
        return np.array([np.bincount(result.measurements["all"] @ weights, minlength=states) for result in drawn])


class TensorCircuit(BatchPeer):
    """TensorCircuit on JAX: the circuit as one function of a row, mapped over rows and compiled for so many of them at a time.

    `vmap 2^14` takes as many rows as have 2^14 amplitudes. Gradients on 12 qubits take half a minute to compile, and come at a fifteenth of
    the best peer's rate then.
    """

    settings = {"values": ("vmap 2^18", "vmap 2^14"), "gradient": ("vmap 2^14", "vmap 2^18")}
    most_qubits = {"values": 14, "gradient": 10}

    def load(self, template: Template, work: str, setting: str, shots: int, row_count: int) -> None:
        import jax
        import jax.numpy as jnp
        import tensorcircuit as tc

        tc.set_backend("jax")
        tc.set_dtype({"single": "complex64", "double": "complex128"}[self.precision])
        n = template.qubit_count

        def values(row):
            circuit = tc.Circuit(n)
            for step in template.steps:
                angles = [row[place] for place in step.parameters]
                match step.name:
                    case "u":
                        circuit.u(*step.qubits, theta=angles[0], phi=angles[1], lbd=angles[2])
                    case "ry" | "rzz":
                        getattr(circuit, step.name)(*step.qubits, theta=angles[0])
                    case _:
                        getattr(circuit, step.name)(*step.qubits)
            state = circuit.state()
            probabilities = (jnp.real(state) ** 2 + jnp.imag(state) ** 2).reshape([2] * n)
            marginals = [probabilities.sum(axis=tuple(axis for axis in range(n) if axis != qubit)) for qubit in range(n)]
            return jnp.stack([marginal[0] - marginal[1] for marginal in marginals])

        body = values if work == "values" else jax.grad(lambda row: values(row).sum())
        self.function = jax.jit(jax.vmap(body))
        self.dtype = REALS[self.precision]
        amplitudes = 1 << int(setting.split("^")[1])
        self.least_rows = max(1, min(row_count, amplitudes >> n))

    def run(self, rows: np.ndarray) -> np.ndarray:
        size, rows = self.least_rows, rows.astype(self.dtype)
        padding = -len(rows) % size  # a part of another size would be compiled anew
        padded = np.concatenate([rows, np.zeros((padding, rows.shape[1]), self.dtype)]) if padding else rows
        parts = [self.function(padded[start : start + size]) for start in range(0, len(padded), size)]
        return np.concatenate([np.asarray(part) for part in parts])[: len(rows)]


PEERS: dict[str, type[BatchPeer]] = {
    "lightning": Lightning, "qulacs": Qulacs, "tensorcircuit": TensorCircuit, "aer": Aer, "qsim": Qsim,
}  # fmt: skip
