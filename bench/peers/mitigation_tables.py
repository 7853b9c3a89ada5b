"""Tables of what techniques of mitigation make of circuits with a device's noise."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable

import mitigation_statistics
import mitigation_techniques
from mitigation_techniques import READ_WAYS, Outcome

Value = Callable[[Outcome], float]


def tables(outcomes: list[Outcome]) -> str:
    """All that have lines."""
    texts = (table(outcomes) for table in (sizes_table, exact_table, read_table, bias_table, refusals))
    return "\n\n".join(text for text in texts if text)


def groups(outcomes: list[Outcome]) -> dict[str, list[Outcome]]:
    """By device, by qubits, and all."""
    names = dict.fromkeys([each.circuit.device for each in outcomes] + [f"{each.circuit.qubits} qubits" for each in outcomes] + ["all"])
    return {name: [each for each in outcomes if name in (each.circuit.device, f"{each.circuit.qubits} qubits", "all")] for name in names}


def sizes_table(outcomes: list[Outcome]) -> str:
    """How large the circuits are, and what cancelling their noise costs."""
    lines = [f"{'circuits':14}{'number':>7}{'2-qubit gates':>15}{'γ, median':>11}{'γ, largest':>12}"]
    for name, group in groups(outcomes).items():
        gates = [each.circuit.two_qubit_gates for each in group]
        costs = [each.overheads["pec"] ** 0.5 for each in group if "pec" in each.overheads]
        cost = f"{statistics.median(costs):11.2f}{max(costs):12.2f}" if costs else f"{'-':>11}{'-':>12}"
        lines.append(f"{name:14}{len(group):7}{f'{min(gates)} to {max(gates)}':>15}{cost}")
    return "\n".join(lines)


def exact_table(outcomes: list[Outcome]) -> str:
    """All techniques but those of reading, against the ideal value."""
    ways = [name for name in mitigation_techniques.exact_ways(0) if any(name in each.mitigated for each in outcomes)]
    lines = ["errors of exact values, and by how much each technique lowers them", line_head()]
    for name, group in groups(outcomes).items():
        for way in ways:
            lines.append(line(name, way, group, noisy, ideal))
    return "\n".join(lines)


def read_table(outcomes: list[Outcome]) -> str:
    """Errors of reading, against the state's own value and the ideal one; empty if nothing was read."""
    references = {"the value with the same noise, read without errors": noisy, "the ideal value": ideal}
    lines: list[str] = []
    if not any(way in each.mitigated or way in each.refused for way in READ_WAYS for each in outcomes):
        return ""
    for title, reference in references.items():
        lines += ["", f"errors of means over shots against {title}", line_head()]
        for name, group in groups(outcomes).items():
            lines += [line(name, way, group, lambda each: each.read, reference) for way in READ_WAYS]
    return "\n".join(lines[1:])


def noisy(outcome: Outcome) -> float:
    """The value of the state with noise."""
    return outcome.noisy


def ideal(outcome: Outcome) -> float:
    """The value without any noise."""
    return outcome.circuit.ideal


def line_head() -> str:
    """What the lines' columns are."""
    return f"{'circuits':14}{'technique':36}{'number':>7}{'before':>9}{'after':>9}   lowered by (95 %)"


def line(name: str, way: str, group: list[Outcome], before: Value, reference: Value) -> str:
    """One technique on one group, over the circuits that it took."""
    taken = [each for each in group if way in each.mitigated]
    if not taken:
        return f"{name:14}{way:36}{0:7}   refused"
    errors = [[value(each) - reference(each) for each in taken] for value in (before, lambda each: each.mitigated[way])]
    found = mitigation_statistics.reduction(*errors)
    return f"{name:14}{way:36}{len(taken):7}{found.before:9.4f}{found.after:9.4f}   {found}"


def bias_table(outcomes: list[Outcome]) -> str:
    """Errors of cancellation in standard errors."""
    lines = ["errors of pec in standard errors", f"{'circuits':14}{'technique':14}{'standard error, mean':>22}{'mean':>8}{'root mean square':>19}"]
    for name, group in groups(outcomes).items():
        for way in mitigation_techniques.cancellations(0):
            taken = [each for each in group if each.standard_errors.get(way)]
            if taken:
                ratios = [(each.mitigated[way] - each.circuit.ideal) / each.standard_errors[way] for each in taken]
                standard_error = statistics.mean(each.standard_errors[way] for each in taken)
                square = statistics.mean(ratio**2 for ratio in ratios) ** 0.5
                lines.append(f"{name:14}{way:14}{standard_error:22.4f}{statistics.mean(ratios):8.2f}{square:19.2f}")
    return "\n".join(lines)


def refusals(outcomes: list[Outcome]) -> str:
    """What was refused, how often, and one message of it."""
    counts = Counter(way for each in outcomes for way in each.refused)
    examples = {way: next(each.refused[way] for each in outcomes if way in each.refused) for way in counts}
    return "\n".join(f"{way} refused {count}: {examples[way]}" for way, count in counts.items())
