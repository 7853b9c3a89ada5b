"""Holds results of a batch's first rows against exact ones."""

from __future__ import annotations

import functools

import numpy as np

import batch_reference
from templates import Template

CHECKED_ROWS = 3
ERRORS = {"single": 1e-4, "double": 1e-9}  # of a value or a derivative
SAMPLING_SIGMAS = 6  # of the frequency of 1 on each qubit, and of an even parity of all


@functools.cache
def expected(template: Template, work: str, row_count: int) -> np.ndarray:
    """The exact results of the first rows; of samples, the probabilities."""
    exact = {"values": batch_reference.values, "gradient": batch_reference.gradient, "samples": batch_reference.probabilities}[work]
    return np.array([exact(template, row) for row in template.rows(row_count)])


def complaint(template: Template, work: str, shots: int, precision: str, results: np.ndarray) -> str:
    """What is wrong with the results of a template's first rows; empty if nothing is."""
    exact = expected(template, work, len(results))
    if results.shape != exact.shape:
        return f"results of shape {results.shape} instead of {exact.shape}"
    if work == "samples":
        return sample_complaint(results, exact, shots)
    errors = np.abs(results - exact)
    if errors.max() <= ERRORS[precision]:  # not so where any is not a number
        return ""
    row, column = np.unravel_index(np.argmax(errors), errors.shape)
    return f"row {row}, {work} {column}: {results[row, column]:.9g} instead of {exact[row, column]:.9g}"


def sample_complaint(counts: np.ndarray, probabilities: np.ndarray, shots: int) -> str:
    """The frequency of 1 on each qubit and the parity of all qubits, row by row."""
    indices = np.arange(counts.shape[1])
    n = len(indices).bit_length() - 1
    tests = {f"qubit {qubit}": 1 << qubit for qubit in range(n)} | {"parity": (1 << n) - 1}
    for row, (drawn, exact) in enumerate(zip(counts, probabilities)):
        if drawn.sum() != shots:
            return f"row {row}: {drawn.sum()} shots instead of {shots}"
        for test, mask in tests.items():
            is_odd = np.bitwise_count(indices & mask) % 2 == 1
            probability = exact[is_odd].sum()
            frequency = drawn[is_odd].sum() / shots
            if abs(frequency - probability) > SAMPLING_SIGMAS * np.sqrt(probability * (1 - probability) / shots) + 1 / shots:
                return f"row {row}: {test} is odd in {frequency:.4f} of the shots, and {probability:.4f} exactly"
    return ""
