"""Small labelled sets, one of each layout, and the articles that the third is about."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

MILL = "The mill at Aldbury was built in 1790 by Anna Marsh. Her brother ran the inn for years."
INN = "The inn at Aldbury burned down in 1812. Nobody was hurt, but the roof of a barn was lost."
RAIN = "Rain fell on Tring for nine days. The canal rose over the lower lock at noon on Sunday."
GOATS = "Two lighthouses stand on Skarvoy. Their keeper, Olaf Brandt, has a herd of nine goats."
BRIDGE = "The bridge over the Lonn is 412 metres long. It was opened by the queen in June."


def squad_question(question: str, *answers: str, **more: Any) -> dict[str, Any]:
    """A question in a SQuAD file."""
    return {"question": question, "answers": [{"text": text} for text in answers], **more}


SQUAD: dict[str, Any] = {
    "version": "v2.0",
    "data": [
        {
            "title": "Aldbury",
            "paragraphs": [
                {
                    "context": MILL,
                    "qas": [
                        squad_question(
                            "Who built the mill at Aldbury?", "Anna Marsh", "Marsh", id="mill"
                        ),
                        squad_question("Who repaired the mill at Aldbury?", is_impossible=True),
                    ],
                },
                {
                    "context": INN,
                    "qas": [squad_question("When did the inn at Aldbury burn down?", "1812")],
                },
            ],
        },
        {
            "title": "Tring",
            "paragraphs": [
                {
                    "context": RAIN,
                    "qas": [
                        squad_question(
                            "How long did rain fall on Tring?", "nine days", "nine days"
                        ),
                        squad_question(
                            "How many boats sank in the canal?", "seven", is_impossible=True
                        ),
                    ],
                }
            ],
        },
        {
            "title": "Skarvoy",
            "paragraphs": [
                {
                    "context": GOATS,
                    "qas": [squad_question("Who keeps goats on Skarvoy?", "Olaf Brandt")],
                }
            ],
        },
    ],
}

MORE_SQUAD: dict[str, Any] = {
    "data": [
        {
            "paragraphs": [
                {"context": text, "qas": [squad_question("What is it?", "it")]}
                for text in (RAIN, BRIDGE)
            ]
        }
    ]
}

CORPUS: list[dict[str, Any]] = [
    {"_id": "d1", "title": "Mill", "text": MILL, "metadata": {}},
    {"_id": "d2", "title": "Inn", "text": INN},
    {"_id": "d3", "title": "Rain on Tring", "text": ""},
    {"_id": "d4", "title": "", "text": "  "},
]
QUERIES = [
    {"_id": "q1", "text": "mill built by Anna Marsh"},
    {"_id": "q2", "text": "rain on Tring"},
    {"_id": "q3", "text": "never judged"},
]
JUDGEMENTS = "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t1\nq2\td3\t1\nq2\td1\t0\n"

ARTICLES = {"mill.txt": MILL, "old/mill.txt": INN, "rain.md": RAIN}
WIRE: list[dict[str, Any]] = [
    {"text": GOATS},
    {"text": BRIDGE, "url": "https://example.org/bridge"},
]
OWN: list[dict[str, Any]] = [
    {
        "id": "a",
        "question": "Who built the mill at Aldbury?",
        "answers": ["Anna Marsh"],
        "articles": ["articles/mill.txt"],
        "passage": MILL,
    },
    {
        "question": "Who keeps goats on Skarvoy?",
        "answers": ["Olaf Brandt", "Brandt"],
        "articles": ["wire.jsonl#1"],
        "passage": GOATS,
    },
    {"question": "Who owns the inn?", "answers": [], "articles": [], "passage": INN},
]


def json_lines(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows as JSON lines."""
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.fixture
def squad_file(tmp_path: Path) -> Path:
    """A SQuAD file with four answerable questions and two unanswerable ones."""
    path = tmp_path / "squad.json"
    path.write_text(json.dumps(SQUAD))
    return path


@pytest.fixture
def more_squad_file(tmp_path: Path) -> Path:
    """Another SQuAD file, which shares one of its two paragraphs with the first."""
    path = tmp_path / "more.json"
    path.write_text(json.dumps(MORE_SQUAD))
    return path


@pytest.fixture
def beir_folder(tmp_path: Path) -> Path:
    """A BEIR folder with three documents and two judged queries."""
    folder = tmp_path / "beir"
    (folder / "qrels").mkdir(parents=True)
    (folder / "corpus.jsonl").write_text(json_lines(CORPUS))
    (folder / "queries.jsonl").write_text(json_lines(QUERIES))
    (folder / "qrels" / "test.tsv").write_text(JUDGEMENTS)
    return folder


@pytest.fixture
def own_file(tmp_path: Path) -> Path:
    """JSON lines with two answerable questions and an unanswerable one."""
    path = tmp_path / "own.jsonl"
    path.write_text(json_lines(OWN))
    return path


@pytest.fixture
def article_folder(tmp_path: Path) -> Path:
    """The articles that the JSON lines are about."""
    folder = tmp_path / "articles"
    for name, text in ARTICLES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text + "\n")
    (folder / "wire.jsonl").write_text(json_lines(WIRE))
    return folder
