"""Prints the questions that the articles of a library suggest, to be judged by a person.

    python -m tests.benchmarks.suggested LIBRARY [--every 5 --first 0] [--articles 200]

Takes every fifth article from the first one on, tries all drafts and not only the likeliest, and
prints what would be shown: the question, its answer, and the headline. The last line counts the
articles, the drafts, those that the reader answers from their sentence, and those shown.
"""

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from qa import Library
from qa.datatypes import Answer, Passage, Span
from qa.questions.choose import suggested
from qa.questions.words import collect_lexicon


def main() -> None:
    """Print the questions of a sample of a library."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("library", type=Path, help="folder of an indexed library; only read")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="every Nth article")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="after leaving out N")
    parser.add_argument("--articles", type=int, help="at most so many articles")
    given = parser.parse_args()
    counts: Counter[str] = Counter()
    with Library.open(given.library, create=False) as library:
        rows = sorted(library.articles(), key=lambda row: row.id)
        sample = rows[given.first :: given.every][: given.articles]
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
