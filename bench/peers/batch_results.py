"""The table of a comparison of batches."""

from __future__ import annotations

import math

from results import OURS, BatchMeasurement


UNITS = {"density": "runs", "trajectories": "trajectories"}  # of other works, circuits


def table(measurements: list[BatchMeasurement], peers: list[str], figure: str = "seconds_median") -> str:
    """A block a work and a precision, a line a batch; also where ketwork has no figure."""
    groups: dict[tuple, dict[tuple, dict[str, BatchMeasurement]]] = {}
    for row in measurements:
        if math.isnan(getattr(row, figure)):
            continue
        best = groups.setdefault((row.work, row.precision), {}).setdefault(row.case, {})
        known = best.get(row.simulator)
        if known is None or getattr(row, figure) < getattr(known, figure):
            best[row.simulator] = row
    return "\n".join(block(list(group.values()), peers, figure) for group in groups.values())


def block(group: list[dict[str, BatchMeasurement]], peers: list[str], figure: str) -> str:
    """The lines of one work in one precision."""
    any_row = next(iter(group[0].values()))
    peers = [peer for peer in peers if any(peer in best for best in group)]
    title = f"{any_row.work}, {any_row.precision} precision, {any_row.threads} threads; {UNITS.get(any_row.work, 'circuits')} a second"
    heads = f"{'ansatz':10}{'qubits':>7}{'rows':>9}{'ketwork':>13}  {'best peer':>12}  {'':32}{'ratio':>7}  "
    lines = [f"{title}; ratio: the best peer's time / ketwork's", "", heads + "".join(f"{peer:>13}  " for peer in peers).rstrip()]
    lines += [line(best, peers, figure) for best in group]
    return "\n".join(lines) + "\n"


def line(best: dict[str, BatchMeasurement], peers: list[str], figure: str) -> str:
    """A batch: ketwork, the best peer and its setting, the ratio, and every peer, with marks."""
    any_row = next(iter(best.values()))
    text = f"{any_row.family:10}{any_row.qubits:7}{any_row.rows:9,}{rate(best.get(OURS), figure):>15}"
    theirs = [best[peer] for peer in peers if peer in best]
    winner = min(theirs, key=lambda row: getattr(row, figure), default=None)
    setting = f"{winner.simulator}, {winner.setting}" if winner else ""
    ratio = f"{getattr(winner, figure) / getattr(best[OURS], figure):.2f}" if winner and OURS in best else "-"
    text += f"{rate(winner, figure):>14}  {setting:32}{ratio:>7}  "
    return (text + "".join(f"{rate(best.get(peer), figure):>15}" for peer in peers)).rstrip()


def rate(row: BatchMeasurement | None, figure: str) -> str:
    """Circuits a second: three digits at least, and marks."""
    if row is None:
        return "-  "
    value = row.rows / getattr(row, figure)
    return f"{value:,.0f}{row.mark}" if value >= 100 else f"{value:.{max(0, 2 - math.floor(math.log10(value)))}f}{row.mark}"
