"""Hits to an answer: what is claimed, what is cited, and that every quote is exact."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.answering.answer import (
    ANSWERED,
    MOST_ALTERNATIVES,
    MOST_CITATIONS,
    READ_PASSAGES,
    SENTENCE_ANSWERED,
    SENTENCE_WEAK,
    WEAK,
    answer,
    claim,
)
from qa.answering.evidence import (
    FEATURES,
    INTERCEPT,
    MARGIN_SLOPE,
    MOST_MARGIN,
    SLOPE,
    WEIGHTS,
    features,
    margins,
    sentences_of,
    tells,
    weigh,
)
from qa.datatypes import Answer, AnswerKind, Article, Hit, Passage, Span, Status, Why

if TYPE_CHECKING:
    from qa.library import Library
    from tests.doubles import WordEncoder


class ToldReader:
    """Finds the words it was told to find, wherever they stand, with the scores it was told."""

    name = "told"

    def __init__(self, scores: dict[str, float]) -> None:
        self.scores = scores
        self.passages: list[Passage] = []
        self.seconds: float | None = None

    def read(
        self,
        question: str,
        passages: Sequence[Passage],
        seconds: float | None = None,
        late: list[Passage] | None = None,
    ) -> list[Span]:
        self.passages, self.seconds = list(passages), seconds
        spans = []
        for passage in passages:
            for words, score in self.scores.items():
                place = passage.text.find(words)
                if place >= 0:
                    start = passage.start + place
                    spans.append(Span(passage, start, start + len(words), score))
        return sorted(spans, key=lambda span: -span.score)


def hit(rank: int, text: str, *, score: float = 0.5, matched: bool = True, id: str = "") -> Hit:
    article = Article(id or str(rank), "", f"{rank}.txt", None, text, "")
    why = Why(1.0 if matched else None, rank if matched else None, 0.5, rank)
    return Hit(Passage(article, 0, len(text)), score, rank, why)


def asked(hits: Sequence[Hit], scores: dict[str, float]) -> Answer:
    return answer("Who?", hits, ToldReader(scores), k=len(hits), timings={}, started=0.0)


# How sure


def test_confidence_is_read_off_the_curve_at_the_sum_of_the_features() -> None:
    hits = [hit(1, "Ann arrived.", score=0.25), hit(2, "Bob went.", score=0.75)]
    spans = ToldReader({"Ann": 1.0, "Bob": 0.25}).read("", [each.passage for each in hits])
    rows = features("Who arrived?", hits, spans, sentences_of(spans))
    assert rows.shape == (2, len(FEATURES))
    column = dict(zip(FEATURES, rows.T, strict=True))
    assert column["reader"].tolist() == [1.0, 0.25]
    assert column["fused"].tolist() == [0.25, 0.75]
    assert column["in_sentence"].tolist() == [1.0, 0.0]
    weighed = weigh("Who arrived?", hits, spans)
    wanted = dict(zip([span.text for span in spans], rows @ WEIGHTS, strict=True))
    assert {entry.span.text: entry.evidence for entry in weighed} == pytest.approx(wanted)
    ahead = weighed[0].evidence - weighed[1].evidence
    for entry, margin in zip(weighed, (ahead, -ahead), strict=True):
        odds = entry.confidence / (1 - entry.confidence)
        wanted_odds = SLOPE * entry.evidence + MARGIN_SLOPE * margin + INTERCEPT
        assert np.log(odds) == pytest.approx(wanted_odds)


def test_a_rare_word_of_the_question_counts_more() -> None:
    """Three passages: "ferry" is in one of them, "sank" in all."""
    hits = [hit(1, "The ferry left. It sank."), hit(2, "A barge sank."), hit(3, "Boats sank.")]
    spans = ToldReader({"left": 2.0, "It": 1.0}).read("", [hits[0].passage])
    rows = features("Which ferry sank?", hits, spans, sentences_of(spans))
    rare, common = math.log(4 / 1.5), math.log(4 / 3.5)
    wanted = [rare / (rare + common), common / (rare + common)]
    assert rows[:, FEATURES.index("in_sentence")].tolist() == pytest.approx(wanted)


def test_a_question_without_a_word_shares_none() -> None:
    hits = [hit(1, "Ann arrived.")]
    spans = ToldReader({"Ann": 1.0}).read("", [hits[0].passage])
    rows = features("?!", hits, spans, sentences_of(spans))
    assert rows[:, FEATURES.index("in_sentence")].tolist() == [0]


def test_confidence_of_a_worked_example() -> None:
    """Evidence .342 · 6 + 8.252 · .5 + .901 · 1 = 7.079, and .342 · 1 + 8.252 · .5 = 4.468."""
    hits = [hit(1, "Ann arrived."), hit(2, "Bob went.")]
    spans = ToldReader({"Ann": 6.0, "Bob": 1.0}).read("", [each.passage for each in hits])
    ann, bob = weigh("Who arrived?", hits, spans)
    assert (ann.evidence, bob.evidence) == pytest.approx((7.079, 4.468))
    # Margins 2.611 and -2.611: .6021 · 7.079 + .3184 · 2.611 - 5.115 = -.0214, and so on.
    sure = [ann.confidence, bob.confidence, ann.sentence_confidence, bob.sentence_confidence]
    (alone,) = weigh("Who arrived?", hits, spans[:1])  # with the greatest margin, 8
    log_odds = [math.log(one / (1 - one)) for one in [*sure, alone.confidence]]
    assert log_odds == pytest.approx([-0.0214, -3.2562, 0.0761, -2.0171, 1.6945], abs=1e-4)


def test_a_margin_is_over_other_words_and_has_a_limit() -> None:
    sums = np.array([5.0, 4.0, 3.0])
    assert margins(["ann", "ann", "bob"], sums).tolist() == [2.0, 1.0, -2.0]
    assert margins(["ann", "ann", "ann"], sums).tolist() == [MOST_MARGIN] * 3
    assert margins(["ann", "bob"], np.array([50.0, 1.0])).tolist() == [MOST_MARGIN, -49.0]


def test_more_evidence_is_more_confidence() -> None:
    assert SLOPE > 0
    assert MARGIN_SLOPE > 0
    assert 0 < WEAK < ANSWERED < 1


@pytest.mark.parametrize(
    ("words", "sentence", "kind", "status"),
    [
        (ANSWERED, 0.99, AnswerKind.SPAN, Status.ANSWERED),
        (ANSWERED - 1e-9, SENTENCE_ANSWERED, AnswerKind.SENTENCE, Status.ANSWERED),
        (WEAK, SENTENCE_ANSWERED - 1e-9, AnswerKind.SPAN, Status.WEAK),
        (WEAK - 1e-9, SENTENCE_WEAK, AnswerKind.SENTENCE, Status.WEAK),
        (WEAK - 1e-9, SENTENCE_WEAK - 1e-9, AnswerKind.SPAN, Status.NOT_FOUND),
    ],
)
def test_the_sentence_answers_where_the_words_are_less_sure(
    words: float, sentence: float, kind: AnswerKind, status: Status
) -> None:
    assert claim(words, sentence) == (kind, status)


@pytest.mark.parametrize(
    ("words", "sentence", "wanted"),
    [
        (0.77, 0.8, "span answered"),
        (0.76, 0.8, "sentence answered"),
        (0.5, 0.79, "span weak"),
        (0.49, 0.5, "sentence weak"),
        (0.2, 0.21, "sentence weak"),
        (0.2, 0.2, "span not_found"),
    ],
)
def test_how_sure_is_sure_enough(words: float, sentence: float, wanted: str) -> None:
    assert " ".join(claim(words, sentence)) == wanted


def test_a_sentence_as_the_answer_lights_its_likeliest_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("qa.answering.answer.claim", lambda *_: (AnswerKind.SENTENCE, Status.WEAK))
    hits = [hit(1, "It rained. Ann came late. Bob left."), hit(2, "Then Cid sang.")]
    found = asked(hits, {"Ann": 3.0, "late": 2.0, "Bob": 1.0, "Cid": 0.0})
    assert (found.kind, found.text) == (AnswerKind.SENTENCE, "Ann came late.")
    (cited,) = found.citations
    assert (cited.quote, cited.lit_text) == (found.text, "Ann")
    assert cited.start < cited.lit_bounds[0] + 1
    assert [other.text for other in found.alternatives] == ["Bob left.", "Then Cid sang."]
    assert [other.citation.number for other in found.alternatives] == [2, 3]
    assert found.confidence + found.alternatives[0].confidence <= 1


def test_a_sentence_as_the_answer_has_three_other_sentences_at_most(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("qa.answering.answer.claim", lambda *_: (AnswerKind.SENTENCE, Status.WEAK))
    words = ["Ann", "Bob", "Cid", "Dan", "Eve"]
    hits = [hit(rank, f"{word} came.") for rank, word in enumerate(words, 1)]
    found = asked(hits, {word: 60.0 - place for place, word in enumerate(words)})
    assert [cited.number for cited in found.citations] == [1]
    assert [(each.text, each.citation.number) for each in found.alternatives] == [
        ("Bob came.", 2),
        ("Cid came.", 3),
        ("Dan came.", 4),
    ]
    assert found.confidence > 0.99
    assert all(each.confidence <= 1 - found.confidence for each in found.alternatives)


def test_words_are_never_likelier_right_than_their_sentence() -> None:
    hits = [hit(1, "Ann and Bob came. Cid left.")]
    passage = hits[0].passage
    spans = [Span(passage, 0, 3, 4.0), Span(passage, 8, 11, 3.0), Span(passage, 18, 21, -5.0)]
    for entry in weigh("Who came?", hits, spans):
        assert entry.sentence_confidence >= entry.confidence
        start, end = entry.sentence
        assert passage.article.text[start:end] in ("Ann and Bob came.", "Cid left.")


@pytest.mark.parametrize(
    ("score", "status"), [(1000.0, Status.ANSWERED), (-1000.0, Status.NOT_FOUND)]
)
def test_status_follows_the_best_span(score: float, status: Status) -> None:
    found = asked([hit(1, "Ann came.")], {"Ann": score, "came": score - 1})
    assert found.status is status
    assert found.guess is not None
    assert (found.guess.text, found.guess.confidence) == ("Ann", found.confidence)
    assert found.guess.citation.number == 1
    assert (found.text, len(found.citations)) == (
        ("", 0) if status is Status.NOT_FOUND else ("Ann", 1)
    )


def test_scores_beyond_all_measure_are_still_probabilities_in_order() -> None:
    found = asked([hit(1, "Ann and Bob.")], {"Ann": 1000.0, "Bob": 2000.0})
    assert found.text == "Bob"
    assert found.confidence <= 1.0
    assert asked([hit(1, "Ann.")], {"Ann": -1000.0}).confidence >= 0.0


def test_the_passage_with_the_best_span_comes_first() -> None:
    hits = [hit(1, "Ann came."), hit(2, "Bob went."), hit(3, "Nobody."), hit(4, "Cid sat.")]
    found = asked(hits, {"Ann": 1.0, "Bob": 9.0, "Cid": 5.0})
    assert [each.rank for each in found.hits] == [2, 4, 1, 3]
    assert [each.why.reader for each in found.hits] == [9.0, 5.0, 1.0, None]


# Not found


def test_nothing_is_answered_when_no_word_of_the_question_stands_anywhere() -> None:
    hits = [hit(rank, "Ann came.", matched=False) for rank in (1, 2)]
    found = asked(hits, {"Ann": 50.0})
    assert (found.status, found.text, found.citations) == (Status.NOT_FOUND, "", ())
    assert found.alternatives == ()
    assert [each.passage for each in found.hits] == [each.passage for each in hits]
    assert asked([*hits, hit(3, "Bob went.")], {"Ann": 50.0}).status is Status.ANSWERED


def test_no_hits_and_no_spans_are_not_found() -> None:
    for hits in ([], [hit(1, "Ann came.")]):
        found = asked(hits, {"Zoe": 5.0})
        assert (found.status, found.confidence, found.hits) == (Status.NOT_FOUND, 0.0, tuple(hits))


def test_through_a_library_unknown_words_are_not_found(library: "Library", articles: Path) -> None:
    library.add(articles)
    found = library.ask("Quelle heure est-il?")
    assert (found.status, found.text, found.citations) == (Status.NOT_FOUND, "", ())
    assert len(found.hits) == 2


# Citations and alternatives


def test_only_the_best_hits_are_read() -> None:
    hits = [hit(rank, f"Ann came {rank} times.") for rank in range(1, READ_PASSAGES + 5)]
    reader = ToldReader({"Ann": 3.0})
    found = answer("Who?", hits, reader, k=len(hits), timings={}, started=0.0)
    assert reader.passages == [each.passage for each in hits[:READ_PASSAGES]]
    assert [each.passage for each in found.hits] == [each.passage for each in hits]
    assert all((each.why.reader is None) == (each.rank > READ_PASSAGES) for each in found.hits)


def test_ten_passages_are_read_for_eight_seconds_at_most() -> None:
    reader = ToldReader({})
    hits = [hit(rank, "Ann came.") for rank in range(1, 13)]
    answer("Who?", hits, reader, k=12, timings={}, started=0.0)
    assert (len(reader.passages), reader.seconds) == (10, 8.0)


def test_times_are_milliseconds(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([5.0, 5.25])
    monkeypatch.setattr("time.perf_counter", lambda: next(moments))
    found = answer("Who?", [], ToldReader({}), k=1, timings={"encode": 3.0}, started=4.0)
    assert found.timings == {"encode": 3.0, "read": 250.0, "total": 1250.0}


def test_a_sentence_printed_twice_is_cited_twice() -> None:
    hits = [hit(1, "It rained. Ann came."), hit(2, "Ann\ncame?"), hit(3, "Bob went.")]
    found = asked(hits, {"Ann came.": 43.0, "Ann\ncame?": 42.0, "Bob went.": 41.0})
    assert [(c.number, c.article.id, c.quote) for c in found.citations] == [
        (1, "1", "Ann came."),
        (2, "2", "Ann\ncame?"),
    ]
    assert [(a.text, a.citation.number) for a in found.alternatives] == [("Bob went.", 3)]
    assert 0 <= found.alternatives[0].confidence <= 1 - found.confidence


def test_an_article_is_cited_once_at_its_best_place() -> None:
    text = "Ann came. Later Ann, came."
    article = Article("7", "", "7.txt", None, text, "")
    first = Hit(Passage(article, 0, 9), 0.5, 1, Why(1.0, 1, 0.5, 1))
    second = Hit(Passage(article, 10, len(text)), 0.5, 2, Why(1.0, 2, 0.5, 2))
    found = asked([first, second, hit(3, "ann")], {"Ann": 43.0, "ann": 42.0})
    assert [(c.article.id, c.start) for c in found.citations] == [("7", 0), ("3", 0)]


def test_citations_and_alternatives_are_few_and_different() -> None:
    words = ["Ann", "Bob", "Cid", "Dan", "Eve", "Fay"]
    hits = [hit(rank, " ".join(words)) for rank in range(1, 7)]
    found = asked(hits, {word: 45.0 - place for place, word in enumerate(words)})
    assert len(found.citations) == MOST_CITATIONS == len(found.alternatives) == 3
    assert [alternative.text for alternative in found.alternatives] == words[1:][:MOST_ALTERNATIVES]
    numbers = [c.number for c in found.citations]
    numbers += [alternative.citation.number for alternative in found.alternatives]
    assert numbers == list(range(1, len(numbers) + 1))


def test_equal_confidence_keeps_the_reader_s_order() -> None:
    hits = [hit(rank, f"{word} came.") for rank, word in enumerate(["Ann", "Bob", "Cid"], 1)]
    scores = {"Ann": 41.0, "Bob": 41.0, "Cid": 41.0}
    assert {asked(hits, scores).text for _ in range(3)} == {"Ann"}


def test_a_reprint_is_cited_twice_through_a_library(library: "Library", articles: Path) -> None:
    (articles / "reprint.txt").write_text(
        "From the wires.\n\nA volcano erupted in Iceland on Monday. Nothing else is known.\n"
    )
    library.add(articles)
    found = library.ask("Where did a volcano erupt on Monday?")
    assert {Path(c.article.source).name for c in found.citations} == {"volcano.txt", "reprint.txt"}
    assert {c.quote for c in found.citations} == {"A volcano erupted in Iceland on Monday."}
    assert {(Path(c.article.source).name, c.line) for c in found.citations} == {
        ("volcano.txt", 1),
        ("reprint.txt", 3),
    }


# Every quote is exact


words = st.sampled_from(
    [
        *("ash", "fell", "volcano", "Iceland", "Dr.", "3.5", "U.S.", "“quoted”", "café"),
        *("🌋", "東京", "e\u0301lan", "I'm", "[/b]", "—", "e.g.", "…"),
    ]
)
sentences = st.lists(words, min_size=1, max_size=12).map(" ".join)
ends = st.sampled_from(
    [". ", "? ", "!\n", ".\n\n", "\n", ".\r\n", "\n# ", "\n- ", "…  ", "\u2028", "\x1b[31m"]
)
bodies = st.lists(st.tuples(sentences, ends), min_size=1, max_size=12).map(
    lambda pairs: "".join(sentence + end for sentence, end in pairs)
)


@given(texts=st.lists(bodies, min_size=1, max_size=4), question=sentences)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_quote_is_exact(
    encoders: dict[Any, "WordEncoder"],
    tmp_path_factory: pytest.TempPathFactory,
    texts: list[str],
    question: str,
) -> None:
    from qa.articles.clean import clean
    from qa.library import Library

    folder = tmp_path_factory.mktemp("quotes")
    (folder / "articles").mkdir()
    for index, text in enumerate(texts):
        (folder / "articles" / f"{index}.txt").write_bytes(text.encode())
    with Library.open(folder / "library") as library:
        library.add(folder / "articles")
        found = library.ask(question)
        places = [*found.citations, *(each.citation for each in found.alternatives)]
        for each in found.hits:
            passage = each.passage
            assert 0 <= passage.start < passage.end <= len(passage.article.text)
            assert passage.text == passage.text.strip() != ""
        for citation in places:
            whole = library.article(citation.article.id).text
            assert whole == clean(texts[int(Path(citation.article.source).stem)])
            assert 0 <= citation.start < citation.end <= len(whole)
            assert whole[citation.start : citation.end] == citation.quote
            assert citation.quote.strip() == citation.quote != ""
            assert citation.quote in citation.sentence
            assert any(
                each.passage.article == citation.article
                and each.passage.start <= citation.start
                and citation.end <= each.passage.end
                for each in found.hits
            )
            lines = whole.split("\n")
            assert lines[citation.line - 1].find(citation.quote.split("\n")[0]) >= 0
        if found.status is Status.NOT_FOUND:
            assert (found.text, places) == ("", [])
        else:
            assert found.text == found.citations[0].quote
            confidences = [each.confidence for each in found.alternatives]
            assert confidences == sorted(confidences, reverse=True)
            assert all(0 <= sure <= found.confidence <= 1 for sure in confidences)
        assert [c.number for c in places] == list(range(1, len(places) + 1))


@pytest.mark.parametrize(
    ("text", "says_something"),
    [
        ("people", False),
        ("died", False),
        ("for", False),
        ("The", False),
        ("two", True),
        ("12", True),
        ("US", True),
        ("passengers", True),
        ("two people", True),
    ],
)
def test_a_word_of_the_question_is_no_other_answer(text: str, says_something: bool) -> None:
    assert tells(text, "How many people died?") is says_something
