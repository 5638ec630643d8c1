"""Pure rules of the token that shows that a page of ours, not one of another site, sent a request.

Source: OWASP Cross-Site Request Forgery Prevention Cheat Sheet (HMAC bound to the session; Origin and Fetch metadata).
"""

from __future__ import annotations

import base64
import hashlib
import hmac

PURPOSE = b"tiexin/csrf/v1"


def csrf_token(session_token: str) -> str:
    """Return the token that belongs to a session; nobody who does not hold the session's secret can make it."""
    digest = hmac.new(session_token.encode(), PURPOSE, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def is_csrf_token(given: str, session_token: str) -> bool:
    """Tell in constant time whether a token belongs to a session."""
    return hmac.compare_digest(given.encode("latin-1", "replace"), csrf_token(session_token).encode())
