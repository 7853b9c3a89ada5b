"""The exact distributions of a dynamic circuit's bits and basis states, by following every measurement outcome.

A branch is a probability, a state with only its non-zero amplitudes, the classical bits and the classical variables.
Measurements and resets fork a branch; branches of no weight are dropped. Written to be obviously right rather than fast,
and independent of any simulator: gates act through the matrices that Qiskit gives for them.
"""

from __future__ import annotations

import numpy as np
from qiskit.circuit import (
    BreakLoopOp,
    Clbit,
    ContinueLoopOp,
    ForLoopOp,
    IfElseOp,
    QuantumCircuit,
    Store,
    SwitchCaseOp,
    WhileLoopOp,
)
from qiskit.circuit.classical import expr, types
from qiskit.circuit.controlflow import CASE_DEFAULT

SMALLEST_PROBABILITY = 1e-14
MOST_ITERATIONS = 10_000
MOST_BRANCHES = 1 << 14


class TooManyBranches(Exception):
    """The circuit has more outcomes than this enumeration follows."""


class _Break(Exception):
    pass


class _Continue(Exception):
    pass


class Branch:
    """One history of outcomes: its probability, its state and what its classical memory holds."""

    def __init__(self, probability: float, indices: np.ndarray, amplitudes: np.ndarray, bits: dict, variables: dict):
        self.probability = probability
        self.indices = indices
        self.amplitudes = amplitudes
        self.bits = bits
        self.variables = variables

    def project(self, qubit: int, outcome: int) -> "Branch | None":
        """The branch in which `qubit` was found to be `outcome`, or None when it has no weight."""
        keep = (self.indices >> qubit) & 1 == outcome
        amplitudes = self.amplitudes[keep]
        weight = float(np.sum(np.abs(amplitudes) ** 2))
        if self.probability * weight < SMALLEST_PROBABILITY:
            return None
        return Branch(
            self.probability * weight, self.indices[keep], amplitudes / np.sqrt(weight), dict(self.bits), dict(self.variables)
        )

    def apply(self, matrix: np.ndarray, qubits: list[int]) -> None:
        """Applies a unitary whose lowest bit is the first of `qubits`."""
        local = np.zeros_like(self.indices)
        mask = 0
        for position, qubit in enumerate(qubits):
            local |= ((self.indices >> qubit) & 1) << position
            mask |= 1 << qubit
        rest = self.indices & ~mask
        spread = np.zeros(len(matrix), dtype=np.int64)
        for position, qubit in enumerate(qubits):
            spread |= ((np.arange(len(matrix)) >> position) & 1) << qubit
        indices = (rest[:, None] | spread[None, :]).ravel()
        amplitudes = (self.amplitudes[:, None] * matrix.T[local]).ravel()
        self.indices, inverse = np.unique(indices, return_inverse=True)
        total = np.bincount(inverse, weights=amplitudes.real) + 1j * np.bincount(inverse, weights=amplitudes.imag)
        keep = np.abs(total) > 1e-15
        self.indices, self.amplitudes = self.indices[keep], total[keep]


def exact_distributions(circuit: QuantumCircuit) -> tuple[dict[str, float], np.ndarray]:
    """What can come of a circuit: every outcome of its classical bits, and the probability of every final basis state.

    An outcome prints the last classical bit first. The basis states are those of the averaged final state.
    """
    qubits = {qubit: index for index, qubit in enumerate(circuit.qubits)}
    start = Branch(1.0, np.zeros(1, dtype=np.int64), np.ones(1, dtype=complex), {bit: 0 for bit in circuit.clbits}, {})
    outcomes: dict[str, float] = {}
    probabilities = np.zeros(1 << circuit.num_qubits)
    for branch, signal in _run(circuit, [start], qubits, {bit: bit for bit in circuit.clbits}):
        assert signal is None
        key = "".join(str(branch.bits[bit]) for bit in reversed(circuit.clbits))
        outcomes[key] = outcomes.get(key, 0.0) + branch.probability
        probabilities[branch.indices] += branch.probability * np.abs(branch.amplitudes) ** 2
    return outcomes, probabilities


def _run(circuit: QuantumCircuit, branches: list[Branch], qubits: dict, clbits: dict) -> list[tuple[Branch, type | None]]:
    """Runs a circuit over every branch; a branch that left it by break or continue carries that."""
    live: list[tuple[Branch, type | None]] = [(branch, None) for branch in branches]
    for instruction in circuit.data:
        following: list[tuple[Branch, type | None]] = []
        for branch, signal in live:
            if signal is not None:
                following.append((branch, signal))
            else:
                following.extend(_step(instruction, branch, qubits, clbits))
        live = following
        if len(live) > MOST_BRANCHES:
            raise TooManyBranches(f"more than {MOST_BRANCHES} branches")
    return live


def _step(instruction, branch: Branch, qubits: dict, clbits: dict) -> list[tuple[Branch, type | None]]:
    operation = instruction.operation
    targets = [qubits[qubit] for qubit in instruction.qubits]
    if isinstance(operation, BreakLoopOp):
        return [(branch, _Break)]
    if isinstance(operation, ContinueLoopOp):
        return [(branch, _Continue)]
    if isinstance(operation, Store):
        _assign(operation.lvalue, _evaluate(operation.rvalue, branch, clbits), branch, clbits)
        return [(branch, None)]
    if isinstance(operation, IfElseOp):
        chosen = operation.blocks[0] if _condition(operation.condition, branch, clbits) else None
        if chosen is None:
            chosen = operation.blocks[1] if len(operation.blocks) > 1 else None
        return [(branch, None)] if chosen is None else _block(chosen, instruction, [branch], qubits, clbits)
    if isinstance(operation, WhileLoopOp):
        return _while(operation, instruction, branch, qubits, clbits)
    if isinstance(operation, ForLoopOp):
        return _for(operation, instruction, branch, qubits, clbits)
    if isinstance(operation, SwitchCaseOp):
        value = _evaluate(operation.target, branch, clbits)
        for labels, body in operation.cases_specifier():
            if any(label is CASE_DEFAULT or int(label) == int(value) for label in labels):
                return _block(body, instruction, [branch], qubits, clbits)
        return [(branch, None)]
    if operation.name in ("barrier", "delay"):
        return [(branch, None)]
    if operation.name == "measure":
        outcomes = [(outcome, branch.project(targets[0], outcome)) for outcome in (0, 1)]
        for outcome, projected in outcomes:
            if projected is not None:
                projected.bits[clbits[instruction.clbits[0]]] = outcome
        return [(projected, None) for _, projected in outcomes if projected is not None]
    if operation.name == "reset":
        zero, one = branch.project(targets[0], 0), branch.project(targets[0], 1)
        if one is not None:
            one.indices = one.indices & ~np.int64(1 << targets[0])
        return [(projected, None) for projected in (zero, one) if projected is not None]
    if operation.name == "initialize" or (operation.definition is not None and _is_dynamic(operation.definition)):
        return _block(operation.definition, instruction, [branch], qubits, clbits)
    branch.apply(_matrix(operation), targets)
    return [(branch, None)]


def _is_dynamic(circuit: QuantumCircuit) -> bool:
    return any(each.operation.name in ("measure", "reset") for each in circuit.data)


def _matrix(operation) -> np.ndarray:
    try:
        return operation.to_matrix()
    except Exception:  # a gate without a matrix of its own: its definition has one
        from qiskit.quantum_info import Operator

        return Operator(operation.definition).data


def _block(body: QuantumCircuit, instruction, branches: list[Branch], qubits: dict, clbits: dict):
    inner_qubits = {inner: qubits[outer] for inner, outer in zip(body.qubits, instruction.qubits)}
    inner_clbits = {inner: clbits[outer] for inner, outer in zip(body.clbits, instruction.clbits)}
    return _run(body, branches, inner_qubits, {**clbits, **inner_clbits})


def _while(operation, instruction, branch: Branch, qubits: dict, clbits: dict):
    done, live = [], [branch]
    for _ in range(MOST_ITERATIONS):
        looping = []
        for each in live:
            (looping if _condition(operation.condition, each, clbits) else done).append(each)
        if not looping:
            return [(each, None) for each in done]
        live = []
        for each, signal in _block(operation.blocks[0], instruction, looping, qubits, clbits):
            (done if signal is _Break else live).append(each)
    raise TooManyBranches(f"a loop of more than {MOST_ITERATIONS} passes")


def _for(operation, instruction, branch: Branch, qubits: dict, clbits: dict):
    values, parameter, body = operation.params
    done, live = [], [branch]
    for value in values:
        if parameter is not None and not isinstance(parameter, expr.Var):
            bound = body.assign_parameters({parameter: value}) if parameter in body.parameters else body
        else:
            bound = body
            for each in live:
                if parameter is not None:
                    each.variables[parameter] = value
        following = []
        for each, signal in _block(bound, instruction, live, qubits, clbits):
            (done if signal is _Break else following).append(each)
        live = following
    return [(each, None) for each in done + live]


def _condition(condition, branch: Branch, clbits: dict) -> bool:
    if isinstance(condition, tuple):
        target, value = condition
        return int(_evaluate(target, branch, clbits)) == int(value)
    return bool(_evaluate(condition, branch, clbits))


def _assign(target, value, branch: Branch, clbits: dict) -> None:
    if isinstance(target, expr.Var) and isinstance(target.var, Clbit):
        branch.bits[clbits[target.var]] = int(bool(value))
    elif isinstance(target, expr.Var) and not target.standalone:
        for position, bit in enumerate(target.var):
            branch.bits[clbits[bit]] = (int(value) >> position) & 1
    elif isinstance(target, expr.Var):
        branch.variables[target] = value
    else:
        raise NotImplementedError(f"a store to {target}")


_BINARY = {
    expr.Binary.Op.BIT_AND: lambda a, b: a & b,
    expr.Binary.Op.BIT_OR: lambda a, b: a | b,
    expr.Binary.Op.BIT_XOR: lambda a, b: a ^ b,
    expr.Binary.Op.LOGIC_AND: lambda a, b: bool(a) and bool(b),
    expr.Binary.Op.LOGIC_OR: lambda a, b: bool(a) or bool(b),
    expr.Binary.Op.EQUAL: lambda a, b: a == b,
    expr.Binary.Op.NOT_EQUAL: lambda a, b: a != b,
    expr.Binary.Op.LESS: lambda a, b: a < b,
    expr.Binary.Op.LESS_EQUAL: lambda a, b: a <= b,
    expr.Binary.Op.GREATER: lambda a, b: a > b,
    expr.Binary.Op.GREATER_EQUAL: lambda a, b: a >= b,
    expr.Binary.Op.SHIFT_LEFT: lambda a, b: a << b,
    expr.Binary.Op.SHIFT_RIGHT: lambda a, b: a >> b,
    expr.Binary.Op.ADD: lambda a, b: a + b,
    expr.Binary.Op.SUB: lambda a, b: a - b,
    expr.Binary.Op.MUL: lambda a, b: a * b,
}


def _evaluate(node, branch: Branch, clbits: dict):
    if isinstance(node, Clbit):
        return branch.bits[clbits[node]]
    if not isinstance(node, expr.Expr):  # a classical register
        return sum(branch.bits[clbits[bit]] << position for position, bit in enumerate(node))
    if isinstance(node, expr.Value):
        return node.value
    if isinstance(node, expr.Var):
        return branch.variables[node] if node.standalone else _evaluate(node.var, branch, clbits)
    if isinstance(node, expr.Cast):
        return _wrap(_evaluate(node.operand, branch, clbits), node.type)
    if isinstance(node, expr.Index):
        return (_evaluate(node.target, branch, clbits) >> _evaluate(node.index, branch, clbits)) & 1
    if isinstance(node, expr.Unary):
        value = _evaluate(node.operand, branch, clbits)
        if node.op is expr.Unary.Op.LOGIC_NOT:
            return not value
        return _wrap(~int(value) if node.op is expr.Unary.Op.BIT_NOT else -value, node.type)
    if isinstance(node, expr.Binary):
        left, right = _evaluate(node.left, branch, clbits), _evaluate(node.right, branch, clbits)
        if node.op is expr.Binary.Op.DIV:
            return left // right if isinstance(node.type, types.Uint) else left / right
        return _wrap(_BINARY[node.op](left, right), node.type)
    raise NotImplementedError(f"an expression of {type(node).__name__}")


def _wrap(value, type_):
    if isinstance(type_, types.Uint):
        return int(value) & ((1 << type_.width) - 1)
    return bool(value) if isinstance(type_, types.Bool) else value
