"""Cuts a line to a number of characters."""


def shorten(line: str, length: int) -> str:
    """Return a line of at most ``length`` characters: a longer one is cut and ends with ``…``.

    It is cut at a space, unless that loses more than half; then in the middle of a word.
    """
    if len(line) <= length:
        return line
    space = line.rfind(" ", 0, length)
    return line[: space if space > length // 2 else length - 1].rstrip(" ,;:–—-") + "…"
