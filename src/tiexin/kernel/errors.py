"""One root for every error that Tiexin raises on purpose, and the few kinds that a client can tell apart.

A domain's error stands beside the function that raises it and inherits one of these kinds; the kind fixes the
HTTP status once (RFC 9457 problem details), so no route maps errors by hand.
"""

from __future__ import annotations

from typing import Any, ClassVar


class TiexinError(Exception):
    """Root of all deliberate errors; carries a stable code and the facts a client can act on.

    Args:
        message: what happened, what was kept, what to do now (English, one or two sentences).
        facts: JSON-ready members added to the problem body, for example ``limit`` or ``line``.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    title: ClassVar[str] = "Something went wrong on our side"

    def __init__(self, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.facts = facts

    def problem(self) -> dict[str, Any]:
        """Return the RFC 9457 problem object of this error (JSON-ready)."""
        return {
            "type": f"urn:tiexin:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "detail": self.message,
            **self.facts,
        }


class InvalidInputError(TiexinError):
    """The input breaks a stated rule; repeating it unchanged will fail again."""

    status = 422
    code = "invalid_input"
    title = "The input is not valid"


class MalformedError(TiexinError):
    """The input cannot even be read (broken JSON, XML, encoding)."""

    status = 400
    code = "malformed"
    title = "The input could not be read"


class TooLargeError(TiexinError):
    """The input exceeds a stated limit; the limit stands in the facts."""

    status = 413
    code = "too_large"
    title = "The input is larger than the limit"


class NotFoundError(TiexinError):
    """The thing asked for does not exist, or may not be seen."""

    status = 404
    code = "not_found"
    title = "Not found"


class ConflictError(TiexinError):
    """The input contradicts what is already recorded; nothing was changed."""

    status = 409
    code = "conflict"
    title = "This contradicts what is already recorded"


class RefusedError(TiexinError):
    """A rule forbids the act at present (legal hold, erased subject); the reason stands in the facts."""

    status = 409
    code = "refused"
    title = "This is not allowed at present"


class NotAllowedError(TiexinError):
    """The caller lacks the right or did not say who it is."""

    status = 403
    code = "not_allowed"
    title = "You do not have the right to do this"


class UnavailableError(TiexinError):
    """Something we depend on is not there at the moment (database, key file, optional package)."""

    status = 503
    code = "unavailable"
    title = "Not available at the moment"
