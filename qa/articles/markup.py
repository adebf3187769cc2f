"""Stub until the real module is merged."""

import html
import re


def markup_text(markup: str) -> str:
    """Return block-aware plain text of an HTML fragment."""
    markup = re.sub(r"(?is)<(script|style)\b.*?</\1>|<!--.*?-->", "", markup)
    markup = re.sub(r"\s+", " ", markup)
    markup = re.sub(r"(?i)<br\s*/?>", "\n", markup)
    markup = re.sub(
        r"(?i)\s*</?(p|div|h[1-6]|ul|blockquote|article|section)\b[^>]*>\s*", "\n\n", markup
    )
    text = html.unescape(re.sub(r"<[^>]*>", "", markup))
    return re.sub(r"\n{3,}", "\n\n", text).strip()
