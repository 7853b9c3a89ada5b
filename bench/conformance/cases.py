"""The circuits of the conformance suite: MQT Bench's, random ones, dynamic ones, and OpenQASM files written by hand."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from qiskit import QuantumCircuit, qasm2, qasm3
from qiskit.circuit import ClassicalRegister, Parameter, QuantumRegister
from qiskit.circuit.classical import expr, types
from qiskit.circuit.random import random_circuit

HANDWRITTEN = Path(__file__).parent / "handwritten"


@dataclass(frozen=True)
class Case:
    """One circuit: how it is named, and how it is made when it is asked for."""

    name: str
    family: str
    size: int
    build: Callable[[], QuantumCircuit]
    source: Path | None = None  # a file written by hand; the others are exported


def all_cases() -> Iterator[Case]:
    """Every case of the suite, small families first."""
    yield from handwritten()
    yield from dynamic()
    yield from random_circuits()
    yield from mqt_bench()


# MQT Bench

# Many generators take only even sizes, odd ones, multiples of 4, or these plus 1.
SIZES = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 16, 17, 18, 19, 20)
NATIVE_GATE_SETS = ("ibm_falcon", "ionq_aria", "ionq_forte", "iqm", "quantinuum", "rigetti")


def mqt_bench() -> Iterator[Case]:
    """Every MQT Bench family: at the algorithm and the target-independent level at all sizes, at others at some."""
    from mqt.bench.benchmarks import get_available_benchmark_names

    for size in SIZES:
        for name in sorted(get_available_benchmark_names()):
            yield _benchmark(name, "alg", size)
            yield _benchmark(name, "indep", size)
            if size in (3, 5, 8, 13, 20):
                yield _benchmark(name, "native_ibm_falcon", size)
            if size == 4:
                for gates in NATIVE_GATE_SETS[1:]:
                    yield _benchmark(name, f"native_{gates}", size)
                yield _benchmark(name, "mapped_iqm_crystal_5", size)
            if size in (12, 17):
                yield _benchmark(name, "mapped_iqm_crystal_20", size)
    for size in (4, 6):
        yield Case(f"mqt_grover_for_loop_{size}", "mqt:grover", size, lambda size=size: _option("grover", size, for_loop=True))
        yield Case(f"mqt_qwalk_for_loop_{size}", "mqt:qwalk", size, lambda size=size: _option("qwalk", size, for_loop=True))
        yield Case(f"mqt_bv_dynamic_{size}", "mqt:bv", size, lambda size=size: _option("bv", size, dynamic=True))


def _option(name: str, size: int, **options) -> QuantumCircuit:
    from mqt.bench import get_benchmark_alg

    return get_benchmark_alg(name, size, **options)


def _benchmark(name: str, level: str, size: int) -> Case:
    def build() -> QuantumCircuit:
        from mqt.bench import (
            get_benchmark_alg,
            get_benchmark_indep,
            get_benchmark_mapped,
            get_benchmark_native_gates,
        )
        from mqt.bench.targets.devices import get_device
        from mqt.bench.targets.gatesets import get_target_for_gateset

        options = {"seed": 10} if name == "graphstate" else {}
        if level == "alg":
            return get_benchmark_alg(name, size, **options)
        if level == "indep":
            return get_benchmark_indep(name, size, opt_level=1, **options)
        kind, target = level.split("_", 1)
        if kind == "native":
            qubits = get_benchmark_alg(name, size, **options).num_qubits
            return get_benchmark_native_gates(name, size, get_target_for_gateset(target, qubits), opt_level=1, **options)
        return get_benchmark_mapped(name, size, get_device(target), opt_level=1, **options)

    return Case(f"mqt_{name}_{level}_{size}", f"mqt:{name}", size, build)


# Random circuits over the standard gates


def random_circuits() -> Iterator[Case]:
    """200 random circuits of 1 to 12 qubits, over every standard gate of up to four qubits that Qiskit draws from."""
    for seed in range(200):
        size = 1 + seed % 12
        yield Case(f"random_{seed:03d}", "random", size, lambda seed=seed, size=size: _random(seed, size))


def _random(seed: int, size: int) -> QuantumCircuit:
    circuit = random_circuit(size, depth=6 + seed % 7, max_operands=min(4, size), seed=seed)
    circuit.measure_all()
    return circuit


# Dynamic circuits


def dynamic() -> Iterator[Case]:
    """Circuits whose course depends on what they measure."""
    makers = [
        _teleportation, _repeat_until_success, _reset_in_superposition, _switch, _switch_default, _nested, _for_break,
        _for_continue, _while_register, _register_comparison, _variables, _unsigned_arithmetic, _measure_twice,
        _conditional_else, _loop_angles, _bit_expressions, _overwritten_bit, _entangled_reset, _several_registers,
        _deutsch_feedback, _cast_and_shift, _bit_flip_code,
    ]  # fmt: skip
    for make in makers:
        name = make.__name__.lstrip("_")
        yield Case(f"dynamic_{name}", "dynamic", make().num_qubits, make)
    for seed in range(40):
        yield Case(f"dynamic_random_{seed:02d}", "dynamic", 2 + seed % 4, lambda seed=seed: _random_dynamic(seed))


def _teleportation() -> QuantumCircuit:
    circuit = QuantumCircuit(QuantumRegister(3, "q"), ClassicalRegister(1, "z"), ClassicalRegister(1, "x"), ClassicalRegister(1, "out"))
    circuit.u(1.1, 0.4, -0.7, 0)
    circuit.h(1)
    circuit.cx(1, 2)
    circuit.cx(0, 1)
    circuit.h(0)
    circuit.measure([0, 1], [0, 1])
    with circuit.if_test((circuit.cregs[1], 1)):
        circuit.x(2)
    with circuit.if_test((circuit.cregs[0], 1)):
        circuit.z(2)
    circuit.u(-1.1, 0.7, -0.4, 2)
    circuit.ry(0.3, 2)
    circuit.measure(2, 2)
    return circuit


def _repeat_until_success() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 2)
    circuit.h(0)
    circuit.measure(0, 0)
    with circuit.while_loop((circuit.clbits[0], 1)):
        circuit.ry(2.0, 0)
        circuit.rx(0.4, 1)
        circuit.measure(0, 0)
    circuit.measure(1, 1)
    return circuit


def _reset_in_superposition() -> QuantumCircuit:
    circuit = QuantumCircuit(3, 3)
    circuit.ry(1.0, 0)
    circuit.cx(0, 1)
    circuit.ry(0.4, 2)
    circuit.cx(1, 2)
    circuit.reset(1)
    circuit.h(1)
    circuit.cry(0.8, 1, 0)
    circuit.measure([0, 1, 2], [0, 1, 2])
    return circuit


def _switch() -> QuantumCircuit:
    circuit = QuantumCircuit(QuantumRegister(3, "q"), ClassicalRegister(2, "c"), ClassicalRegister(1, "d"))
    circuit.h(0)
    circuit.ry(0.9, 1)
    circuit.measure([0, 1], [0, 1])
    with circuit.switch(circuit.cregs[0]) as case:
        with case(0):
            circuit.x(2)
        with case(1, 2):
            circuit.ry(0.7, 2)
        with case(3):
            circuit.h(2)
    circuit.measure(2, 2)
    return circuit


def _switch_default() -> QuantumCircuit:
    circuit = QuantumCircuit(QuantumRegister(3, "q"), ClassicalRegister(2, "c"), ClassicalRegister(1, "d"))
    circuit.h([0, 1])
    circuit.measure([0, 1], [0, 1])
    with circuit.switch(circuit.cregs[0]) as case:
        with case(2):
            circuit.x(2)
        with case(case.DEFAULT):
            circuit.ry(0.5, 2)
    circuit.measure(2, 2)
    return circuit


def _nested() -> QuantumCircuit:
    circuit = QuantumCircuit(QuantumRegister(3, "q"), ClassicalRegister(2, "c"), ClassicalRegister(2, "d"))
    circuit.ry(1.2, 0)
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], 1)) as otherwise:
        circuit.h(1)
        circuit.measure(1, 1)
        with circuit.if_test((circuit.clbits[1], 1)) as inner:
            circuit.ry(0.3, 2)
        with inner:
            circuit.ry(1.3, 2)
    with otherwise:
        with circuit.for_loop(range(3)):
            circuit.ry(0.25, 2)
            circuit.rx(0.5, 1)
    circuit.measure([1, 2], [2, 3])
    return circuit


def _for_break() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 2)
    with circuit.for_loop(range(5)):
        circuit.h(0)
        circuit.measure(0, 0)
        circuit.ry(0.4, 1)
        with circuit.if_test((circuit.clbits[0], 1)):
            circuit.break_loop()
    circuit.measure(1, 1)
    return circuit


def _for_continue() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 2)
    with circuit.for_loop(range(4)):
        circuit.h(0)
        circuit.measure(0, 0)
        with circuit.if_test((circuit.clbits[0], 1)):
            circuit.continue_loop()
        circuit.ry(0.6, 1)
    circuit.measure(1, 1)
    return circuit


def _while_register() -> QuantumCircuit:
    circuit = QuantumCircuit(QuantumRegister(3, "q"), ClassicalRegister(2, "c"), ClassicalRegister(1, "d"))
    circuit.h([0, 1])
    circuit.measure([0, 1], [0, 1])
    with circuit.while_loop((circuit.cregs[0], 3)):
        circuit.reset([0, 1])
        circuit.h(0)
        circuit.ry(1.0, 1)
        circuit.ry(0.3, 2)
        circuit.measure([0, 1], [0, 1])
    circuit.measure(2, 2)
    return circuit


def _register_comparison() -> QuantumCircuit:
    circuit = QuantumCircuit(QuantumRegister(4, "q"), ClassicalRegister(3, "c"), ClassicalRegister(1, "d"))
    circuit.h([0, 1, 2])
    circuit.measure([0, 1, 2], [0, 1, 2])
    with circuit.if_test(expr.less(circuit.cregs[0], 3)):
        circuit.ry(0.5, 3)
    with circuit.if_test(expr.greater_equal(circuit.cregs[0], 6)):
        circuit.ry(1.5, 3)
    with circuit.if_test(expr.not_equal(circuit.cregs[0], 4)):
        circuit.rx(0.7, 3)
    circuit.measure(3, 3)
    return circuit


def _variables() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 2)
    flag = circuit.add_var("flag", expr.lift(False))
    circuit.h(0)
    circuit.measure(0, 0)
    circuit.store(flag, expr.logic_not(circuit.clbits[0]))
    with circuit.if_test(flag):
        circuit.ry(0.8, 1)
    circuit.measure(1, 1)
    return circuit


def _unsigned_arithmetic() -> QuantumCircuit:
    circuit = QuantumCircuit(QuantumRegister(3, "q"), ClassicalRegister(2, "c"), ClassicalRegister(1, "d"))
    total = circuit.add_var("total", expr.lift(0, types.Uint(8)))
    with circuit.for_loop(range(3)):
        circuit.h([0, 1])
        circuit.measure([0, 1], [0, 1])
        circuit.store(total, expr.add(total, expr.cast(circuit.cregs[0], types.Uint(8))))
    with circuit.while_loop(expr.greater(total, 2)):
        circuit.ry(0.35, 2)
        circuit.store(total, expr.sub(total, expr.lift(2, types.Uint(8))))
    circuit.measure(2, 2)
    return circuit


def _measure_twice() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 4)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure([0, 1], [0, 1])
    circuit.ry(0.7, 0)
    circuit.cx(0, 1)
    circuit.measure([0, 1], [2, 3])
    return circuit


def _conditional_else() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 2)
    circuit.ry(1.9, 0)
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], 0)) as otherwise:
        circuit.ry(0.2, 1)
    with otherwise:
        circuit.ry(2.2, 1)
    circuit.measure(1, 1)
    return circuit


def _loop_angles() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 2)
    step = Parameter("step")
    with circuit.for_loop((0, 3, 4), step):
        circuit.ry(step * math.pi / 7, 0)
        circuit.crx(0.3 * step, 0, 1)
    circuit.measure(0, 0)
    circuit.ry(0.4, 1)
    circuit.measure(1, 1)
    return circuit


def _bit_expressions() -> QuantumCircuit:
    circuit = QuantumCircuit(4, 4)
    circuit.h([0, 1, 2])
    circuit.measure([0, 1, 2], [0, 1, 2])
    a, b, c = circuit.clbits[:3]
    with circuit.if_test(expr.logic_or(expr.logic_and(a, b), expr.logic_not(c))):
        circuit.ry(0.9, 3)
    with circuit.if_test(expr.bit_xor(expr.bit_xor(a, b), c)):
        circuit.rx(0.4, 3)
    circuit.measure(3, 3)
    return circuit


def _overwritten_bit() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 1)
    circuit.h(0)
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.ry(0.6, 1)
    circuit.measure(1, 0)
    return circuit


def _entangled_reset() -> QuantumCircuit:
    circuit = QuantumCircuit(3, 3)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.cx(1, 2)
    circuit.reset(0)
    circuit.h(1)
    circuit.reset(2)
    circuit.crx(1.1, 1, 2)
    circuit.measure([0, 1, 2], [2, 0, 1])
    return circuit


def _several_registers() -> QuantumCircuit:
    circuit = QuantumCircuit(
        QuantumRegister(2, "a"), QuantumRegister(3, "b"), ClassicalRegister(3, "first"), ClassicalRegister(2, "second")
    )
    circuit.ry(0.4, 0)
    circuit.ry(0.8, 1)
    circuit.ry(1.2, 2)
    circuit.ry(1.6, 3)
    circuit.ry(2.0, 4)
    circuit.measure([2, 3, 4], [0, 1, 2])
    with circuit.if_test((circuit.cregs[0], 5)):
        circuit.x([0, 1])
    circuit.measure([1, 0], [3, 4])
    return circuit


def _deutsch_feedback() -> QuantumCircuit:
    circuit = QuantumCircuit(QuantumRegister(2, "q"), ClassicalRegister(4, "c"))
    circuit.x(1)
    for step in range(4):
        circuit.reset(0)
        circuit.h(0)
        circuit.cp(2.1 * 2 ** (3 - step), 0, 1)
        for earlier in range(step):
            with circuit.if_test((circuit.clbits[earlier], 1)):
                circuit.p(-math.pi / 2 ** (step - earlier), 0)
        circuit.h(0)
        circuit.measure(0, step)
    return circuit


def _cast_and_shift() -> QuantumCircuit:
    circuit = QuantumCircuit(QuantumRegister(3, "q"), ClassicalRegister(2, "c"), ClassicalRegister(1, "d"))
    circuit.h([0, 1])
    circuit.measure([0, 1], [0, 1])
    wide = circuit.add_var("wide", expr.cast(circuit.cregs[0], types.Uint(8)))
    circuit.store(wide, expr.shift_left(wide, 2))
    with circuit.if_test(expr.equal(expr.bit_and(wide, 8), 8)):
        circuit.ry(0.7, 2)
    with circuit.if_test(expr.equal(expr.bit_or(wide, 3), 7)):
        circuit.ry(1.1, 2)
    circuit.measure(2, 2)
    return circuit


def _bit_flip_code() -> QuantumCircuit:
    circuit = QuantumCircuit(QuantumRegister(3, "data"), QuantumRegister(2, "helper"), ClassicalRegister(2, "syndrome"), ClassicalRegister(3, "out"))
    circuit.ry(0.9, 0)
    circuit.cx(0, [1, 2])
    circuit.rx(0.5, [0, 1, 2])
    circuit.cx([0, 1], [3, 3])
    circuit.cx([1, 2], [4, 4])
    circuit.measure([3, 4], [0, 1])
    for value, qubit in ((1, 0), (3, 1), (2, 2)):
        with circuit.if_test((circuit.cregs[0], value)):
            circuit.x(qubit)
    circuit.measure([0, 1, 2], [2, 3, 4])
    return circuit


def _random_dynamic(seed: int) -> QuantumCircuit:
    """Random gates, with a few measurements, resets and conditionals between them."""
    generator = random.Random(seed)
    size = 2 + seed % 4
    circuit = QuantumCircuit(QuantumRegister(size, "q"), ClassicalRegister(size, "c"), ClassicalRegister(2, "d"))
    for _ in range(5):
        part = random_circuit(size, 2, max_operands=2, seed=generator.randrange(1 << 30))
        circuit.compose(part, inplace=True)
        kind = generator.choice(("measure", "reset", "if", "register", "else"))
        qubit, bit = generator.randrange(size), generator.randrange(2)
        if kind == "measure":
            circuit.measure(qubit, circuit.cregs[1][bit])
        elif kind == "reset":
            circuit.reset(qubit)
        elif kind == "if":
            circuit.measure(qubit, circuit.cregs[1][bit])
            with circuit.if_test((circuit.cregs[1][bit], generator.randrange(2))):
                circuit.u(0.5, 1.0, 1.5, generator.randrange(size))
        elif kind == "register":
            circuit.measure(qubit, circuit.cregs[1][bit])
            with circuit.if_test((circuit.cregs[1], generator.randrange(4))):
                circuit.h(generator.randrange(size))
        else:
            circuit.measure(qubit, circuit.cregs[1][bit])
            with circuit.if_test((circuit.cregs[1], generator.randrange(4))) as otherwise:
                circuit.sx(generator.randrange(size))
            with otherwise:
                circuit.ry(1.0, generator.randrange(size))
    circuit.measure(range(size), range(size))
    return circuit


# OpenQASM files written by hand


def handwritten() -> Iterator[Case]:
    """The files beside this one, read by Qiskit's importers, or built again here where those do not know the language."""
    again = {"control_flow_3": _control_flow_again, "constants_3": _constants_again}
    for path in sorted(HANDWRITTEN.glob("*.qasm")):
        if path.stem in again:
            build = again[path.stem]
        elif path.read_text().startswith("OPENQASM 2"):
            build = lambda path=path: qasm2.load(path, custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS)
        else:
            build = lambda path=path: qasm3.load(path)
        yield Case(f"hand_{path.stem}", "handwritten", 0, build, path)


def _control_flow_again() -> QuantumCircuit:
    circuit = QuantumCircuit(
        QuantumRegister(4, "q"), ClassicalRegister(2, "c"), ClassicalRegister(1, "d"), ClassicalRegister(4, "out")
    )
    c, d, _ = circuit.cregs
    circuit.h(0)
    circuit.ry(0.8, 1)
    circuit.measure([0, 1], c)
    with circuit.if_test((c, 2)) as otherwise:
        circuit.x(2)
    with otherwise:
        circuit.ry(0.4, 2)
    with circuit.if_test((c[0], 1)):
        circuit.h(3)
    circuit.ry(0.1 + 0.2 + 0.3, 3)
    circuit.measure(3, d)
    with circuit.while_loop((d, 1)):
        circuit.rx(1.3, 3)
        circuit.measure(3, d)
    with circuit.switch(c) as case:
        with case(0, 3):
            circuit.rx(0.6, 2)
        with case(1):
            circuit.h(2)
        with case(case.DEFAULT):
            circuit.reset(2)
    circuit.measure(range(4), range(3, 7))
    return circuit


def _constants_again() -> QuantumCircuit:
    turn, step = math.pi / 8, 0.125
    circuit = QuantumCircuit(4)
    circuit.h(range(4))
    circuit.rx(turn * 3, [0, 1])
    circuit.ry(-(step**2), 3)
    circuit.rz(math.sin(0.3) + math.cos(turn) * math.tan(0.2), 1)
    circuit.rx(math.asin(0.5) - math.acos(0.1) + math.atan(2), 2)
    circuit.ry(math.exp(-1) + math.log(2) - math.sqrt(2), 3)
    circuit.cx([0, 2], [1, 3])
    circuit.p(0.31 + 0.5 + 0.15, 3)
    circuit.u(math.tau / 7, math.pi / 5, math.e / 9, 0)
    circuit.cu(math.tau / 6, math.e / 3, 0.01, 0.1, 2, 0)
    circuit.u(0.3, 1, 0.2, 1)
    return circuit
