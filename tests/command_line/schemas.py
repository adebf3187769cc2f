"""JSON schemas of what the commands print with ``--json``."""

from collections.abc import Mapping
from typing import Any


def values(**properties: Any) -> dict[str, Any]:
    """The schema of an object with exactly these keys."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def listed(item: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a list."""
    return {"type": "array", "items": item}


TEXT = {"type": "string"}
FLAG = {"type": "boolean"}
COUNT = {"type": "integer", "minimum": 0}
RANK = {"type": "integer", "minimum": 1}
SHARE = {"type": "number", "minimum": 0, "maximum": 1}
DAY = {"type": ["string", "null"], "format": "date", "pattern": r"^\d{4}-\d\d-\d\d$"}
DIGEST = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
NAME = {"type": "string", "minLength": 1}
VERSION = {"const": 1}
ORIGIN = {"enum": ["flag", "variable", "file", "default"]}

FILTER = {
    "type": "object",
    "properties": {
        **dict.fromkeys(("words", "paths"), listed(NAME)),
        **dict.fromkeys(("since", "until", "source"), NAME),
    },
    "additionalProperties": False,
}

ARTICLE = values(
    id=NAME,
    library={"type": ["string", "null"]},
    title=TEXT,
    published=DAY,
    dated={"type": ["string", "null"]},
    date_is_guess=FLAG,
    source=NAME,
    digest=DIGEST,
)
CITATION = values(
    number=RANK,
    quote=NAME,
    sentence=NAME,
    start=COUNT,
    end=RANK,
    lit=values(start=COUNT, end=RANK),
    line=RANK,
    page={"type": ["integer", "null"]},
    reference=NAME,
    copies=COUNT,
    article=ARTICLE,
)
HIT = values(
    rank=RANK,
    score={"type": "number"},
    start=COUNT,
    end=RANK,
    text=NAME,
    is_copy=FLAG,
    article=ARTICLE,
)
HIT["properties"]["why"] = values(
    bm25={"type": ["number", "null"]},
    bm25_rank={"type": ["integer", "null"]},
    cosine={"type": "number"},
    dense_rank={"type": ["integer", "null"]},
    retrieval_rank=RANK,
    reader={"type": ["number", "null"]},
)
WRITTEN = {
    "oneOf": [
        {"type": "null"},
        values(
            server=NAME,
            ending={"enum": ["done", "length", "repeated", "cancelled", "nothing near", "failed"]},
            error=TEXT,
            sentences=listed(
                values(
                    text=NAME,
                    cited=listed(RANK),
                    support={"enum": ["supported", "elsewhere", "unsupported", "not checkable"]},
                    reason=TEXT,
                    sources=listed(CITATION),
                )
            ),
            passages=listed(values(number=RANK, start=COUNT, end=RANK, text=NAME, article=ARTICLE)),
            seconds={"type": "number", "minimum": 0},
            **{key: {"type": ["integer", "null"]} for key in ("prompt_tokens", "tokens")},
        ),
    ]
}
ANSWER = values(
    version=VERSION,
    question=NAME,
    status={"enum": ["answered", "weak", "not_found"]},
    answer=TEXT,
    confidence=SHARE,
    kind={"enum": ["span", "sentence", "sentences", "summary", "remark"]},
    searched=NAME,
    in_story=FLAG,
    remark=TEXT,
    notes=listed(NAME),
    citations=listed(CITATION),
    alternatives=listed(values(answer=NAME, confidence=SHARE, differs=FLAG, citation=CITATION)),
    hits=listed(HIT),
    written=WRITTEN,
    unread=COUNT,
    timings_ms={
        "type": "object",
        "required": ["total"],
        "additionalProperties": {"type": "number", "minimum": 0},
    },
) | {
    "if": {"properties": {"status": {"const": "not_found"}}},
    "then": {
        "properties": {
            "answer": {"const": ""},
            "citations": {"maxItems": 0},
            "alternatives": {"maxItems": 0},
        }
    },
    "else": {"properties": {"answer": {"minLength": 1}, "citations": {"minItems": 1}}},
}
SCHEMAS: dict[str, dict[str, Any]] = {
    "ask": ANSWER,
    "mentions": values(
        version=VERSION,
        term=NAME,
        count=COUNT,
        articles=listed(
            values(**ARTICLE["properties"], count=RANK, in_title=COUNT, mentions=listed(CITATION))
        ),
    ),
    "search": values(version=VERSION, query=NAME, notes=listed(NAME), hits=listed(HIT)),
    "index": values(
        version=VERSION,
        **dict.fromkeys(("new", "changed", "unchanged", "moved", "removed"), COUNT),
        vanished=listed(NAME),
        failed=listed(values(source=NAME, reason=NAME)),
        skipped=COUNT,
        skipped_for={"type": "object", "additionalProperties": COUNT},
        passages=COUNT,
        seconds={"type": "number", "minimum": 0},
    ),
    "ls": values(
        version=VERSION,
        filter=FILTER,
        articles=listed(
            values(
                id=NAME,
                library={"type": ["string", "null"]},
                title=TEXT,
                published=DAY,
                source=NAME,
                digest=DIGEST,
                passages=RANK,
            )
        ),
    ),
    "ls --folders": values(
        version=VERSION,
        filter=FILTER,
        folders=listed(values(folder=NAME, articles=RANK, first=DAY, last=DAY)),
    ),
    "show": values(version=VERSION, **ARTICLE["properties"], text=NAME),
    "suggest": values(version=VERSION, questions=listed(values(question=NAME, citation=CITATION))),
    "timeline": values(
        version=VERSION,
        question=NAME,
        events=listed(values(first=DAY, last=DAY, when=NAME, citation=CITATION)),
    ),
    "verify": values(
        version=VERSION,
        references=listed(
            values(
                reference=NAME,
                standing={"enum": ["holds", "moved", "changed", "gone"]},
                **{key: {"type": ["string", "null"]} for key in ("source", "quote")},
                **{key: {"type": ["integer", "null"]} for key in ("line", "page")},
            )
        ),
    ),
    "status": values(
        version=VERSION,
        **dict.fromkeys(("articles", "files", "passages", "disk_bytes"), COUNT),
        **dict.fromkeys(("changed_files", "vanished_files"), COUNT),
        **dict.fromkeys(("library", "config", "cache", "model"), TEXT),
        **dict.fromkeys(("since", "until"), DAY),
        vector_search={"enum": ["exact", "approximate"]},
        recall={"type": ["number", "null"], "minimum": 0, "maximum": 1},
        recall_passages={"type": ["integer", "null"], "minimum": 1},
        recall_sample={"type": ["integer", "null"], "minimum": 1},
    ),
    "doctor": values(
        version=VERSION,
        findings=listed(values(what=NAME, is_well=FLAG, says=NAME, fix=TEXT)),
    ),
    "models": values(
        version=VERSION,
        models=listed(
            values(
                **dict.fromkeys(("name", "role", "licence", "about"), TEXT),
                **dict.fromkeys(("default", "installed"), FLAG),
            )
        ),
    ),
    "config": values(
        version=VERSION,
        settings=values(
            **{
                name: values(value=value, **{"from": ORIGIN})
                for name, value in (
                    ("library", NAME),
                    ("model", {"type": ["string", "null"]}),
                    ("reader", {"type": ["string", "null"]}),
                    ("hits", RANK),
                    ("links", {"enum": ["auto", "always", "never"]}),
                )
            }
        ),
        llm=values(
            **{key: {"type": ["string", "null"]} for key in ("address", "model", "key")},
            **{key: {"type": ["number", "null"]} for key in ("tokens", "timeout")},
        ),
        file=NAME,
        file_exists=FLAG,
    ),
}
