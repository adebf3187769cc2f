"""Files that a test makes, read as qa reads them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from qa.articles.load import FoundFile, Problem, ReadArticle, read_articles, walk

ReadBytes = Callable[..., list[ReadArticle | Problem]]


@pytest.fixture
def read_bytes(tmp_path: Path) -> ReadBytes:
    """Write bytes to a file with that name in a folder, and read the folder."""

    def read(name: str, data: bytes, *, named: bool = False) -> list[ReadArticle | Problem]:
        (tmp_path / name).write_bytes(data)
        (found,) = walk([str(tmp_path / name) if named else str(tmp_path)])
        assert isinstance(found, FoundFile)
        assert found.named is named
        return list(read_articles(found))

    return read
