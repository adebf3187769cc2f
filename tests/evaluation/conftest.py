"""Small labelled sets, one of each layout, and the library that the third is asked of."""

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


def asked(question: str, *answers: str, **more: Any) -> dict[str, Any]:
    """A question of SQuAD."""
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
                        asked("Who built the mill at Aldbury?", "Anna Marsh", "Marsh", id="mill"),
                        asked("Who repaired the mill at Aldbury?", is_impossible=True),
                    ],
                },
                {"context": INN, "qas": [asked("When did the inn at Aldbury burn down?", "1812")]},
            ],
        },
        {
            "title": "Tring",
            "paragraphs": [
                {
                    "context": RAIN,
                    "qas": [
                        asked("How long did rain fall on Tring?", "nine days", "nine days"),
                        asked("How many boats sank in the canal?", "seven", is_impossible=True),
                    ],
                }
            ],
        },
        {
            "title": "Skarvoy",
            "paragraphs": [
                {"context": GOATS, "qas": [asked("Who keeps goats on Skarvoy?", "Olaf Brandt")]}
            ],
        },
    ],
}

MORE_SQUAD: dict[str, Any] = {
    "data": [
        {
            "paragraphs": [
                {"context": text, "qas": [asked("What is it?", "it")]} for text in (RAIN, BRIDGE)
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
    """Rows as JSON lines."""
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.fixture
def squad_file(tmp_path: Path) -> Path:
    """A SQuAD file: four answerable questions and two that are not."""
    path = tmp_path / "squad.json"
    path.write_text(json.dumps(SQUAD))
    return path


@pytest.fixture
def more_squad_file(tmp_path: Path) -> Path:
    """Another, with one paragraph of the first and one of its own."""
    path = tmp_path / "more.json"
    path.write_text(json.dumps(MORE_SQUAD))
    return path


@pytest.fixture
def beir_folder(tmp_path: Path) -> Path:
    """A BEIR folder: three documents and two judged queries."""
    folder = tmp_path / "beir"
    (folder / "qrels").mkdir(parents=True)
    (folder / "corpus.jsonl").write_text(json_lines(CORPUS))
    (folder / "queries.jsonl").write_text(json_lines(QUERIES))
    (folder / "qrels" / "test.tsv").write_text(JUDGEMENTS)
    return folder


@pytest.fixture
def own_file(tmp_path: Path) -> Path:
    """JSON lines: two questions with an answer and one without."""
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
