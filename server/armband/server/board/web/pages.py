"""The files of the page, and what a browser is told with them. Nothing comes from elsewhere."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib import resources
from urllib.parse import urlsplit

from armband.server.board.words import Language

LIVE_PATH = "/live"
_FILES: Mapping[str, tuple[str, str]] = {
    "/": ("board.html", "text/html; charset=utf-8"),
    "/board.css": ("board.css", "text/css; charset=utf-8"),
    "/board.js": ("board.js", "text/javascript; charset=utf-8"),
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' wss://{host}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@dataclass(frozen=True, slots=True)
class Page:
    """One file as it is served."""

    body: bytes
    content_type: str


def read_pages(language: Language) -> Mapping[str, Page]:
    """Path to page; before anybody has chosen, the page speaks ``language``."""
    folder = resources.files(__package__) / "page"
    pages = {}
    for path, (name, content_type) in _FILES.items():
        text = (folder / name).read_text(encoding="utf-8")
        text = text.replace('<html lang="zh">', f'<html lang="{language}">')
        pages[path] = Page(text.encode(), content_type)
    return pages


def headers_for(host: str) -> dict[str, str]:
    """The headers of every answer; ``host`` is one that `is_own_host` has let pass."""
    return {**HEADERS, "Content-Security-Policy": POLICY.format(host=host)}


def is_own_host(host: str, names: Collection[str]) -> bool:
    """Whether a ``Host`` is this machine by number or by one of its names.

    Any other name may be a page of somebody's that has let its own name point here.
    """
    try:
        parts = urlsplit(f"//{host}")
        name, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    numbered = f"[{name}]" if ":" in name else name
    if host.lower() != (numbered if port is None else f"{numbered}:{port}"):
        return False
    if name in names:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_own_origin(origin: str, host: str) -> bool:
    """Whether a web page that opens the line is the one that this host serves."""
    return origin.lower() == f"https://{host.lower()}"
