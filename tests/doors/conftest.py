"""A library behind the doors, with doubles for its models."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qa.doors.service import Service
from qa.doors.tools import Shelf
from qa.library import Library


@pytest.fixture
def shelf(open_library: "Callable[[], Library]", articles: Path) -> Shelf:
    """The two articles, on the volcano and on the election."""
    library = open_library()
    library.add(articles)
    return Shelf(library)


@pytest.fixture
def service(shelf: Shelf) -> "Iterator[Service]":
    """The tools on these articles, with the models loaded."""
    service = Service(shelf)
    service.start()
    assert service._ready.wait(30)
    yield service
    service.close()
