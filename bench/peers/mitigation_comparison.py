"""Zero-noise extrapolation of ketwork beside Mitiq's, on circuits whose records `mitigation.py` has made."""

from __future__ import annotations

from pathlib import Path

import mitigation_statistics
from mitigation_ketwork import NoisyKetwork
from mitigation_statistics import Reduction
from process import Failed

FITS = {"linear": "linear", "richardson": "richardson", "exponential": "exponential:0"}
FOLDINGS = {"fold_global": "global", "fold_gates_at_random": "local"}
WAYS = [(folding, fit) for folding in FOLDINGS for fit in FITS]
GOAL = 2.0  # by which every way has to lower the mean error, at the lower end of its interval


class Extrapolation:
    """Ketwork's, exactly; and that of means over shots."""

    def __init__(self, runs: NoisyKetwork, folder: Path, scale_factors: list[float], shots: int | None) -> None:
        self.runs, self.folder, self.scale_factors, self.shots = runs, folder, scale_factors, shots

    def extend(self, record: dict, seed: int) -> None:
        """Adds to a record what ketwork gives, and that of shots that a seed draws."""
        path, label = self.folder / record["file"], record["observable"]
        if (error := abs(self.runs.expectation(path, label)["value"] - record["noisy"])) > 1e-9:
            raise Failed(f"{path}: ketwork's noisy value is off Cirq's by {error:.1e}")
        scales = ",".join(f"{factor:g}" for factor in self.scale_factors)
        record["ketwork"] = {
            folding: {
                fit: self.runs.mitigated(path, label, "zne", "--zne-scales", scales, "--zne-folding", FOLDINGS[folding], "--zne-fit", FITS[fit])
                for fit in FITS
            }
            for folding in FOLDINGS
        }
        if self.shots:
            runs = self.runs.seeded(seed)
            options = ("--zne-scales", scales, "--zne-folding", "global", "--shots", self.shots)
            record["shots"] = {fit: runs.mitigated(path, label, "zne", *options, "--zne-fit", FITS[fit]) for fit in FITS}
            record["shots"]["unmitigated"] = runs.shot_means([path], label, self.shots)[0]


def groups(records: list[dict]) -> dict[str, list[dict]]:
    """The records by family and qubits, and all of them."""
    found: dict[str, list[dict]] = {}
    for each in records:
        found.setdefault(f"{each['family']} {each['qubits']}", []).append(each)
    return found | {"all": records}


def reduction(group: list[dict], value) -> Reduction:
    """Of the exact noisy values' errors by those of other values of each record."""
    return mitigation_statistics.reduction([each["noisy"] - each["ideal"] for each in group], [value(each) - each["ideal"] for each in group])


def comparison(records: list[dict]) -> tuple[str, bool]:
    """A line a group and way, and whether all meet the goal."""
    head = f"{'circuits':10}{'folding':>9} {'fit':12}{'unmitigated':>12}{'ketwork':>10}{'Mitiq':>10}{'off Mitiq':>11}   reduced by (95 %)"
    lines, missed = [head], 0
    for name, group in groups(records).items():
        for folding, fit in WAYS:
            ours = reduction(group, lambda each: each["ketwork"][folding][fit])
            theirs = reduction(group, lambda each: each["mitigated"][folding][fit])
            off = max(abs(each["ketwork"][folding][fit] - each["mitigated"][folding][fit]) for each in group)
            missed += ours.low < GOAL
            lines.append(
                f"{name:10}{FOLDINGS[folding]:>9} {fit:12}{ours.before:12.2e}{ours.after:10.1e}{theirs.after:10.1e}{off:11.0e}   {ours}"
                + ("  MISSED" if ours.low < GOAL else "")
            )
    verdict = f"MISSED {missed} times" if missed else "met"
    lines.append(f"goal: every error reduced at least {GOAL:g} times, at the lower end of its interval: {verdict}")
    return "\n".join(lines), not missed


def shot_table(records: list[dict]) -> str:
    """A line a group and fit: unmitigated and mitigated errors, both of means over shots."""
    lines = [f"{'circuits':10}{'fit':>12}{'unmitigated':>13}{'mitigated':>11}   reduced by (95 %)"]
    for name, group in groups(records).items():
        before = [each["shots"]["unmitigated"] - each["ideal"] for each in group]
        for fit in FITS:
            found = mitigation_statistics.reduction(before, [each["shots"][fit] - each["ideal"] for each in group])
            lines.append(f"{name:10}{fit:>12}{found.before:13.2e}{found.after:11.1e}   {found}")
    return "\n".join(lines)
