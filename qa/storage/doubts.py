"""Which articles were read with a doubt: a guessed encoding, lost characters, an unclear date."""

from dataclasses import dataclass

from .database import Database
from .schema import WITH_DETAILS
from .scope import SOURCE


@dataclass(frozen=True, slots=True)
class Doubts:
    """Sources of articles that may not have been read rightly."""

    encodings: dict[str, list[str]]
    """Those in an encoding that was guessed, by its name."""
    replaced: list[str]
    """Those with characters that could not be read and are shown as \ufffd."""
    undated: list[str]
    """Those with a date in digits, such as ``03/04/2011``, that can be read in two ways."""


class DoubtStore(Database):
    """Reads from a library what was uncertain when its articles were read."""

    def doubts(self) -> Doubts:
        """Return the articles that were read with a doubt. Reads every text."""
        joined = f"{SOURCE} FROM articles JOIN files ON files.id = articles.file WHERE"
        order = "ORDER BY articles.id"
        replaced = self._rows(f"SELECT {joined} instr(text, char(65533)) {order}")
        encodings: dict[str, list[str]] = {}
        undated: list[tuple[str]] = []
        if self.layout() >= WITH_DETAILS:
            encoding, digits = (
                f"coalesce(json_extract(details, '$.{name}'), '')"
                for name in ("encoding", "digits")
            )
            for name, source in self._rows(f"SELECT {encoding}, {joined} {encoding} <> '' {order}"):
                encodings.setdefault(name, []).append(source)
            undated = self._rows(f"SELECT {joined} published IS NULL AND {digits} <> '' {order}")
        return Doubts(encodings, [row[0] for row in replaced], [row[0] for row in undated])
