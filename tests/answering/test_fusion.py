"""Fusion, with scores that can be worked out by hand."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray

from qa.answering.fusion import DENSE_WEIGHT, fuse
from qa.datatypes import Scope, Why
from qa.storage.vectors import Vectors

if TYPE_CHECKING:
    from qa.library import Library
    from tests.doubles import WordEncoder

QUERY: NDArray[np.float32] = np.array([1, 0, 0, 0], np.float32)


@pytest.fixture
def vectors() -> Vectors:
    """Numbers 1 to 4, whose cosines with the query are .75, .5, .25 and -.5: exact in float16."""
    found = Vectors(4)
    rows = np.zeros((4, 4), np.float16)
    rows[:, 0] = [0.75, 0.5, 0.25, -0.5]
    found.add(np.arange(1, 5), rows)
    return found


def test_scores_are_a_convex_combination(vectors: Vectors) -> None:
    dense = vectors.search(QUERY, 2)
    fused = fuse([(3, 8.0), (2, 2.0)], dense, QUERY, vectors, 0.5)
    assert fused == {
        1: (0.375, Why(None, None, 0.75, 1)),
        2: (0.5 * 0.5 + 0.5 * 0.25, Why(2.0, 2, 0.5, 2)),
        3: (0.5 * 0.25 + 0.5 * 1.0, Why(8.0, 1, 0.25, None)),
    }


def test_the_weight_moves_between_the_two(vectors: Vectors) -> None:
    dense = vectors.search(QUERY, 4)
    lexical = [(4, 8.0), (2, 2.0)]
    scores = {
        weight: {n: score for n, (score, _) in fuse(lexical, dense, QUERY, vectors, weight).items()}
        for weight in (0.0, 0.25, 1.0)
    }
    assert scores[1.0] == {1: 0.75, 2: 0.5, 3: 0.25, 4: -0.5}
    assert scores[0.0] == {1: 0.0, 2: 0.25, 3: 0.0, 4: 1.0}
    assert scores[0.25] == {1: 0.1875, 2: 0.125 + 0.1875, 3: 0.0625, 4: 0.75 - 0.125}


def test_six_tenths_of_a_score_are_the_cosine(vectors: Vectors) -> None:
    dense = vectors.search(QUERY, 2)
    fused = fuse([(3, 8.0), (2, 2.0)], dense, QUERY, vectors)
    scores = {number: score for number, (score, _) in fused.items()}
    assert scores == pytest.approx({1: 0.45, 2: 0.3 + 0.1, 3: 0.15 + 0.4})
    # BM25 has no unit: only shares of the best score count, however small they are.
    assert fuse([(3, 0.8), (2, 0.2)], dense, QUERY, vectors)[3][0] == pytest.approx(scores[3])


def test_one_list_may_be_empty(vectors: Vectors) -> None:
    assert fuse([], [], QUERY, vectors, 0.5) == {}
    only_dense = fuse([], vectors.search(QUERY, 1), QUERY, vectors, 0.5)
    assert only_dense == {1: (0.375, Why(None, None, 0.75, 1))}
    only_lexical = fuse([(4, 3.0)], [], QUERY, vectors, 0.5)
    assert only_lexical == {4: (0.25, Why(3.0, 1, -0.5, None))}


def test_a_passage_without_a_vector_yet_is_left_out(vectors: Vectors) -> None:
    assert list(fuse([(9, 3.0), (1, 1.0)], [], QUERY, vectors, 0.5)) == [1]


def write(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.txt").write_text(text)
    return folder


def test_hits_carry_the_scores_they_were_ordered_by(
    library: "Library", word_encoder: "WordEncoder", articles: Path
) -> None:
    library.add(articles)
    (articles / "winter.txt").write_text("Volcano, volcano, volcano. Ash.")
    library.add(articles)
    question = "Which volcano erupted?"
    hits = library.search(question)
    assert [hit.rank for hit in hits] == [1, 2, 3]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    (query,) = word_encoder.encode([question], "question")
    texts = {text.split("\n", 1)[1]: text for text in word_encoder.encoded}
    best = max(hit.why.bm25 or 0 for hit in hits)
    for hit in hits:
        (stored,) = word_encoder.encode([texts[hit.passage.text]], "question")
        cosine = float(stored.astype(np.float16).astype(np.float32) @ query)
        assert hit.why.cosine == pytest.approx(cosine, abs=1e-6)
        share = (hit.why.bm25 or 0) / best
        wanted = DENSE_WEIGHT * hit.why.cosine + (1 - DENSE_WEIGHT) * share
        assert hit.score == pytest.approx(wanted, abs=1e-6)
    by_rank = sorted(hits, key=lambda hit: hit.why.dense_rank or 99)
    cosines = [hit.why.cosine for hit in by_rank]
    assert cosines == sorted(cosines, reverse=True)


def test_what_only_one_list_finds_is_a_candidate_all_the_same(
    library: "Library", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.answering.fusion.CANDIDATES", 1)
    # The stem is BM25's alone: to the double, other endings are other words.
    folder = write(
        tmp_path / "articles",
        stem="Eruptions happened somewhere",
        word="Something of the kind was there",
    )
    library.add(folder)
    hits = {
        Path(hit.passage.article.source).stem: hit.why
        for hit in library.search("there was something: an eruption?")
    }
    assert hits["stem"].dense_rank is None
    assert hits["stem"].bm25_rank == 1
    assert hits["word"].dense_rank == 1
    assert hits["word"].bm25 is None


def test_each_list_gives_a_hundred_candidates(
    library: "Library", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.indexing.pipeline.find_copies", lambda store: 0)
    path = tmp_path / "wire.jsonl"
    path.write_text('{"text": "Ash fell on Iceland."}\n' * 120)
    library.add(path)
    hits = library.search("Did ash fall on Iceland?", k=120)
    for ranks in ([hit.why.dense_rank for hit in hits], [hit.why.bm25_rank for hit in hits]):
        assert sorted(rank for rank in ranks if rank) == list(range(1, 101))


def test_equal_scores_keep_the_order_in_which_they_were_added(
    library: "Library", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.indexing.pipeline.find_copies", lambda store: 0)
    folder = write(tmp_path / "articles", **{f"copy{n}": "Ash fell on Iceland." for n in range(9)})
    library.add(folder)
    hits = library.search("Did ash fall on Iceland?")
    assert len({hit.score for hit in hits}) == 1
    names = [Path(hit.passage.article.source).stem for hit in hits]
    assert names == [f"copy{n}" for n in range(9)]
    assert library.search("Did ash fall on Iceland?", k=4) == hits[:4]


def test_k_hits_are_found_while_others_vanish(
    library: "Library", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path / "articles", **{f"copy{n}": "Ash fell on Iceland." for n in range(9)})
    library.add(folder)
    fetch = library._store.passages
    monkeypatch.setattr(
        library._store,
        "passages",
        lambda ids: {n: passage for n, passage in fetch(ids).items() if n != 1},
    )
    hits = library.search("ash", k=4)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert all(not hit.passage.article.source.endswith("copy0.txt") for hit in hits)


@pytest.mark.parametrize(
    "question", ["???", "_", "the", '"', "🌋", "ash OR", "a" * 5000, "\x00volcano", "火山"]
)
def test_odd_questions_are_questions(library: "Library", articles: Path, question: str) -> None:
    library.add(articles)
    assert len(library.search(question)) == 2


def test_a_question_with_half_a_surrogate_is_a_question(library: "Library", articles: Path) -> None:
    """As the command line hands on bytes that are not UTF-8."""
    library.add(articles)
    assert len(library.search("volcano \udce9")) == 2


def test_a_question_of_stop_words_alone_still_finds_them(
    library: "Library", tmp_path: Path
) -> None:
    folder = write(tmp_path / "articles", one="Who are they and what is it?", two="Ash fell.")
    library.add(folder)
    hits = library.search("What is it?")
    assert hits[0].passage.article.source.endswith("one.txt")
    assert hits[0].why.bm25 is not None


def test_a_scope_is_exact_in_both_lists(library: "Library", articles: Path) -> None:
    library.add(articles)
    hits = library.search("volcano president", scope=Scope(since=date(2012, 5, 6)))
    assert [Path(hit.passage.article.source).name for hit in hits] == ["election.txt"]
    assert (hits[0].why.bm25_rank, hits[0].why.dense_rank) == (1, 1)
    assert hits[0].why.bm25 is not None
