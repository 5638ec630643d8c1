"""The documents of the command line and of HTTP: figures under the names that outside programs rely on.

A figure is a bare value under its name; beside it stand ``<name>_n``, ``<name>_low`` and ``<name>_high``. The members
``definitions``, ``contacts``, ``rankable`` and ``missing`` tell the rest of each figure by the same name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tiexin.quality.contracts import RANKABLE_N_MIN, Figure, GroupedFigures, QualityFigures, Scope, Selection
from tiexin.quality.periods import iso_in_zone
from tiexin.quality.rules.intervals import proportion
from tiexin.quality.targets import Targets, verdict

if TYPE_CHECKING:
    from tiexin.quality.api import Quality
    from tiexin.quality.store.counts import Share

Document = dict[str, Any]


def calls(quality: Quality, selection: Selection) -> Document:
    """Return the document of ``quality calls``."""
    found = quality.figures(["calls"], selection=selection)
    figures = found.figures
    document = {"offered": int(figures["calls.offered"].value or 0)}
    names = (
        "answered_share",
        "abandoned_share",
        "asa_seconds",
        "within_20s_share",
        "within_20s_share_without_short_abandons",
        "talk_mean_seconds",
    )
    return _finish(
        document,
        {name: figures[f"calls.{name}"] for name in names},
        {"wait_seconds": {name: figures[f"calls.wait_{name}"] for name in ("p50", "p90", "p95", "p99")}},
        found.scope,
    )


def complaints(quality: Quality, selection: Selection) -> Document:
    """Return the document of ``quality complaints``."""
    found = quality.figures(["complaints"], selection=selection)
    figures = found.figures
    counts = quality.complaint_counts(selection)
    document: Document = {
        "n": counts.n if counts else 0,
        "disputed_by_timely": _by(counts.disputed_by_timely if counts else {}),
        "disputed_by_outcome": _by(counts.disputed_by_outcome if counts else {}),
    }
    names = ("timely_share", "disputed_share", "repeat_share", "per_10000")
    return _finish(
        document,
        {name: figures[f"complaints.{name}"] for name in names},
        {"resolution_km_hours": {name: figures[f"complaints.resolution_km_{name}_hours"] for name in ("p50", "p90")}},
        found.scope,
    )


def tickets(quality: Quality, selection: Selection) -> Document:
    """Return the document of ``quality tickets``."""
    found = quality.figures(["tickets"], selection=selection)
    figures = found.figures
    counts = quality.ticket_counts(selection)
    document: Document = {"n": int(figures["tickets.count"].value or 0)}
    by_moves = counts.sla_met_by_reassignments if counts else {}
    shares = {name: proportion(share.count, n=share.n) for name, share in by_moves.items()}
    document["sla_met_by_reassignments"] = {name: found.value for name, found in shares.items()}
    for member in ("n", "low", "high"):
        document[f"sla_met_by_reassignments_{member}"] = {
            name: getattr(found, member) for name, found in shares.items()
        }
    quantiles = ("p50", "p90", "p95", "p99")
    return _finish(
        document,
        {name: figures[f"tickets.{name}"] for name in ("sla_met_share", "reopened_share")},
        {
            "resolution_hours": {name: figures[f"tickets.resolution_{name}_hours"] for name in quantiles},
            "resolution_km_hours": {name: figures[f"tickets.resolution_km_{name}_hours"] for name in quantiles},
        },
        found.scope,
    )


def nps(quality: Quality, selection: Selection) -> Document:
    """Return the document of ``quality nps``."""
    return _single(quality, "nps", "surveys.nps", selection)


def csat(quality: Quality, selection: Selection) -> Document:
    """Return the document of ``quality csat``."""
    return _single(quality, "csat", "surveys.csat", selection)


def ces(quality: Quality, selection: Selection) -> Document:
    """Return the document of ``quality ces``."""
    found = quality.figures(["ces"], selection=selection)
    names = {"mean": "surveys.ces_mean", "easy_share": "surveys.ces_easy_share"}
    return _finish({}, {name: found.figures[figure] for name, figure in names.items()}, {}, found.scope)


def fcr(quality: Quality, selection: Selection) -> Document:
    """Return the document of ``quality fcr``."""
    found = quality.figures(["fcr"], selection=selection)
    names = ("first_contact_resolution", "repeat_share", "resolved_share")
    return _finish({}, {name: found.figures[f"contacts.{name}"] for name in names}, {}, found.scope)


def scope_document(scope: Scope) -> Document:
    """Return what figures cover, with times as RFC 3339 text."""
    selection = scope.selection
    return {
        "position": scope.position,
        "events": scope.events,
        "first": _iso(scope.first_us),
        "last": _iso(scope.last_us),
        "first_us": scope.first_us,
        "last_us": scope.last_us,
        "since": _iso(selection.since_us),
        "until": _iso(selection.until_us),
        "channel": selection.channel,
        "branch": selection.branch,
        "product": selection.product,
        "segment": selection.segment,
    }


def _iso(time_us: int | None, *, zone: str = "UTC") -> str | None:
    return None if time_us is None else iso_in_zone(time_us, zone=zone)


def _single(quality: Quality, family: str, name: str, selection: Selection) -> Document:
    found = quality.figures([family], selection=selection)
    figure = found.figures[name]
    return {
        "n": figure.n,
        "value": figure.value,
        "low": figure.low,
        "high": figure.high,
        "definition": figure.definition,
        "contacts": figure.contacts,
        "rankable": figure.rankable,
        "missing": figure.missing,
        "scope": scope_document(found.scope),
    }


def _by(shares: Mapping[str, Share]) -> Document:
    found = {}
    for name, share in sorted(shares.items(), key=lambda item: -item[1].n):
        estimate = proportion(share.count, n=share.n)
        found[name] = {
            "share": estimate.value,
            "n": estimate.n,
            "low": estimate.low,
            "high": estimate.high,
            "rankable": estimate.n >= RANKABLE_N_MIN,
        }
    return found


def _finish(
    document: Document, singles: Mapping[str, Figure], families: Mapping[str, Mapping[str, Figure]], scope: Scope
) -> Document:
    for name, figure in singles.items():
        document[name] = figure.value
        document |= {f"{name}_n": figure.n, f"{name}_low": figure.low, f"{name}_high": figure.high}
    for name, members in families.items():
        document[name] = {member: figure.value for member, figure in members.items()}
        document[f"{name}_n"] = max((figure.n for figure in members.values()), default=0)
        document[f"{name}_low"] = {member: figure.low for member, figure in members.items()}
        document[f"{name}_high"] = {member: figure.high for member, figure in members.items()}
    every = dict(singles) | {name: next(iter(members.values())) for name, members in families.items()}
    document["definitions"] = {name: figure.definition for name, figure in every.items()}
    document["contacts"] = {name: figure.contacts for name, figure in every.items()}
    document["rankable"] = {name: figure.rankable for name, figure in every.items()}
    document["missing"] = {name: figure.missing for name, figure in every.items() if figure.missing}
    document["scope"] = scope_document(scope)
    return document


def figures_document(found: QualityFigures, targets: Targets) -> Document:
    """Return the document of ``quality overview``: every figure by id, what it covers, and how it stands to targets.

    ``targets`` maps the figures that have one to ``target`` (in the figure's unit) and ``verdict``: met or missed where
    the whole interval lies on one side, open where the data cannot tell, null where too little is known.
    """
    standing = {
        name: {"target": target, "verdict": verdict(found.figures[name], target)}
        for name, target in targets.targets.items()
        if name in found.figures
    }
    source = {"effective_from": targets.effective_from, "source": targets.source}
    return {
        "scope": scope_document(found.scope),
        "figures": found.figures,
        "targets": standing,
        "targets_source": source,
    }


def groups_document(found: GroupedFigures) -> Document:
    """Return the document of ``quality trend`` and ``quality by``: the figures of each period or member."""
    zone = found.zone or "UTC"
    groups = [
        {
            "key": group.key,
            "name": group.name,
            "label": group.label,
            "since": _iso(group.since_us, zone=zone),
            "until": _iso(group.until_us, zone=zone),
            "since_us": group.since_us,
            "until_us": group.until_us,
            "figures": group.figures,
        }
        for group in found.groups
    ]
    return {
        "scope": scope_document(found.scope),
        "dimension": found.dimension,
        "step": found.step,
        "zone": found.zone,
        "groups": groups,
    }
