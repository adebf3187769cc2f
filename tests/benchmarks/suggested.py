"""Prints the questions that the articles of a library suggest, to be judged by a person.

    python -m tests.benchmarks.suggested LIBRARY [--source GLOB] [--digits 2 3] [--articles 200]

Takes the articles whose number ends in one of the digits, tries all their drafts and not only the
likeliest, and prints what would be shown: the question, its answer, and the headline. The last line
counts the articles, the drafts, those that the reader answers from their sentence, and those shown.
"""

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from qa import Library, Scope
from qa.datatypes import Answer, Passage, Span
from qa.questions.choose import suggested
from qa.questions.words import collect_lexicon


def main() -> None:
    """Print the questions of a sample of a library."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("library", type=Path, help="folder of an indexed library; only read")
    parser.add_argument("--source", metavar="GLOB", help="only articles with such a source")
    parser.add_argument("--digits", nargs="+", default=list("0123456789"), metavar="DIGIT")
    parser.add_argument("--articles", type=int, help="at most so many articles")
    given = parser.parse_args()
    counts: Counter[str] = Counter()
    with Library.open(given.library, create=False) as library:
        rows = sorted(library.articles(Scope(source=given.source)), key=lambda row: row.id)
        sample = [row for row in rows if str(row.id)[-1] in given.digits][: given.articles]
        articles = [library.article(row.id) for row in sample]
        lexicon = collect_lexicon(article.text for article in articles[:600])

        def read(question: str, passage: Passage) -> Sequence[Span]:
            counts["drafts"] += 1
            return library.reader.read(question, [passage])

        def ask(question: str) -> Answer:
            counts["asked"] += 1
            return library.ask(question)

        found = suggested(
            articles, lexicon, read, ask, most_read=len(articles), most_asked=len(articles)
        )
        for each in found:
            counts["shown"] += 1
            print(f"{counts['shown']:4} {each.question}")
            print(f"       {each.citation.lit_text}  [{each.article.title}]", flush=True)
    parts = " · ".join(f"{counts[key]} {key}" for key in ("drafts", "asked", "shown"))
    print(f"{len(articles)} articles · {parts}")


if __name__ == "__main__":
    main()
