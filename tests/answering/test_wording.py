"""What a question is searched as: misspelt words, quoted phrases, names of files."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qa.answering.wording import phrases
from qa.datatypes import Scope
from qa.render import answer_lines, answer_values
from tests.doubles import WordEncoder

if TYPE_CHECKING:
    from qa.library import Library

NEWS = {
    "one.txt": "Minister Ines Cardosa opened the viaduct. The parliament paid for the viaduct.",
    "two.txt": "Ambassador Yusuf Gaddari left Oman. The envoy drew a white line in the sand.",
    "three.txt": "A white sail stood on the line of the sea. The white boat held the line.",
}
COMMON = {"oman", "oslo", "boat", "sail", "iran"}


def tokens(self: WordEncoder, texts: Sequence[str]) -> list[int]:
    """Count one token for each common word, and two for any other."""
    return [sum(2 - (word.lower() in COMMON) for word in text.split()) for text in texts]


@pytest.fixture
def news(library: "Library", tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Library":
    folder = tmp_path / "news"
    folder.mkdir()
    for name, text in NEWS.items():
        (folder / name).write_text(text)
    library.add(folder)
    monkeypatch.setattr(WordEncoder, "count_tokens", tokens)
    return library


@pytest.mark.parametrize(
    ("question", "note"),
    [
        ("What did Cardoso open?", "no article has “Cardoso”; looked for “Cardosa”"),
        ("what did cardoso open", "no article has “cardoso”; looked for “Cardosa”"),
        ("Where did Qaddari go?", "no article has “Qaddari”; looked for “Gaddari”"),
        ("Did the parlaiment pay?", "no article has “parlaiment”; looked for “parliament”"),
    ],
)
def test_a_misspelt_word_is_searched_as_the_nearest_one(
    news: "Library", question: str, note: str
) -> None:
    found = news.ask(question)
    assert found.notes[0] == note
    typed, near = note.split("“")[1:]
    assert found.question == question.replace(typed.split("”")[0], near.split("”")[0])
    assert found.citations[0].article.source.endswith("two.txt" if "Q" in note else "one.txt")
    assert answer_values(found)["question"] == question
    lines = ["".join(text for text, _ in line) for line in answer_lines(found, None)]
    assert lines.count(note) == 1


@pytest.mark.parametrize(
    "question",
    [
        "Where is Oslo?",  # a common word is no misspelling of Oman
        "Who paid for the viaducts?",  # another form stands there
        "Where is the zqxwvyut?",
        "Who has the bias?",
        'Who wrote "Cardoso"?',
    ],
)
def test_other_words_stay_as_they_are(news: "Library", question: str) -> None:
    found = news.ask(question)
    assert found.question == question
    assert not any("looked for “" in note for note in found.notes)


def test_a_quoted_phrase_stands_in_every_hit(news: "Library") -> None:
    hits = news.search('"White Line"')
    assert [Path(hit.passage.article.source).name for hit in hits] == ["two.txt"]
    assert len(news.search("white line")) == 3


def test_a_phrase_that_no_passage_has_is_noted(news: "Library") -> None:
    found = news.retrieve('"red line" of the sea')
    assert found.notes == ("no passage has “red line” word for word; looked for its words",)
    assert len(found.hits) == 3
    outside = Scope(source="*three.txt")
    assert news.ask('Who drew a "white line"?', scope=outside).notes == (
        "no passage has “white line” word for word; looked for its words",
    )


@pytest.mark.parametrize(
    ("question", "typed"),
    [
        ('what is "big talk"?', ["big talk"]),
        ("„Größe“ und «petit pas»", ["Größe", "petit pas"]),
        ("「海港」とは", ["海港"]),
        ('a 6" pipe and a 4" pipe', []),
        ("don't say 'no'", []),
        ('"..."', []),
    ],
)
def test_what_a_quoted_phrase_is(question: str, typed: list[str]) -> None:
    assert [phrase for phrase, _ in phrases(question)] == typed


def test_a_follow_up_is_searched_as_the_nearest_word(news: "Library") -> None:
    conversation = news.conversation()
    conversation.ask("What did Cardosa open?")
    found = conversation.ask("what did the parlaiment pay for")
    assert found.notes == ("no article has “parlaiment”; looked for “parliament”",)
    assert found.asked == "what did the parlaiment pay for"


def test_words_of_no_article_are_known_as_such(news: "Library") -> None:
    assert not news.retrieve("zqxwvyut plorg").has_words
    assert news.retrieve("zqxwvyut cardoso").has_words
    assert not news.retrieve("海港").has_words


def test_a_file_is_found_by_its_name_also_when_renamed(library: "Library", tmp_path: Path) -> None:
    note = tmp_path / "Greta Holm.md"
    note.write_text("# Phone call\n\nShe sells the mill.\n")
    other = tmp_path / "IMG_2031.txt"
    other.write_text("The mill is old.\n")
    library.add(tmp_path)
    assert library.search("Greta Holm")[0].why.bm25 is not None
    assert library.search("img")[0].why.bm25 is None
    note.rename(tmp_path / "Olga Brandt.md")
    report = library.add(tmp_path)
    assert (report.moved, report.changed) == (1, 0)
    assert not library.retrieve("Greta Holm").has_words
    assert library.search("Olga")[0].passage.article.title == "Phone call"
    assert library.differing_words() == 0


def test_a_title_from_the_name_follows_the_name(library: "Library", tmp_path: Path) -> None:
    note = tmp_path / "Greta Holm.md"
    note.write_text("- sells the mill\n- lives in Vardø\n")
    library.add(tmp_path)
    (row,) = library.articles()
    assert row.title == "Greta Holm"
    note.rename(tmp_path / "Olga Brandt.md")
    report = library.add(tmp_path)
    assert (report.moved, report.changed) == (0, 1)
    assert [(each.id, each.title) for each in library.articles()] == [(row.id, "Olga Brandt")]
    assert library.search("Brandt")[0].why.bm25 is not None
    assert library.status().files == 1
