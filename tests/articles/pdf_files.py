"""PDFs made for tests: a few lines of Helvetica at given places."""

from collections.abc import Sequence

Placed = tuple[float, float, float, str]
"""Left, base line, size, and text."""


def column(
    lines: Sequence[str], *, left: float = 72, top: float = 700, size: float = 10
) -> list[Placed]:
    """Lines one below the other; an empty one leaves a gap."""
    return [(left, top - 12 * place, size, line) for place, line in enumerate(lines) if line]


def pdf_of(
    *pages: Sequence[Placed], title: str = "", created: str = "", turned: bool = False
) -> bytes:
    """The bytes of a PDF with these pages; ``turned`` makes the text run upwards."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    objects.append(
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    )
    objects.append(f"<< /Title ({title}) /CreationDate ({created}) >>")
    kids = []
    for placed in pages:
        drawn = "".join(_drawn(one, turned=turned) for one in placed)
        objects.append(f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream")
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] "
            f"/Resources << /Font << /F 3 0 R >> >> /Contents {len(objects)} 0 R >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    return _file(objects)


def _drawn(placed: Placed, *, turned: bool) -> str:
    left, base, size, text = placed
    safe = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    matrix = f"0 1 -1 0 {792 - base} {left}" if turned else f"1 0 0 1 {left} {base}"
    return f"BT /F {size} Tf {matrix} Tm ({safe}) Tj ET\n"


def _file(objects: Sequence[str]) -> bytes:
    data = b"%PDF-1.4\n"
    starts = []
    for number, one in enumerate(objects, 1):
        starts.append(len(data))
        data += f"{number} 0 obj\n{one}\nendobj\n".encode("cp1252")
    table = "".join(f"{start:010} 00000 n \n" for start in starts)
    count = len(objects) + 1
    trailer = f"trailer\n<< /Size {count} /Root 1 0 R /Info 4 0 R >>"
    end = f"xref\n0 {count}\n0000000000 65535 f \n{table}{trailer}\nstartxref\n{len(data)}\n%%EOF\n"
    return data + end.encode()
