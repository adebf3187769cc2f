"""Answers a follow-up: search the story and all articles, read both, weigh both together."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..answering.answer import READ_SECONDS, FoundHits, compose
from ..answering.evidence import weigh
from ..answering.retriever import Retriever
from ..answering.session import Session
from ..answering.speech import answering_spans
from ..datatypes import Answer, ArticleRowId, Hit, Passage, Scope, Status
from ..terms import stemmed_terms
from .evidence import (
    LEAVING_WEAK,
    SENTENCE_WEAK,
    Candidate,
    Reading,
    Story,
    article_words,
    weigh_forms,
)
from .names import names_in
from .past import Past
from .story import narrowed, near_articles

MOST_CITED = 6
"""Articles cited before in which a follow-up is searched, the latest first."""

STORY_PASSAGES = 8
"""Passages that are read in those articles and others on the same events."""

OPEN_PASSAGES = 6
"""Passages that are read among all articles; 8 and 6 answer as many questions as 10 and 10."""

NEW_WORDS = 2
"""Words that the story has not, from which a question without capitals may leave it."""

NAMED_HITS = 3
"""Best hits in which a name may be that leads away from the story."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question that may refer to what was said before."""

    typed: str
    """As it was typed."""
    alone: str
    """As it stands alone."""
    cited: Sequence[str]
    """Ids of the articles that the story is in, the latest first; not empty."""
    older: Sequence[str]
    """Ids of the articles of earlier stories."""


def follow_up(typed: str, alone: str, past: Sequence[Past]) -> FollowUp | None:
    """Return a question with its story; None if there is none yet."""
    cited: dict[str, None] = {}
    older: dict[str, None] = {}
    is_over = False
    for turn in reversed(past):
        (older if is_over else cited).update(dict.fromkeys(turn.cited))
        is_over = is_over or (turn.begins_story and bool(cited))
    if not cited:
        return None
    latest = list(cited)[:MOST_CITED]
    left = [article for article in older if article not in cited]
    return FollowUp(typed, alone, latest, left[: MOST_CITED - len(latest)])


def answer_in_story(
    session: Session,
    retriever: Retriever,
    asked: FollowUp,
    *,
    k: int,
    scope: Scope,
    on_hits: FoundHits | None,
    started: float,
) -> Answer:
    """Answer a follow-up. Raises what ``Library.ask`` raises."""
    everywhere = retriever.retrieve(asked.alone, max(k, OPEN_PASSAGES), scope)
    best = everywhere.best_bm25
    if asked.alone != asked.typed:
        best = retriever.best_bm25(asked.typed, scope)
    near = {*near_articles(session, asked.cited), *asked.older}
    only = narrowed(scope, (*asked.cited, *near))
    inside: Sequence[Hit] = ()
    if only is not None:
        found = retriever.retrieve(asked.typed, STORY_PASSAGES, only, best)
        # A quoted phrase that only other articles have leads out of the story.
        inside = () if found.lacks_phrase and not everywhere.lacks_phrase else found.hits
    articles = session.store.articles([ArticleRowId(int(name)) for name in asked.cited])
    words = frozenset(word for each in articles.values() for word in article_words(each))
    story = Story(frozenset(asked.cited), frozenset(near), words)
    leaves = _names_another(asked.typed, story, inside, everywhere.hits)
    hits = list(everywhere.hits) if leaves else _merged(inside, everywhere.hits)
    if on_hits is not None:
        on_hits(hits[:k])
    reading = time.perf_counter()
    late: list[Passage] = []

    def read(form: str, found: Sequence[Hit]) -> Reading:
        left = max(0.0, READ_SECONDS - (time.perf_counter() - reading))
        passages = [hit.passage for hit in found]
        spans = answering_spans(asked.typed, session.reader.read(form, passages, left, late))
        return Reading(form, found, spans)

    openly = read(asked.alone, everywhere.hits[:OPEN_PASSAGES])
    readings = [openly] if leaves else [read(asked.typed, inside), openly]
    candidates = weigh_forms(readings, story)
    # Without capitals it is not known whether the new words are names.
    form, at_most = asked.alone, Status.ANSWERED
    if leaves and not names_in(asked.typed):
        at_most = Status.WEAK
    if candidates and not leaves:
        form, article = _form(candidates, asked.typed), candidates[0].weighed.span.passage.article
        if article.id not in story.cited | story.near:
            leaves = bool((set(stemmed_terms(asked.typed)) - words) & article_words(article))
            # Without words of its own, a question is not about an unrelated article.
            at_most = Status.ANSWERED if leaves else Status.WEAK
    weighed = [each.weighed for each in candidates]
    if leaves:  # it is judged like a first question
        form, hits = asked.alone, list(everywhere.hits)
        weighed = weigh(form, openly.hits, openly.spans)
    now = time.perf_counter()
    answered = compose(
        form,
        hits,
        weighed,
        k=k,
        unread=len({passage.place for passage in late}),
        timings={
            **everywhere.timings,
            "read": (now - reading) * 1000,
            "total": (now - started) * 1000,
        },
        at_most=at_most,
        sentence_weak=LEAVING_WEAK if leaves else SENTENCE_WEAK,
        needs_match=leaves,  # "how heavy was it?" is answered by "400 pounds"
    )
    if answered.status is Status.NOT_FOUND:
        # What is nearest by its words helps more than what the reader likes best of the story.
        nearest = sorted(answered.hits, key=lambda hit: -hit.score)
        answered = replace(answered, hits=tuple(nearest))
    return replace(answered, in_story=not leaves, notes=(*everywhere.notes, *answered.notes))


def _form(candidates: Sequence[Candidate], typed: str) -> str:
    """Return the form of the question that the best candidate answers.

    That is the typed one if it finds the same sentence: then nothing had to be put in.
    """
    best = candidates[0]

    def place(each: Candidate) -> tuple[str, tuple[int, int]]:
        return each.weighed.span.passage.article.id, each.weighed.sentence

    same = {each.question for each in candidates if place(each) == place(best)}
    return typed if typed in same else best.question


def _names_another(
    question: str, story: Story, inside: Sequence[Hit], everywhere: Sequence[Hit]
) -> bool:
    """Whether a question names something that the story has not, and one of the best hits has.

    In a question typed without capitals any word can be a name; there, two words must be new.
    """
    names = {stem for name in names_in(question) for stem in stemmed_terms(name.text)}
    if question.islower():
        names = set(stemmed_terms(question)) - story.words
        if len(names) < NEW_WORDS:
            return False
    if not names or names & story.words:
        return False
    near = [hit.passage.article for hit in inside if hit.passage.article.id in story.near]
    if any(names & article_words(article) for article in near):
        return False
    return any(names <= article_words(hit.passage.article) for hit in everywhere[:NAMED_HITS])


def _merged(first: Sequence[Hit], second: Sequence[Hit]) -> list[Hit]:
    """Return the hits of both, each passage once, with new ranks."""
    places = {hit.passage.place: hit for hit in (*second, *first)}
    ordered = dict.fromkeys(hit.passage.place for hit in (*first, *second))
    return [replace(places[place], rank=rank) for rank, place in enumerate(ordered, start=1)]
