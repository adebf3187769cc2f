"""Dates such as 03/04/2011, read in the order that the other files of their folder use."""

import os
from collections.abc import Iterator
from itertools import groupby

from ..articles.dates import habit_of, is_open, settled
from ..articles.found import FoundFile
from ..datatypes import ArticleRowId
from ..storage.protocol import WritableStorage
from .changes import Change, PutFile, SettleDate


def settle_dates(store: WritableStorage) -> Iterator[Change]:
    """Yield the changes that date undecided articles by the habit of their folder or library.

    Those that were dated by an earlier habit are dated again.
    """
    written = store.written_dates()
    undated = [each for each in written if is_open(each.published, each.digits, each.dated)]
    inside: dict[str, list[str]] = {}
    for each in written:
        inside.setdefault(os.path.dirname(each.path), []).append(each.digits)
    whole = habit_of(each.digits for each in written)
    habits = {folder: habit_of(digits) or whole for folder, digits in inside.items()}
    for path, group in groupby(undated, key=lambda each: each.path):
        row = store.files([path])[path]
        found = FoundFile(
            path, row.name, row.size_bytes, row.modified_ns, changed_ns=row.changed_ns
        )
        rows = {each.id: each for each in store.article_rows(file=row.id)}
        articles = store.articles(ArticleRowId(each.article) for each in group)
        changes = [
            SettleDate(found, rows[number].record, rows[number].url, dated)
            for number, article in articles.items()
            if (dated := settled(article, habits[os.path.dirname(path)])).published
            != article.published
        ]
        if changes:
            yield from changes
            yield PutFile(found, row.digest, is_whole=row.is_whole)
