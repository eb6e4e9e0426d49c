"""The frame of every page, and its small parts. Whatever is not `Html` is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from urllib.parse import quote, urlencode

from fastapi import Response

_STYLE = """
body{font:15px/1.45 system-ui,sans-serif;max-width:75em;margin:1.5em auto;padding:0 1em;color:#222;background:#fff}
a{color:#0645ad;text-decoration:none}a:hover{text-decoration:underline}
h1{font-size:1.4em}h2{font-size:1.1em;margin:1.4em 0 .3em}
table{border-collapse:collapse}td,th{text-align:left;padding:.15em 1em .15em 0;vertical-align:top}
th{font-weight:600;color:#666}.n{text-align:right}.dim{color:#777}.error{color:#b00020}
.files{display:grid;grid-template-columns:repeat(auto-fill,minmax(25em,1fr));gap:1em}
.files section{min-width:0;overflow-wrap:anywhere}body:has(.files){max-width:120em}summary{cursor:pointer}
svg{max-width:100%;max-height:80vh;height:auto;background:#f4f4f4}code{font-size:.9em;word-break:break-all}
"""

#: Pages bring no script and take none; pictures may come from a bucket's own address.
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' http: https:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def text(value: object) -> Html:
    """Anything as HTML."""
    return value if isinstance(value, Html) else Html(escape(str(value)))


def joined(parts: Iterable[object], between: str = "") -> Html:
    """Parts one after the other."""
    return Html(text(between).join(text(part) for part in parts))


def link(label: object, *path: str, **query: object) -> Html:
    """A link to a page; parts of the path and values of the query may hold anything."""
    target = "/" + "/".join(quote(part, safe="") for part in path)
    known = {name: str(value) for name, value in query.items() if value is not None}
    if known:
        target += f"?{urlencode(known)}"
    return Html(f'<a href="{escape(target)}">{text(label)}</a>')


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Html:
    """A table, or a word where it would be empty."""
    body = "".join(f"<tr>{''.join(f'<td>{text(cell)}</td>' for cell in row)}</tr>" for row in rows)
    if not body:
        return Html('<p class="dim">none</p>')
    head = "".join(f"<th>{text(name)}</th>" for name in heads)
    return Html(f"<table><tr>{head}</tr>{body}</table>")


def page(title: str, *parts: object, trail: Sequence[object] = (), status: int = 200) -> Response:
    """A whole page; `trail` are the links that lead to it."""
    trail_html = joined((link("datasets"), *trail), " › ")
    body = (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{text(title)} - lading</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>'
        f"<body><nav>{trail_html}</nav><h1>{text(title)}</h1>{joined(parts)}</body></html>"
    )
    return Response(body, status, _HEADERS, media_type="text/html; charset=utf-8")


def folded(summary: object, *parts: object, is_open: bool) -> Html:
    """What a click on its summary shows and hides."""
    return Html(f"<details{' open' * is_open}><summary>{text(summary)}</summary>{joined(parts)}</details>")


def heading(words: str) -> Html:
    """A heading within a page."""
    return Html(f"<h2>{text(words)}</h2>")


def sign_in_page(*, is_wrong: bool) -> Response:
    """The form that asks for the access key."""
    form = Html(
        '<form method="post" action="/"><label>Access key <input type="password" name="key" autofocus required '
        'autocomplete="current-password"></label> <button>Sign in</button></form>'
    )
    note = Html('<p class="error">This is not the access key.</p>') if is_wrong else ""
    return page("Sign in", note, form, status=401)
