"""Labelled sets: each layout is recognised by its content; anything else is refused."""

import json
from pathlib import Path

import pytest

from qa.errors import UsageError
from qa.evaluation.sets import Layout, pool, rated_set, read_set, sampled


def test_squad_is_recognised_by_its_content(squad_file: Path) -> None:
    found = read_set(squad_file)
    assert found.layout is Layout.SQUAD
    first, repaired, inn, rain, boats, goats = found.questions
    assert (first.id, first.text) == ("mill", "Who built the mill at Aldbury?")
    assert first.answers == ("Anna Marsh", "Marsh")
    assert rain.answers == ("nine days",)  # listed twice, it is one answer
    mill, inn_text, rain_text, _ = found.paragraphs
    assert (mill.title, first.passage, first.gold) == ("", mill.text, {mill.name: 1})
    assert inn.gold == {inn_text.name: 1}
    assert (repaired.id, repaired.answers, repaired.gold) == ("2", (), {})
    assert boats.answers == ()  # impossible, although it lists an answer
    assert boats.passage == rain_text.text
    assert len({paragraph.name for paragraph in found.paragraphs}) == 4
    assert mill.article == inn_text.article != rain_text.article
    assert goats.place == f"{squad_file}: data[2].paragraphs[0].qas[0]"


def test_squad_1_has_no_impossible_questions(more_squad_file: Path) -> None:
    assert [question.answers for question in read_set(more_squad_file).questions] == [("it",)] * 2


def test_a_repeated_paragraph_counts_once(tmp_path: Path) -> None:
    paragraph = {"context": "It rains.", "qas": [{"question": "What?", "answers": []}]}
    path = tmp_path / "twice.json"
    path.write_text(json.dumps({"data": [{"paragraphs": [paragraph]}] * 2}))
    found = read_set(path)
    assert (len(found.questions), len(found.paragraphs)) == (2, 1)


def test_a_beir_folder(beir_folder: Path) -> None:
    found = read_set(beir_folder)
    assert found.layout is Layout.BEIR
    assert [(each.id, dict(each.gold)) for each in found.questions] == [
        ("q1", {"d1": 2, "d2": 1}),
        ("q2", {"d3": 1}),
    ]
    assert [each.title for each in found.paragraphs] == ["Mill", "Inn", "Rain on Tring"]
    assert found.paragraphs[2].text == "Rain on Tring"  # a title without a text is the text


def test_json_lines(own_file: Path) -> None:
    found = read_set(own_file)
    assert (found.layout, found.paragraphs) == (Layout.LINES, ())
    first, second, third = found.questions
    assert (first.id, second.id) == ("a", "2")
    assert second.answers == ("Olaf Brandt", "Brandt")
    assert second.gold == {"wire.jsonl#1": 1}
    assert (third.answers, third.gold, third.place) == ((), {}, f"{own_file}:3")


def test_json_lines_may_be_one_or_have_a_byte_order_mark_blank_lines_and_crlf(
    tmp_path: Path,
) -> None:
    line = '{"question": "Who\\u0007 \\n built it?", "answers": ["Anna\\u2028Marsh"]}'
    path = tmp_path / "one.jsonl"
    path.write_text(line)
    assert len(read_set(path).questions) == 1
    path.write_bytes(b"\xef\xbb\xbf\r\n" + f"{line}\r\n\r\n{line}\r\n".encode())
    first, second = read_set(path).questions
    assert first.text == second.text == "Who built it?"
    assert first.answers == ("Anna Marsh",)
    assert (first.place, second.place) == (f"{path}:2", f"{path}:4")
    assert first.gold == {}


OWN_LINE = '{"question": "Who?", "answers": []}\n'


@pytest.mark.parametrize(
    ("text", "where", "why"),
    [
        ("", "", "is empty"),
        (" \n\n", "", "is empty"),
        ("A text, no set.\n", ":1:", "not valid JSON"),
        ('{\n "data": [\n  {"paragraphs": [}\n', ":3:", "not valid JSON"),
        (OWN_LINE + "{oops}\n", ":2:", "not valid JSON"),
        (OWN_LINE + '["Who?"]\n', ":2:", "not a JSON object"),
        (OWN_LINE + '{"query": "Who?"}\n', ":2:", 'no "question"'),
        (OWN_LINE + '\n{"question": "Who?"}\n', ":3:", '"answers" must be a list'),
        ('{"question": "Who?", "answers": "me"}\n', ":1:", '"answers" must be a list'),
        ('{"question": "Who?", "answers": [7]}\n', ":1:", '"answers" must be a text'),
        ('{"question": "Who?", "answers": [" "]}\n', ":1:", '"answers" must be a text'),
        ('{"question": "Who?", "answers": [], "articles": {}}\n', ":1:", '"articles" must be a'),
        ('{"question": "\\ud800 ", "answers": []}\n', ":1:", '"question" must be a text'),
        ('{"question": "Who?", "answers": [], "passage": 1}\n', ":1:", '"passage" must be a'),
        ("[]", ":1:", "not a JSON object"),
        ("7", ":1:", "not a JSON object"),
        ('{"text": "An article."}\n', ":1:", 'no "question"'),
        ("[" * 100_000, "", "nested too deeply"),
        ("1" * 5_000, "", "a number too long"),
        (OWN_LINE + "[" * 100_000, ":2:", "not JSON that can be read"),
        ('{"data": {}}', ": data ", "is not a list"),
        ('{"data": []}', "", "without a question"),
        ('{"data": [7]}', ": data[0]", "is not an object"),
        ('{"data": [{}]}', ": data[0].paragraphs", "is not a list"),
        ('{"data": [{"paragraphs": [{"qas": []}]}]}', ": data[0].paragraphs[0]", '"context" must'),
        (
            '{"data": [{"paragraphs": [{"context": "x", "qas": [{"question": "?"}]}]}]}',
            ": data[0].paragraphs[0].qas[0].answers",
            "is not a list",
        ),
        (
            '{"data": [{"paragraphs": [{"context": "x", "qas": [{"answers": []}]}]}]}',
            ": data[0].paragraphs[0].qas[0]",
            '"question" must',
        ),
    ],
)
def test_an_invalid_set_is_refused_with_the_place(
    tmp_path: Path, text: str, where: str, why: str
) -> None:
    path = tmp_path / "set"
    path.write_text(text)
    with pytest.raises(UsageError) as refused:
        read_set(path)
    assert str(refused.value).startswith(f"{path}{where}")
    assert why in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_utf8_is_refused_with_the_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.jsonl"
    path.write_bytes(OWN_LINE.encode() + '{"question": "Für wen?"}'.encode("latin-1"))
    with pytest.raises(UsageError, match=r"latin\.jsonl:2: not UTF-8"):
        read_set(path)
    with pytest.raises(UsageError, match="cannot be read: no such file"):
        read_set(tmp_path / "missing")


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("corpus.jsonl", None, "it has no corpus.jsonl"),
        ("qrels/test.tsv", None, "it has no qrels/test.tsv"),
        (
            "corpus.jsonl",
            '{"_id": "d1", "text": "x"}\n{"text": "y"}\n',
            r'corpus\.jsonl:2: no "_id"',
        ),
        ("corpus.jsonl", "", "contains no document"),
        ("corpus.jsonl", "{oops}", r"corpus\.jsonl:1: not valid JSON"),
        ("queries.jsonl", '{"_id": "q1", "text": ""}\n', r'queries\.jsonl:1: "text" must'),
        ("qrels/test.tsv", "q1\td1\t1\nq9\td1\t1\n", r"test\.tsv:2: .* no query 'q9'"),
        ("qrels/test.tsv", "q1\td1\t1\nq1\td1\n", r"test\.tsv:2: not query, document and grade"),
        ("qrels/test.tsv", "q1\td1\t1\nq1\td1\thigh\n", r"test\.tsv:2: not query"),
        ("qrels/test.tsv", "q1\td1\t0\n", "no query that one answers"),
    ],
)
def test_an_invalid_beir_folder_is_refused(
    beir_folder: Path, name: str, text: str | None, why: str
) -> None:
    if text is None:
        (beir_folder / name).unlink()
    else:
        (beir_folder / name).write_text(text)
    with pytest.raises(UsageError, match=why):
        read_set(beir_folder)


def test_judgements_need_no_header(beir_folder: Path) -> None:
    (beir_folder / "qrels" / "test.tsv").write_text("q2\td3\t1\n\n")
    assert [question.id for question in read_set(beir_folder).questions] == ["q2"]


def test_a_pool_takes_new_paragraphs_of_other_sets(
    squad_file: Path, more_squad_file: Path, beir_folder: Path, own_file: Path
) -> None:
    labelled = read_set(squad_file)
    more, beir = read_set(more_squad_file), read_set(beir_folder)
    together = pool(labelled, [more, beir])
    texts = [paragraph.text for paragraph in together]
    assert together[:4] == list(labelled.paragraphs)
    assert texts[4:] == [more.paragraphs[1].text, "Rain on Tring"]  # the others are duplicates
    assert len(texts) == len(set(texts)) == len({paragraph.name for paragraph in together})
    assert together[4].article not in {paragraph.article for paragraph in labelled.paragraphs}
    with pytest.raises(UsageError, match="no paragraphs of its own"):
        pool(labelled, [read_set(own_file)])


def test_a_sample_keeps_the_order_and_depends_on_the_seed(squad_file: Path) -> None:
    questions = read_set(squad_file).questions
    some = sampled(questions, 3, seed=1)
    assert len(some) == 3
    assert some == [question for question in questions if question in some]
    assert some == sampled(questions, 3, seed=1)
    assert any(sampled(questions, 3, seed=seed) != some for seed in range(2, 6))
    assert sampled(questions, None, seed=1) == sampled(questions, 99, seed=1) == list(questions)


def test_rated_turns_are_a_set_without_articles_that_are_gone() -> None:
    cases = [
        {"question": "Who built it?", "answers": ["Anna Marsh"], "articles": ["mill.txt"]},
        {"question": "Who ran it?", "answers": ["me"], "articles": ["gone.txt"], "wrong": ["you"]},
        {"question": "Who owns it?", "answers": [], "articles": []},
    ]
    found = rated_set(Path("/news"), cases, {"mill.txt", "inn.txt"})
    assert (found.layout, found.path) == (Layout.LINES, Path("/news"))
    first, second = found.questions
    assert (first.text, first.answers, first.gold) == (
        "Who built it?",
        ("Anna Marsh",),
        {"mill.txt": 1},
    )
    assert (second.answers, second.gold) == ((), {})
    assert second.place == "/news, rated question 3"
