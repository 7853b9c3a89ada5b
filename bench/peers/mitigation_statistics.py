"""By how much mitigation lowers errors of values, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

RESAMPLES = 10_000
INTERVAL = (2.5, 97.5)  # percentiles, of 95 %
SEED = 2026


@dataclass(frozen=True)
class Reduction:
    """Mean absolute errors over circuits, and the first over the second with its interval."""

    before: float
    after: float
    factor: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{digits(self.factor)} ({digits(self.low)}–{digits(self.high)})"


def reduction(before: Sequence[float], after: Sequence[float], seed: int = SEED) -> Reduction:
    """Of the errors of the same circuits before and after.

    The interval is that of the percentiles over resamples of the circuits (Efron 1979), each with both of its errors.
    """
    errors = np.abs(np.array([before, after], float))
    drawn = np.random.default_rng(seed).integers(errors.shape[1], size=(RESAMPLES, errors.shape[1]))
    means = errors[:, drawn].mean(axis=2)
    with np.errstate(divide="ignore", invalid="ignore"):  # a resample of circuits without any error
        low, high = np.nanpercentile(means[0] / means[1], INTERVAL, method="nearest")
    mean_before, mean_after = errors.mean(axis=1)
    return Reduction(float(mean_before), float(mean_after), float(mean_before / mean_after), float(low), float(high))


def digits(value: float) -> str:
    """Three digits, as a person writes them."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
