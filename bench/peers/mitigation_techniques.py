"""What is tried on circuits with a device's noise: each technique's options, and the values that it gives."""

from __future__ import annotations

from dataclasses import dataclass, field

from mitigation_compiled import TOLERANCE, Compiled
from mitigation_ketwork import NoisyKetwork
from process import Failed

FITS = ("linear", "richardson", "exponential:0")
FOLDINGS = ("global", "local", "multi-qubit")
SCALES = ("1,2,3", "1,3,5")


@dataclass(frozen=True)
class Sizes:
    """How much is drawn."""

    shots: int
    samples: int  # of probabilistic error cancellation
    is_of_pairs: bool = False  # whether there is noise of pairs alone, and cancellation and twirling are all that is tried


@dataclass
class Outcome:
    """One circuit's values: what it should give, what it gives, and what each technique makes of it, or why it does not."""

    circuit: Compiled
    noisy: float  # of the state, without errors of reading
    read: float = 0.0  # the mean over shots
    mitigated: dict[str, float] = field(default_factory=dict)
    standard_errors: dict[str, float] = field(default_factory=dict)
    overheads: dict[str, float] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    @property
    def is_noisy(self) -> bool:
        """Whether noise reaches what is observed at all."""
        return abs(self.noisy - self.circuit.ideal) > TOLERANCE


def cancellations(samples: int) -> dict[str, tuple]:
    """Probabilistic error cancellation, by name."""
    drawn = ("--mitigation-samples", samples)
    return {"pec": ("pec", *drawn), "pec twirled": ("pec", "--pec-twirled", *drawn)}


def exact_ways(samples: int) -> dict[str, tuple]:
    """Techniques that are given exact values of variants, by name."""
    extrapolations = {
        f"zne {fit} {folding} {scales}": ("zne", "--zne-fit", fit, "--zne-folding", folding, "--zne-scales", scales)
        for scales in SCALES
        for folding in FOLDINGS
        for fit in FITS
    }
    return extrapolations | cancellations(samples) | {name: (name,) for name in ("cdr", "twirling", "dd")}


READ_WAYS = {f"readout {method}": ("readout", "--readout-method", method) for method in ("inverse", "unfolding")}


def outcome(runs: NoisyKetwork, circuit: Compiled, sizes: Sizes) -> Outcome:
    """All values of one circuit."""
    found = Outcome(circuit, runs.expectation(circuit.path, circuit.label)["value"])
    if sizes.is_of_pairs:
        for name, options in (cancellations(sizes.samples) | {"twirling": ("twirling",)}).items():
            add(found, name, runs, *options)
        return found
    found.read = runs.shot_means([circuit.path], circuit.label, sizes.shots)[0]
    for name, options in exact_ways(sizes.samples).items():
        add(found, name, runs, *options)
    for name, options in READ_WAYS.items():
        add(found, name, runs, *options, "--shots", sizes.shots)
    return found


def add(found: Outcome, name: str, runs: NoisyKetwork, *options) -> None:
    """One technique's value, or its message."""
    try:
        result = runs.expectation(found.circuit.path, found.circuit.label, "--mitigation", *options)["mitigated"]
    except Failed as error:
        found.refused[name] = str(error).partition("ketwork: ")[2] or str(error)
        return
    found.mitigated[name] = result["value"]
    found.standard_errors[name] = result["standard_error"]
    found.overheads[name] = result["sampling_overhead"]
