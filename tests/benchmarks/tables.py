"""Measures how often the answer to a question about a table is found in its row.

    python -m tests.benchmarks.tables --work FOLDER

Makes a web page of each table in ``tables.jsonl``, with texts of our own, and asks its questions in
a library that holds the sample articles as well: once as qa reads tables, with the names of the
columns in each row, and once with the cells side by side. Counted is where the likeliest words are
the cell.
"""

import argparse
import json
import shutil
from collections import Counter
from html import escape
from pathlib import Path
from typing import Any
from unittest.mock import patch

from qa.articles import page_text
from qa.library import Library
from tests.conftest import ROOT

LONGER = 25
"""Most characters that the words found may have more than the cell."""


def main() -> None:
    """Print the counts of both ways of reading, for each set of tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True, help="folder for pages and libraries")
    work: Path = parser.parse_args().work
    lines = Path(__file__).with_suffix(".jsonl").read_text(encoding="utf-8").splitlines()
    tables = [json.loads(line) for line in lines]
    asked = Counter(table["set"] for table in tables for _ in table["questions"])
    right = _right(work / "named", tables)
    with patch.object(page_text, "named_lines", lambda rows, **_: []):
        plain = _right(work / "plain", tables)
    for name, count in asked.items():
        print(f"{name}: {count} questions, {plain[name]} right side by side, {right[name]} named")


def _right(folder: Path, tables: list[dict[str, Any]]) -> Counter[str]:
    """Return how many questions of each set are answered with the words of the cell."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "pages").mkdir(parents=True)
    for number, table in enumerate(tables):
        (folder / "pages" / f"{number}.html").write_text(_page(table), encoding="utf-8")
    right: Counter[str] = Counter()
    with Library.open(folder / "library", create=True) as library:
        # In other processes tables would be read as usual.
        with patch("qa.indexing.pipeline.needs_worker", lambda found: False):
            library.add(folder / "pages")
        library.add(ROOT / "seeds")
        for table in tables:
            for question, cell in table["questions"]:
                found = next((one for one in library.ask(question).citations), None)
                words = found.article.text[slice(*found.lit_bounds)] if found else ""
                right[table["set"]] += cell in words and len(words) < len(cell) + LONGER
    return right


def _page(table: dict[str, Any]) -> str:
    """Return a table as a web page, its first row marked as the names of the columns."""
    rows = "".join(
        "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in row) + "</tr>"
        for tag, row in zip(["th", *["td"] * len(table["rows"])], table["rows"], strict=False)
    )
    title, text = escape(table["title"]), escape(table["text"])
    said = "The list was read out at the meeting in the town hall, where it was approved."
    return (
        f"<!doctype html><html><head><meta charset=utf-8><title>{title}</title></head><body>"
        f"<article><h1>{title}</h1><p>{text} {said}</p><table>{rows}</table></article>"
        "</body></html>"
    )


if __name__ == "__main__":
    main()
