"""Growth curves as an SVG picture: one small panel a figure, both axes logarithmic."""

import math
from collections.abc import Mapping, Sequence
from html import escape

PANEL = (300, 200)
"""Width and height of a panel in pixels, its margins included."""
MARGIN = (54, 30, 14, 30)
"""Left, top, right, bottom, inside a panel."""
COLUMNS = 3
COLOURS = ("#1f6feb", "#d1570b")

Curve = Sequence[tuple[float, float]]
"""Size and value, by size."""


def draw(panels: Mapping[str, Mapping[str, Curve]]) -> str:
    """Return the picture of all panels: curves by name, panels by title."""
    width = PANEL[0] * min(COLUMNS, max(len(panels), 1))
    height = PANEL[1] * math.ceil(len(panels) / COLUMNS)
    inside = [
        _panel(title, curves, PANEL[0] * (number % COLUMNS), PANEL[1] * (number // COLUMNS))
        for number, (title, curves) in enumerate(panels.items())
        if any(curves.values())
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" font-family="sans-serif" font-size="10">',
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            *inside,
            "</svg>\n",
        ]
    )


def _panel(title: str, curves: Mapping[str, Curve], left: float, top: float) -> str:
    points = [point for curve in curves.values() for point in curve]
    sizes = _decades([size for size, _ in points])
    values = _decades([value for _, value in points])

    def x(size: float) -> float:
        return MARGIN[0] + _share(size, sizes) * (PANEL[0] - MARGIN[0] - MARGIN[2])

    def y(value: float) -> float:
        return PANEL[1] - MARGIN[3] - _share(value, values) * (PANEL[1] - MARGIN[1] - MARGIN[3])

    parts = [f'<g transform="translate({left},{top})">']
    parts.append(f'<text x="{MARGIN[0]}" y="18" font-size="12">{escape(title)}</text>')
    for power in range(values[0], values[1] + 1):
        at = y(10**power)
        parts.append(_line(MARGIN[0], at, PANEL[0] - MARGIN[2], at, "#dddddd"))
        parts.append(_text(MARGIN[0] - 6, at + 3, _short(10**power), "end"))
    for power in range(sizes[0], sizes[1] + 1):
        parts.append(_line(x(10**power), MARGIN[1], x(10**power), PANEL[1] - MARGIN[3], "#eeeeee"))
        parts.append(_text(x(10**power), PANEL[1] - MARGIN[3] + 14, _short(10**power), "middle"))
    for number, (name, curve) in enumerate(curves.items()):
        colour = COLOURS[number % len(COLOURS)]
        places = [(x(size), y(value)) for size, value in curve]
        path = " ".join(f"{across:.1f},{down:.1f}" for across, down in places)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        below = number == 0 < len(curves) - 1  # the lower of two
        anchors = ["start", *["middle"] * (len(curve) - 2), "end"]
        for (across, down), (_, value), anchor in zip(places, curve, anchors, strict=False):
            parts.append(f'<circle cx="{across:.1f}" cy="{down:.1f}" r="3" fill="{colour}"/>')
            shown = f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
            parts.append(_text(across, down + (14 if below else -6), shown, anchor, colour))
        if len(curves) > 1:
            parts.append(_text(PANEL[0] - MARGIN[2], 16 + 11 * number, name, "end", colour))
    return "\n".join([*parts, "</g>"])


def _decades(values: Sequence[float]) -> tuple[int, int]:
    """The powers of ten that hold all values, at least one apart."""
    low = math.floor(math.log10(min(values)) + 1e-9)
    return low, max(low + 1, math.ceil(math.log10(max(values)) - 1e-9))


def _share(value: float, decades: tuple[int, int]) -> float:
    return (math.log10(value) - decades[0]) / (decades[1] - decades[0])


def _short(value: float) -> str:
    for unit, word in ((1e6, "M"), (1e3, "k")):
        if value >= unit:
            return f"{value / unit:g}{word}"
    return f"{value:g}"


def _line(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


def _text(x: float, y: float, text: str, anchor: str, colour: str = "#444444") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">'
        f"{escape(text)}</text>"
    )
