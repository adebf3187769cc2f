"""Several libraries as one `Storage`: ids that do not collide, hits on one scale.

The id of an article or a passage has the place of its library above its own id. Cosines can be
compared because all libraries have the same encoder, and each BM25 score is divided by the best of
all libraries.
"""

import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from ..datatypes import OWN_BITS, Article, ArticleRowId, Passage, Scope, own_id
from ..errors import ModelMismatchError
from .article_store import ArticleRow, Counts
from .protocol import CopyGroup, Selection, Storage

if TYPE_CHECKING:  # importing numpy takes 0.1 s, and lists do not need it
    import numpy as np
    from numpy.typing import NDArray


class JointStorage:
    """Several libraries; see `Storage` for the methods."""

    def __init__(self, names: Sequence[str], stores: Sequence[Storage]) -> None:
        """Join libraries. ``names`` say which one an article is of."""
        self._names, self._stores = names, stores

    @property
    def address(self) -> str:
        """Where the libraries are."""
        return " and ".join(store.address for store in self._stores)

    @property
    def flags(self) -> list[str]:
        """The options that open each library."""
        return [flag for store in self._stores for flag in store.flags]

    def facts(self) -> dict[str, str]:
        """Return the facts about the model. Raises ModelMismatchError unless all have the same."""
        first = dict(self._stores[0].facts())
        model = first.get("model", "no model")
        for name, store in zip(self._names, self._stores, strict=True):
            own = store.facts()
            if own.get("fingerprint") != first.get("fingerprint"):
                other = own.get("model", "no model")
                raise ModelMismatchError(
                    f"The libraries {self._names[0]} and {name} were made by different models "
                    f"({model}, {other}), so that their passages cannot be compared. "
                    f"To re-embed {name}: "
                    f"qa index --reembed --model {shlex.quote(model)}{store.flags[0]}"
                )
        return first

    def count(self) -> Counts:
        """Count files, articles and passages."""
        return Counts(*map(sum, zip(*(store.count() for store in self._stores), strict=True)))

    def await_articles(self) -> None:
        """Wait until each library has an article. Raises LibraryError for one that has none."""
        for store in self._stores:
            store.await_articles()

    def article_rows(
        self, scope: Scope | None = None, *, ids: Sequence[ArticleRowId] | None = None
    ) -> list[ArticleRow]:
        """Return the articles of a scope, or with the given ids; newest first."""
        rows: list[ArticleRow] = []
        if ids is None:
            for place, own in self._scopes(scope or Scope()):
                rows += self._named(place, self._stores[place].article_rows(own))
        else:
            for place, numbers in _split(ids):
                own_ids = [ArticleRowId(number) for number in numbers]
                rows += self._named(place, self._stores[place].article_rows(ids=own_ids))
        return sorted(rows, key=lambda row: row.published or date.min, reverse=True)

    def passage_counts(self) -> dict[ArticleRowId, int]:
        """Return the number of passages of each article."""
        return {
            _article(place, article): count
            for place, store in enumerate(self._stores)
            for article, count in store.passage_counts().items()
        }

    def find_articles(self, name: str) -> list[ArticleRowId]:
        """Return the ids of the articles that a name means in any of the libraries."""
        return [
            _article(place, article)
            for place, store in enumerate(self._stores)
            for article in store.find_articles(name)
        ]

    def articles(self, ids: Iterable[ArticleRowId]) -> dict[ArticleRowId, Article]:
        """Return articles by id; unknown ids are left out."""
        return {
            _article(place, number): self._own(place, article)
            for place, numbers in _split(ids)
            for number, article in self._stores[place].articles(map(ArticleRowId, numbers)).items()
        }

    def passages(self, ids: Sequence[int]) -> dict[int, Passage]:
        """Return passages with their articles, by passage id; unknown ids are left out."""
        return {
            joint_id(place, number): replace(passage, article=self._own(place, passage.article))
            for place, numbers in _split(ids)
            for number, passage in self._stores[place].passages(numbers).items()
        }

    def articles_of(self, ids: Sequence[int]) -> dict[int, ArticleRowId]:
        """Return the article of each passage, by passage id; unknown ids are left out."""
        return {
            joint_id(place, number): _article(place, article)
            for place, numbers in _split(ids)
            for number, article in self._stores[place].articles_of(numbers).items()
        }

    def article_vectors(
        self, article: ArticleRowId
    ) -> "list[tuple[tuple[int, int], NDArray[np.float16]]]":
        """Return offsets and vector ``(dimension,)`` of each passage of an article."""
        place, number = _parts(article)
        return self._stores[place].article_vectors(ArticleRowId(number))

    def copy_groups(self, articles: Iterable[ArticleRowId]) -> dict[ArticleRowId, CopyGroup]:
        """Return the group of each article that has copies.

        Between libraries, articles with the same text are copies, of those that are asked for.
        """
        wanted = list(dict.fromkeys(articles))
        groups = {
            _article(place, article): CopyGroup(joint_id(place, group.number), group.articles)
            for place, numbers in _split(wanted)
            for article, group in self._stores[place]
            .copy_groups(map(ArticleRowId, numbers))
            .items()
        }
        same: dict[str, list[ArticleRowId]] = {}
        for row in self.article_rows(ids=wanted):
            same.setdefault(row.digest, []).append(row.id)
        for alike in same.values():
            if len({_parts(article)[0] for article in alike}) == 1:
                continue
            known = {groups[article] for article in alike if article in groups}
            loose = [article for article in alike if article not in groups]
            number = min((group.number for group in known), default=min(alike))
            group = CopyGroup(number, sum(each.articles for each in known) + len(loose))
            members = [article for article in wanted if groups.get(article) in known]
            groups.update(dict.fromkeys((*members, *loose), group))
        return groups

    def within(self, scope: Scope) -> "JointSelection":
        """Return the passages of a scope, to be searched."""
        return JointSelection(
            {place: self._stores[place].within(own) for place, own in self._scopes(scope)}
        )

    def has_term(self, term: str) -> bool:
        """Whether a passage of any library matches a term of a question."""
        return any(store.has_term(term) for store in self._stores)

    def passages_with(self, word: str, limit: int) -> list[int]:
        """Return a few passages that hold a folded word, at most ``limit``."""
        found = [
            joint_id(place, number)
            for place, store in enumerate(self._stores)
            for number in store.passages_with(word, limit)
        ]
        return found[:limit]

    def nearest_words(self, word: str, errors: int, limit: int) -> list[tuple[str, int]]:
        """Return the words of articles nearest to a folded word, with their distance."""
        found = {
            pair: None
            for store in self._stores
            for pair in store.nearest_words(word, errors, limit)
        }
        return sorted(found, key=lambda pair: pair[1])[:limit]

    def folding(self) -> Callable[[str], list[str]]:
        """Return the function that turns a text into words as they are searched."""
        return self._stores[0].folding()

    def articles_with(self, word: str) -> set[ArticleRowId]:
        """Return all articles with a word, as `folding` gives it."""
        return {
            _article(place, article)
            for place, store in enumerate(self._stores)
            for article in store.articles_with(word)
        }

    def _own(self, place: int, article: Article) -> Article:
        number = joint_id(place, int(article.id))
        return replace(article, id=str(number), library=self._names[place])

    def _named(self, place: int, rows: Iterable[ArticleRow]) -> Iterator[ArticleRow]:
        for row in rows:
            yield row._replace(id=_article(place, row.id), library=self._names[place])

    def _scopes(self, scope: Scope) -> Iterator[tuple[int, Scope]]:
        """Yield the places of the libraries that have something in a scope, and it as they say."""
        for place in range(len(self._stores)):
            only = _own_ids(place, scope.only)
            if only or not scope.only:
                yield place, replace(scope, only=only, without=_own_ids(place, scope.without))


class JointSelection:
    """Passages of several libraries; see `Selection`."""

    def __init__(self, parts: dict[int, Selection]) -> None:
        """Join selections, each by the place of its library."""
        self._parts = parts

    def holding(self, phrase: Sequence[str]) -> "JointSelection | None":
        """Return those that hold these folded words side by side; None if there are none."""
        parts = {
            place: holding
            for place, part in self._parts.items()
            if (holding := part.holding(phrase)) is not None
        }
        return JointSelection(parts) if parts else None

    def start_words(
        self, terms: Iterable[str], limit: int
    ) -> Callable[[], list[tuple[int, float]]]:
        """Start a search by words in each library; the function that is returned waits for all."""
        wanted = list(terms)
        started = {place: part.start_words(wanted, limit) for place, part in self._parts.items()}
        return partial(_best_of, started, limit)

    def search(self, query: "NDArray[np.float32]", k: int) -> list[tuple[int, float]]:
        """Return the k nearest passages and their cosines with a query ``(dimension,)``."""
        found = {place: partial(part.search, query, k) for place, part in self._parts.items()}
        return _best_of(found, k)

    def inner_products(
        self, query: "NDArray[np.float32]", ids: "NDArray[np.int64]"
    ) -> dict[int, float]:
        """Return the cosine of a query ``(dimension,)`` with each of these passages."""
        import numpy as np

        return {
            joint_id(place, number): cosine
            for place, numbers in _split(ids.tolist())
            for number, cosine in self._parts[place]
            .inner_products(query, np.array(numbers, np.int64))
            .items()
        }


def joint_id(place: int, number: int) -> int:
    """Return the id, among several libraries, of what has an id in the library of that place."""
    return place << OWN_BITS | number


def _article(place: int, number: int) -> ArticleRowId:
    return ArticleRowId(joint_id(place, number))


def _parts(number: int) -> tuple[int, int]:
    """Return the place of the library and the id in it."""
    return number >> OWN_BITS, number & ((1 << OWN_BITS) - 1)


def _split(ids: Iterable[int]) -> Iterator[tuple[int, list[int]]]:
    """Yield the place of each library with the ids in it."""
    found: dict[int, list[int]] = {}
    for each in ids:
        place, number = _parts(each)
        found.setdefault(place, []).append(number)
    yield from found.items()


def _own_ids(place: int, articles: Sequence[str]) -> tuple[str, ...]:
    """Return those of the article ids that are of a library, as it knows them."""
    return tuple(
        own_id(each) for each in articles if each.isdecimal() and _parts(int(each))[0] == place
    )


def _best_of(
    found: "Mapping[int, Callable[[], list[tuple[int, float]]]]", limit: int
) -> list[tuple[int, float]]:
    """Return the best of what several libraries find, best first."""
    pairs = [
        (joint_id(place, number), score)
        for place, find in found.items()
        for number, score in find()
    ]
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))[:limit]
