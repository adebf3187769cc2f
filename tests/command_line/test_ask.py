"""``qa ask`` and ``qa search``, and the filters that they share."""

import re
from itertools import chain

import pytest

from tests.command_line.articles import DATES, HOSTILE, HOSTILE_QUESTIONS, NEWS, UNKNOWN, WHO
from tests.command_line.shell import ESCAPE, Done, Shell, write

pytestmark = pytest.mark.slow

# ask


def test_an_answer_on_a_pipe_is_plain_text(qa: Shell) -> None:
    done = qa("ask", WHO)
    assert (done.code, done.err) == (0, "")
    assert "Ingrid Solheim" in done.out.splitlines()[0] in "Captain Ingrid Solheim"
    assert "news/harbour/storm.txt:3" in done.out
    assert "24 October 2011" in done.out
    assert "«" in done.out
    assert ESCAPE not in done.out


def test_an_answer_is_shown_in_its_sentence(qa: Shell) -> None:
    """A quote is shown and marked in its sentence."""
    place = qa("ask", WHO).out.partition("storm.txt:3\n")[2].partition("\n\n")[0]
    shown = " ".join(place.split())
    assert "Ingrid Solheim» commands the harbour of Westport." in shown


def test_an_answer_does_not_begin_with_the_date_line(qa: Shell) -> None:
    found = qa("ask", "--json", "How many ships wait outside the breakwater?").json("ask")
    assert "eleven" in found["answer"].casefold()
    assert not found["answer"].startswith("date ")


def test_not_found_has_its_own_exit_code(qa: Shell) -> None:
    done = qa("ask", UNKNOWN)
    assert (done.code, done.err) == (1, "")
    assert done.out.startswith("Not in your articles.\n")
    as_json = qa("ask", "--json", UNKNOWN)
    found = as_json.json("ask")
    assert (as_json.code, as_json.err, found["status"]) == (1, "", "not_found")
    assert found["hits"]


def test_json_has_the_same_exit_code(qa: Shell) -> None:
    done = qa("ask", "--json", WHO)
    found = done.json("ask")
    assert (done.code, done.err) == (0, "")
    assert found["question"] == WHO
    assert found["answer"] == found["citations"][0]["quote"]
    assert found["citations"][0]["line"] == 3
    assert found["citations"][0]["article"]["published"] == "2011-10-24"


@pytest.mark.parametrize("name", HOSTILE)
def test_offsets_hold_in_hostile_articles(qa: Shell, name: str) -> None:
    source = "https://*c*" if name == "surrogate.jsonl" else f"*{name}"
    done = qa("ask", "--json", HOSTILE_QUESTIONS[name], "--source", source)
    found = done.json("ask")
    assert done.code == 0
    cited = [*found["citations"], *(other["citation"] for other in found["alternatives"])]
    shown = qa("show", "--json", cited[0]["article"]["id"]).json("show")
    text = shown.pop("text")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    places = [(place["start"], place["end"], place["quote"]) for place in cited]
    places += [(hit["start"], hit["end"], hit["text"]) for hit in found["hits"]]
    for place in chain(cited, found["hits"]):
        assert place["article"].items() <= shown.items()
    assert all(text[start:end] == quote for start, end, quote in places)
    assert all(place["quote"] in place["sentence"] for place in cited)


@pytest.mark.parametrize(
    "question",
    [
        "[b]Who[/b] commands [the harbour",
        "harbour",
        'the "of" and',
        "'); DROP TABLE articles; --",
        'NEAR(harbour*, 2) AND NOT ^title: {a b} "',
        "🚀👩‍👩‍👧‍👦",
        "Who\n commands\t the  harbour?",
        "harbour " + " ".join(f"word{number}" for number in range(2_000)),
    ],
    ids=range(8),
)
def test_any_question_gets_a_valid_answer(qa: Shell, question: str) -> None:
    done = qa("ask", "--json", question)
    found = done.json("ask")
    assert done.err == ""
    assert found["question"] == " ".join(question.split())
    assert done.code == (1 if found["status"] == "not_found" else 0)


@pytest.mark.parametrize("arguments", [("",), (" \n",), ("-",)])
@pytest.mark.parametrize("command", ["ask", "search"])
def test_an_empty_question_is_refused(qa: Shell, command: str, arguments: tuple[str]) -> None:
    done = qa(command, *arguments)
    assert done.is_refusal()
    assert "empty" in done.err


def test_a_question_comes_from_standard_input(qa: Shell) -> None:
    done = qa("ask", "--json", "-", stdin=f"{WHO}\n".encode())
    found = done.json("ask")
    assert (done.code, found["question"]) == (0, WHO)
    found = qa("search", "--json", "-", "-k", "1", stdin=b"lighthouse\0 keeper\x1b[0m").json(
        "search"
    )
    assert found["hits"][0]["article"]["source"] == "news/undated.txt"


@pytest.mark.parametrize("way", ["argument", "standard input"])
def test_a_question_that_is_not_utf8_is_answered_or_refused(qa: Shell, way: str) -> None:
    question = "Wie heißt der Förster von Köln?".encode("latin-1")
    if way == "argument":
        done = qa("ask", "--json", question)
    else:
        done = qa("ask", "--json", "-", stdin=question)
    assert done.is_refusal() or done.json("ask")["question"]


def test_no_network_and_no_torch_to_index_and_ask(
    fresh: Shell, without_network: dict[str, str]
) -> None:
    write(fresh.folder, NEWS)
    done = fresh("ask", "--json", WHO, "harbour", variables=without_network)
    assert (done.code, done.err) == (0, "")
    assert done.json("ask")["citations"][0]["article"]["source"] == "harbour/storm.txt"


def test_a_path_limits_the_answer_and_removes_nothing(qa: Shell) -> None:
    name = qa.copy("scoped")
    before = qa("ls", "--json", "--library", name).json("ls")
    done = qa("ask", "--json", WHO, "hostile", "--library", name, "--quiet")
    found = done.json("ask")
    named = {hit["article"]["source"] for hit in found["hits"]}
    assert named
    assert all(source.startswith(("hostile/", "https://example.org/a")) for source in named)
    assert "Solheim" not in found["answer"]
    found = qa("ask", "--json", WHO, "news/harbour/storm.txt", "--library", name).json("ask")
    assert {hit["article"]["source"] for hit in found["hits"]} == {"news/harbour/storm.txt"}
    assert qa("ls", "--json", "--library", name).json("ls") == before


def test_a_missing_path_is_named_and_creates_no_library(fresh: Shell) -> None:
    for command in (["ask", "Who?", "nowhere"], ["index", "nowhere"]):
        done = fresh(*command)
        assert done.is_refusal()
        assert "nowhere" in done.err
    assert not (fresh.home / "data" / "libraries" / "default").exists()


def test_without_articles_the_next_command_is_named(fresh: Shell) -> None:
    for command in (["ask", "Who?"], ["search", "Who?"], ["ls"], ["show", "1"], ["rm", "1"]):
        done = fresh(*command)
        assert done.is_refusal()
        assert "qa index" in done.err


def test_explain_adds_scores_and_times(qa: Shell) -> None:
    out = qa("ask", WHO, "--explain").out
    assert "BM25" in out
    assert "cosine" in out
    assert re.search(r"total \d+ ms", out)


def test_k_is_the_number_of_passages(qa: Shell) -> None:
    assert len(qa("ask", "--json", "-k", "2", WHO).json("ask")["hits"]) == 2
    for k in ("0", "-1", "many"):
        done = qa("ask", "-k", k, WHO)
        assert (done.code, done.out) == (2, "")


# search


def test_search_shows_passages_and_no_answer(qa: Shell) -> None:
    done = qa("search", "harbour of Westport", "-k", "2")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("[1] ")
    assert "news/harbour/storm.txt:1" in done.out
    found = qa("search", "--json", "harbour of Westport", "-k", "2").json("search")
    assert [hit["rank"] for hit in found["hits"]] == [1, 2]
    unquoted = qa("search", "--json", "harbour", "of", "Westport", "-k", "2").json("search")
    assert unquoted == found


def test_a_filter_that_matches_no_article_is_named(qa: Shell) -> None:
    done = qa("search", "--json", "harbour", "--source", "no/such/*")
    assert (done.code, done.json("search")["hits"]) == (1, [])
    message = "No article matches the filter.\n"
    assert qa("search", "harbour", "--source", "no/such/*") == Done(1, "", message)
    assert qa("ask", WHO, "--source", "no/such/*") == Done(1, message, "")
    assert qa("ls", "--source", "no/such/*") == Done(0, "", message)
    found = qa("ask", "--json", WHO, "--source", "no/such/*").json("ask")
    assert (found["status"], found["hits"]) == ("not_found", [])


def test_search_for_words_of_no_article_finds_nothing(qa: Shell) -> None:
    assert qa("search", UNKNOWN) == Done(1, "", "No article contains any of these words.\n")
    assert qa("search", UNKNOWN, "--quiet") == Done(1, "", "")
    done = qa("search", "--json", f"What is the {UNKNOWN}?")
    assert (done.code, done.json("search")["hits"]) == (1, [])
    assert qa("search", f"{UNKNOWN} harbours").code == 0  # one word is enough, in any form
    assert qa("search", "the of").code == 0  # only stop words
    assert qa("search", "港口的指挥官是谁").code == 1


def test_a_misspelt_name_is_searched_as_the_nearest_one(qa: Shell) -> None:
    note = "no article has “Wesstport”; looked for “Westport”"
    done = qa("search", "Wesstport", "-k", "1")
    assert (done.code, done.out.splitlines()[-1]) == (0, note)
    assert qa("search", "Wesstport", "--json").json("search")["notes"] == [note]
    assert note in qa("ask", "Who commands the harbour of Wesstport?").out.splitlines()


# Scope


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        (["--since", "2012"], DATES[:3]),
        (["--since", "2012-03"], DATES[:3]),
        (["--since", "2012-03-06"], DATES[:2]),
        (["--until", "2012"], DATES[2:4]),
        (["--until", "2012-03"], DATES[2:4]),
        (["--until", "2012-03-04"], DATES[3:4]),
        (["--since", "2011-10-24", "--until", "2011-10-24"], DATES[3:4]),
        (["--since", "2013-6", "--source", "https://*"], DATES[1:2]),
        ([], DATES),
    ],
    ids=str,
)
def test_a_scope_is_a_range_of_dates_and_a_glob(
    qa: Shell, options: list[str], wanted: list[str | None]
) -> None:
    name = "news"
    if not (qa.home / "data" / "libraries" / name).exists():
        qa.copy(name)
        assert qa("rm", "--yes", "hostile", "--library", name).code == 0
    found = qa("ls", "--json", "--library", name, *options).json("ls")
    assert [row["published"] for row in found["articles"]] == wanted


def test_a_scope_applies_to_questions_and_searches(qa: Shell) -> None:
    options = ["--json", "--until", "2011", WHO]
    for command in ("ask", "search"):
        found = qa(command, *options).json(command)
        assert {hit["article"]["published"] for hit in found["hits"]} == {"2011-10-24"}


@pytest.mark.parametrize("given", ["yesterday", "2011-13", "2011-02-30", "24.10.2011", "11", ""])
def test_a_bad_date_is_refused_with_an_example(qa: Shell, given: str) -> None:
    done = qa("ls", "--since", given)
    assert done.is_refusal()
    assert "2011-10-24" in done.err


def test_dates_the_wrong_way_round_are_refused(qa: Shell) -> None:
    assert qa("ls", "--since", "2012", "--until", "2011").is_refusal()


def test_a_first_continuation_says_that_it_begins_a_conversation(fresh: Shell) -> None:
    write(fresh.folder / "news", NEWS)
    assert fresh("index", "news", "--library", "news").code == 0
    first = fresh("ask", WHO, "--continue", "--library", "news")
    assert first.err == "There is no conversation to continue; this question begins one.\n"
    assert fresh("ask", "Where is he?", "--continue", "--library", "news").err == ""


def test_asking_a_folder_names_a_few_of_the_files_that_cannot_be_read(fresh: Shell) -> None:
    write(fresh.folder / "news", {**NEWS, **{f"{n}.pdf": "No PDF." for n in range(9)}})
    lines = fresh("ask", WHO, "news").err.splitlines()
    assert len(lines) == 4
    assert lines[-1] == "not read: 6 more (qa index --json names all)"
