"""Tables of what techniques of mitigation make of circuits with a device's noise."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable

import mitigation_statistics
import mitigation_techniques
from mitigation_techniques import READ_WAYS, Outcome

Value = Callable[[Outcome], float]
GATES = (range(11), range(11, 17), range(17, 23), range(23, 10_000))  # on two qubits, of which circuits are put together


def tables(outcomes: list[Outcome]) -> str:
    """All that have lines."""
    texts = (table(outcomes) for table in (sizes_table, cost_table, exact_table, read_table, bias_table, refusals))
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


def cost_table(outcomes: list[Outcome]) -> str:
    """What cancelling noise costs by the number of gates on two qubits, and the share of each of them if all costs were theirs."""
    taken = [each for each in outcomes if "pec" in each.overheads]
    lines = [f"{'circuits':14}{'2-qubit gates':>15}{'number':>8}{'γ, median':>11}{'γ, largest':>12}{'γ a gate':>10}"]
    for device in dict.fromkeys(each.circuit.device for each in taken):
        for span in GATES:
            group = [each for each in taken if each.circuit.device == device and each.circuit.two_qubit_gates in span]
            if group:
                gates, costs = [each.circuit.two_qubit_gates for each in group], [each.overheads["pec"] ** 0.5 for each in group]
                share = statistics.median(cost ** (1 / count) for cost, count in zip(costs, gates))
                places = f"{min(gates)} to {max(gates)}"
                lines.append(f"{device:14}{places:>15}{len(group):8}{statistics.median(costs):11.2f}{max(costs):12.2f}{share:10.3f}")
    return "\n".join(lines) if taken else ""


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
    """What the lines' columns are; the overhead is that of the variance, at the median."""
    return f"{'circuits':14}{'technique':36}{'number':>7}{'before':>9}{'after':>9}{'overhead':>10}   lowered by (95 %)"


def line(name: str, way: str, group: list[Outcome], before: Value, reference: Value) -> str:
    """One technique on one group, over the circuits that it took."""
    taken = [each for each in group if way in each.mitigated]
    if not taken:
        return f"{name:14}{way:36}{0:7}   refused"
    errors = [[value(each) - reference(each) for each in taken] for value in (before, lambda each: each.mitigated[way])]
    found = mitigation_statistics.reduction(*errors)
    overhead = statistics.median(each.overheads[way] for each in taken)
    return f"{name:14}{way:36}{len(taken):7}{found.before:9.4f}{found.after:9.4f}{overhead:10.1f}   {found}"


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
