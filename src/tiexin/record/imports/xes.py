"""XES logs (IEEE 1849-2016), plain or gzipped, as a stream of events.

One log event becomes one event of the record, none is added: attributes of the trace travel in the data of its first
event under ``trace``. Attributes of the log itself and its extensions describe the file and are not imported.

An attribute that the log declares global is filled in where an element lacks it, as the standard says, except where
that would invent a fact: a missing time is a bad row, a missing resource or group stays absent.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any, NoReturn
from xml.parsers import expat
from zoneinfo import ZoneInfo

from tiexin.record.imports.bytesource import ByteSource
from tiexin.record.imports.model import (
    DEPTH_MAX,
    ROW_BYTES_MAX,
    ROWS_MAX,
    ImportFileError,
    ImportLimitError,
    ImportOptionError,
    Item,
)
from tiexin.record.imports.rowkeys import RowKeys
from tiexin.record.imports.xes_events import LogEvents
from tiexin.record.imports.xes_values import TYPES, Attribute

NATIVE_ENCODINGS = frozenset({"utf-8", "utf-16", "utf-16-le", "utf-16-be", "iso8859-1", "ascii"})
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")


class XesReader:
    """Reads one XES file; the parts of a log that were met so far are its state."""

    def __init__(
        self,
        stream: ByteSource,
        *,
        journey: str,
        source: str,
        keys: RowKeys,
        classifier: str | None = None,
        encoding: str | None = None,
        zone: ZoneInfo | None = None,
    ) -> None:
        self.source = source
        self._stream, self._encoding = stream, encoding
        self._events = LogEvents(journey=journey, source=source, keys=keys, classifier=classifier, zone=zone)
        self._scope: str | None = None
        self._path: list[str] = []
        self._nodes: list[list[Attribute]] = []
        self._in_trace_events = False
        self._depth = 0
        self._pairs: list[Attribute] = []
        self._open = False
        self._line = 0
        self._count = 0
        self._out: list[Item] = []

    @property
    def done_share(self) -> float:
        """How much of the file was read, from 0 to 1."""
        return self._stream.done_share

    def items(self) -> Iterator[Item]:
        """Yield one item a log event, in file order."""
        chunks = self._stream.chunks()
        head = next(chunks, b"")
        self._parser, decode = self._make_parser(head)
        fault: Exception | None = None
        chunk: bytes | None = head
        while fault is None and chunk is not None:
            try:
                self._parser.Parse(decode(chunk), False)  # noqa: FBT003  (expat takes it by position only)
                chunk = next(chunks, None)
                if chunk is None:
                    self._parser.Parse(b"", True)  # noqa: FBT003  (the same)
            except (expat.ExpatError, UnicodeError, ValueError) as error:
                fault = self._malformed(error)
            except (ImportFileError, ImportLimitError, ImportOptionError) as error:
                fault = error
            out, self._out = self._out, []
            yield from out
        if fault is not None:
            raise fault

    def _make_parser(self, head: bytes) -> tuple[expat.XMLParserType, Any]:
        declared = _DECLARED.match(head.removeprefix(codecs.BOM_UTF8))
        name = self._encoding or (declared.group(1).decode() if declared else "utf-8")
        try:
            canonical = codecs.lookup(name).name
            "".encode(canonical)
        except LookupError as error:
            message = f"{name!r} is not an encoding that can be read; name one with --encoding, for example gb18030."
            raise ImportOptionError(message, field="encoding", value=name) from error
        override = None
        decode: Any = bytes
        if canonical not in NATIVE_ENCODINGS:
            decoder = codecs.getincrementaldecoder(canonical)()
            override = "utf-8"
            decode = lambda data: decoder.decode(data).encode()  # noqa: E731  (one expression, used once)
        elif self._encoding:
            override = name
        parser = expat.ParserCreate(override)
        parser.ordered_attributes = True
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        return parser, decode

    def _malformed(self, error: Exception) -> ImportFileError:
        line = self._parser.CurrentLineNumber
        column = self._parser.CurrentColumnNumber + 1
        reason = expat.ErrorString(error.code) if isinstance(error, expat.ExpatError) else str(error)
        message = (
            f"{self._stream.path.name} is not well-formed XML at line {line}, column {column}: {reason}. "
            "Events before that place were kept; repair the file and import it again to go on."
        )
        return ImportFileError(message, file=str(self._stream.path), line=line, column=column)

    def _stop(self, what: str) -> NoReturn:
        line = self._parser.CurrentLineNumber
        message = f"{self._stream.path.name}, line {line}: {what} Events before that place were kept."
        raise ImportFileError(message, file=str(self._stream.path), line=line)

    def _stop_at_limit(self, what: str, limit: int) -> NoReturn:
        line = self._parser.CurrentLineNumber
        message = f"{self._stream.path.name}, line {line}: {what} (limit {limit:,}). Events before it were kept."
        raise ImportLimitError(message, file=str(self._stream.path), line=line, limit=limit)

    def _refuse_doctype(self, *_: object) -> None:
        self._stop("a document type or entity declaration is not part of XES and is refused.")

    # Outside events: the log, its header, and traces. Rare enough to be written plainly.

    def _start(self, tag: str, attributes: list[str]) -> None:
        tag = tag.rpartition(":")[2]
        path = self._path
        if tag == "event" and path[-1:] == ["trace"]:
            self._enter_event()
            return
        given = dict(zip(attributes[::2], attributes[1::2], strict=True))
        if not path and tag != "log":
            self._stop(f"the root element is <{tag}>, not <log>.")
        if len(path) > DEPTH_MAX:
            self._stop_at_limit("elements are nested too deeply", DEPTH_MAX)
        path.append(tag)
        if tag == "trace":
            self._events.begin_trace()
            self._in_trace_events = False
        elif tag == "global" and len(path) == 2:  # noqa: PLR2004  (directly under the log)
            self._scope = given.get("scope", "event")
        elif tag == "classifier":
            if given.get("scope", "event") == "event":
                self._events.classifiers[given.get("name", "")] = given.get("keys", "")
        elif tag in TYPES:
            self._add_header_attribute(tag, given)

    def _add_header_attribute(self, tag: str, given: dict[str, str]) -> None:
        children: list[Attribute] = []
        attribute = (self._key_of(given), tag, (given.get("value", ""), children))
        parent = self._path[-2]
        if self._nodes:
            self._nodes[-1].append(attribute)
        elif parent == "trace":
            if self._in_trace_events:
                self._stop("an attribute of the trace stands after its first event.")
            self._events.trace.append(attribute)
        elif parent == "global":
            self._events.global_attributes.setdefault(self._scope or "event", []).append(attribute)
        self._nodes.append(children)

    def _key_of(self, given: dict[str, str]) -> str:
        key = given.get("key")
        if not key:
            self._stop("an attribute has no key.")
        if len(key) + len(given.get("value", "")) > ROW_BYTES_MAX:
            self._stop_at_limit("an attribute is too long", ROW_BYTES_MAX)
        return key

    def _end(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        self._path.pop()
        if tag in TYPES and self._nodes:
            self._nodes.pop()
        elif tag == "global":
            self._scope = None

    # Inside an event: the hot path, with handlers of its own.

    def _enter_event(self) -> None:
        self._pairs, self._open = [], False
        self._in_trace_events = True
        parser = self._parser
        self._line = parser.CurrentLineNumber
        parser.StartElementHandler = self._start_attribute
        parser.EndElementHandler = self._end_attribute

    def _start_attribute(self, tag: str, given: list[str]) -> None:
        if self._open or len(given) != 4 or given[0] != "key" or given[2] != "value":  # noqa: PLR2004
            self._start_uncommon(tag, given)
            return
        self._open = True
        self._pairs.append((given[1], tag, given[3]))

    def _end_attribute(self, _tag: str) -> None:
        if self._open:
            self._open = False
            return
        parser = self._parser
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        self._count += 1
        if self._count > ROWS_MAX:
            self._stop_at_limit("the log has too many events", ROWS_MAX)
        self._out.append(self._events.item(self._line, self._pairs))

    def _start_uncommon(self, tag: str, given: list[str]) -> None:
        """Begin a list, a container or an attribute inside another one, until the outermost ends."""
        named = dict(zip(given[::2], given[1::2], strict=True))
        if not self._open:
            self._open = True
            self._pairs.append((self._key_of(named), tag.rpartition(":")[2], named.get("value", "")))
            if tag.rpartition(":")[2] not in {"list", "container"}:
                return
            key, kind, value = self._pairs[-1]
            self._nodes = [[]]
            self._pairs[-1] = (key, kind, (value, self._nodes[0]))
            self._depth = 0
        else:
            key, kind, value = self._pairs[-1]
            self._nodes = [value[1] if type(value) is tuple else []]
            self._pairs[-1] = (key, kind, (value[0] if type(value) is tuple else value, self._nodes[0]))
            self._depth = 0
            self._start_nested(tag, given)
        self._parser.StartElementHandler = self._start_nested
        self._parser.EndElementHandler = self._end_nested

    def _start_nested(self, tag: str, given: list[str]) -> None:
        tag = tag.rpartition(":")[2]
        self._depth += 1
        if self._depth > DEPTH_MAX:
            self._stop_at_limit("attributes are nested too deeply", DEPTH_MAX)
        if tag == "values":
            self._nodes.append(self._nodes[-1])
            return
        named = dict(zip(given[::2], given[1::2], strict=True))
        children: list[Attribute] = []
        self._nodes[-1].append((self._key_of(named), tag, (named.get("value", ""), children)))
        self._nodes.append(children)

    def _end_nested(self, _tag: str) -> None:
        if self._depth:
            self._depth -= 1
            self._nodes.pop()
            return
        self._nodes = []
        self._open = False
        self._parser.StartElementHandler = self._start_attribute
        self._parser.EndElementHandler = self._end_attribute
