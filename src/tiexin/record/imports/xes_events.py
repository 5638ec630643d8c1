"""From the attributes of one XES event and its trace to one event of the record."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import msgspec

from tiexin.record.contracts import Channel, Event
from tiexin.record.imports.model import COLUMNS_MAX, ROW_BYTES_MAX, ImportOptionError, Item, RowError
from tiexin.record.imports.reasons import Reason
from tiexin.record.imports.rowkeys import RowKeys
from tiexin.record.imports.xes_values import Attribute, classifier_keys, data_of, time_us

EVENT_TYPE = "journey.step_recorded.v1"
CHANNEL = Channel.SYSTEM.value
ENVELOPE_KEYS = frozenset({"concept:name", "lifecycle:transition", "org:resource", "org:group", "time:timestamp"})
CASE_KEYS = frozenset({"concept:name"})
NEVER_FILLED = frozenset({"time:timestamp", "org:resource", "org:group", "org:role"})
"""Global defaults are not applied to these: a default would invent when, or by whom, something was done."""
NO_VALUES: dict[str, str | None] = dict.fromkeys(ENVELOPE_KEYS)
ENVELOPE_BYTES = 260
_encode = msgspec.json.Encoder().encode


class LogEvents:
    """Makes events of one log. The reader fills the public members as it meets the header and the traces."""

    def __init__(
        self, *, journey: str, source: str, keys: RowKeys, classifier: str | None, zone: ZoneInfo | None
    ) -> None:
        self.classifiers: dict[str, str] = {}
        self.global_attributes: dict[str, list[Attribute]] = {"trace": [], "event": []}
        self.trace: list[Attribute] = []
        self._journey, self._source, self._keys = journey, source, keys
        self._classifier, self._zone = classifier, zone
        self._step_keys: list[str] | None = None
        self._defaults: list[Attribute] = []
        self._default_keys: set[str] = set()
        self._case: str | None = None
        self._first = False

    def begin_trace(self) -> None:
        """Forget the last trace; its attributes and events follow."""
        self.trace = []
        self._case = None
        self._first = True

    def item(self, line: int, pairs: list[Attribute]) -> Item:
        """Return the event of the attributes that stand between ``<event>`` and ``</event>``, or why there is none."""
        if self._first:
            self._open_trace()
        size = ENVELOPE_BYTES
        try:
            values, pairs, rich = self._checked(pairs)
            raw = _encode([self._case, sorted(pairs)])
            size += 2 * len(raw)
            event = self._event(pairs, values, raw, rich=rich)
        except RowError as error:
            return Item(line, size, None, error.reject)
        self._first = False
        return Item(line, size, event)

    def _event(self, pairs: list[Attribute], values: dict[str, str | None], raw: bytes, *, rich: bool) -> Event:
        if not self._case:
            raise RowError(Reason.MISSING_CASE, column="concept:name", detail="the trace has no concept:name")
        if len(raw) > ROW_BYTES_MAX:
            raise RowError(Reason.ROW_TOO_LONG, detail=f"limit {ROW_BYTES_MAX:,} bytes")
        time = values["time:timestamp"]
        if not time:
            raise RowError(Reason.MISSING_TIME, column="time:timestamp")
        data = data_of(pairs, skip=ENVELOPE_KEYS) if rich else {}
        if self._first:
            trace = data_of(self.trace, skip=CASE_KEYS)
            if trace:
                data["trace"] = trace
        return Event(
            id=self._keys.id_of(raw),
            source=self._source,
            type=EVENT_TYPE,
            time_us=time_us(time, self._zone),
            data=data,
            channel=CHANNEL,
            journey=self._journey,
            case=self._case,
            actor=values["org:resource"] or None,
            step=self._step(pairs, values),
            lifecycle=values["lifecycle:transition"] or None,
            team=values["org:group"] or None,
        )

    def _step(self, pairs: list[Attribute], values: dict[str, str | None]) -> str:
        if self._step_keys is None:
            step = values["concept:name"]
        else:
            named = {key: value for key, _, value in pairs if type(value) is str}
            parts = [named.get(key) for key in self._step_keys]
            step = "+".join(part or "" for part in parts) if any(parts) else None
        if not step:
            raise RowError(Reason.MISSING_STEP, column="concept:name" if self._step_keys is None else self._classifier)
        return step

    def _open_trace(self) -> None:
        if not self._defaults and self.global_attributes["event"]:
            self._defaults = [
                pair for pair in map(_flat, self.global_attributes["event"]) if pair[0] not in NEVER_FILLED
            ]
            self._default_keys = {key for key, _, _ in self._defaults}
        if self._classifier is not None and self._step_keys is None:
            self._step_keys = self._chosen_classifier(self._classifier)
        present = {key for key, _, _ in self.trace}
        self.trace.extend(
            pair
            for pair in self.global_attributes["trace"]
            if pair[0] not in present and pair[0] not in CASE_KEYS | NEVER_FILLED
        )
        self._case = next((value[0] for key, _, value in self.trace if key == "concept:name"), None) or None

    def _chosen_classifier(self, name: str) -> list[str]:
        if name not in self.classifiers:
            known = ", ".join(sorted(self.classifiers)) or "none"
            message = f"The log has no event classifier named {name!r}; it declares: {known}."
            raise ImportOptionError(message, field="classifier", value=name)
        declared = {key for key, _, _ in self.global_attributes["event"]}
        return classifier_keys(self.classifiers[name], declared)

    def _checked(self, pairs: list[Attribute]) -> tuple[dict[str, str | None], list[Attribute], bool]:
        """Return the envelope's attributes, all attributes with global defaults, and whether some belong in data."""
        values = NO_VALUES.copy()
        present = {key for key, _, _ in pairs}
        if len(present) != len(pairs):
            raise RowError(Reason.DUPLICATE_ATTRIBUTE)
        if len(pairs) > COLUMNS_MAX:
            raise RowError(Reason.TOO_MANY_COLUMNS, detail=f"limit {COLUMNS_MAX:,}")
        if not present >= self._default_keys:
            pairs = pairs + [pair for pair in self._defaults if pair[0] not in present]
        for key, _, value in pairs:
            if key in values:
                values[key] = value if type(value) is str else value[0]
        return values, pairs, not present <= ENVELOPE_KEYS or len(pairs) != len(present)


def _flat(attribute: Attribute) -> Attribute:
    """Return a header attribute without children in the short form that events use."""
    key, tag, value = attribute
    if type(value) is tuple and not value[1] and tag not in {"list", "container"}:
        return key, tag, value[0]
    return attribute
