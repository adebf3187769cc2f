"""Text of PDFs: which sentences come out whole, and how fast, against two other libraries.

    pip install pypdf pdfminer.six
    python -m tests.benchmarks.pdf_text FOLDER

FOLDER holds PDFs and ``gold.jsonl``, one object for each file: ``file``, its name; ``sentences``,
which a person reads there, so with words whole and without running heads; ``absent``, what only
running heads say; ``refused``, whether it has no text or needs a password.

A sentence is whole if the text holds it; white space and the shape of quotation marks and dots do
not count. It is found if it is a sentence by itself, as qa splits the text, behind the mark of a
list or not. The text of the other libraries is taken as it comes, with every word joined that a
hyphen cuts at the end of a line.
"""

import argparse
import io
import json
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from qa.articles.clean import clean
from qa.articles.formats import pdf
from qa.articles.found import ReadArticle
from qa.sentences import sentence_bounds

_CUT = re.compile(r"(\w)[-\u00ad\u2010][^\S\n]*\n[^\S\n]*(?=\w)")
_BULLET = re.compile(r"^[•!-] ")
_SHAPES = str.maketrans("“”„‘’−", '"""\'\'-')

Read = Callable[[bytes], tuple[str, int]]
"""Returns the text of a file and its number of pages; raises for one that it refuses."""


def main() -> None:
    """Print a row of the table for each library."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="PDFs and gold.jsonl")
    folder: Path = parser.parse_args().folder
    lines = (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    files = [json.loads(line) for line in lines]
    print("| text by | whole | found | running heads out | refused | pages/s |")
    print("|---|---|---|---|---|---|")
    for name, read in (("qa (PDFium)", _ours), ("pypdf", _pypdf), ("pdfminer.six", _pdfminer)):
        print(_row(name, read, folder, files), flush=True)


def _row(name: str, read: Read, folder: Path, files: list[Mapping[str, Any]]) -> str:
    """Return a row: shares of sentences by file and then on average, and pages per second."""
    whole, found = [], []
    heads = heads_out = refusals = refused = pages = 0
    seconds = 0.0
    for gold in files:
        data = (folder / gold["file"]).read_bytes()
        started = time.process_time()
        try:
            text, count = read(data)
        except Exception:
            text, count = "", 0
        seconds += time.process_time() - started
        pages += count
        if gold["refused"]:
            refusals += 1
            refused += not text.strip()
            continue
        flat = _flat(text)
        alone = {_BULLET.sub("", _flat(text[start:end])) for start, end in sentence_bounds(text)}
        wanted = [_flat(sentence) for sentence in gold["sentences"]]
        whole.append(sum(sentence in flat for sentence in wanted) / len(wanted))
        if ended := [sentence for sentence in wanted if sentence[-1] in ".?!"]:
            found.append(sum(sentence in alone for sentence in ended) / len(ended))
        heads += len(gold["absent"])
        heads_out += sum(_flat(head) not in flat for head in gold["absent"])
    shares = " | ".join(f"{sum(some) / len(some):.3f}" for some in (whole, found))
    speed = f"{pages / seconds:.0f}"
    return f"| {name} | {shares} | {heads_out} of {heads} | {refused} of {refusals} | {speed} |"


def _flat(text: str) -> str:
    return " ".join(clean(text).translate(_SHAPES).split())


def _ours(data: bytes) -> tuple[str, int]:
    read = next(pdf.read("a.pdf", data))
    assert isinstance(read, ReadArticle)
    return read.article.text, len(read.article.pages)


def _pypdf(data: bytes) -> tuple[str, int]:
    import pypdf

    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    return _joined("\n".join(page.extract_text() for page in pages)), len(pages)


def _pdfminer(data: bytes) -> tuple[str, int]:
    from pdfminer.high_level import extract_text

    text = extract_text(io.BytesIO(data))
    return _joined(text.replace("\f", "\n")), text.count("\f")


def _joined(text: str) -> str:
    return _CUT.sub(r"\1", text)


if __name__ == "__main__":
    main()
