"""What a library has open while it is asked and indexed: itself and its two models."""

import shlex
from contextlib import suppress
from threading import Lock, Thread

from ..errors import ModelMismatchError
from ..models import catalog, opening
from ..models.encoder import Encoder
from ..models.reader import Reader
from ..storage.protocol import Storage


class Session:
    """A library with its encoder and its reader, which are loaded on first use.

    Another process may re-embed the library with another model; `refresh` notices that and drops
    the encoder.
    """

    def __init__(
        self, store: Storage, model: str | None, reader: str | None, device: str | None
    ) -> None:
        self.store = store
        """The library, or several as one."""
        self.model = model
        """Encoder that was asked for; None for the library's own."""
        self._reader_name = reader
        self.device = device
        self._encoder: Encoder | None = None
        self._reader: Reader | None = None
        self._reader_lock = Lock()
        self._fingerprint: str | None = None

    @property
    def encoder(self) -> Encoder:
        """The library's encoder.

        Raises ModelError when it is not installed, ModelMismatchError when the library was made
        by another one.
        """
        if self._encoder is not None:
            return self._encoder
        facts = self.store.facts()
        named = self.model
        if facts and named is not None:
            named = catalog.find(named).name
            if named != facts.get("model"):
                raise self._mismatch(facts.get("model", "another model"), named)
        encoder = self.open_encoder(named or facts.get("model"))
        if facts and encoder.fingerprint != facts.get("fingerprint"):
            raise self._mismatch(
                f"another version of {facts.get('model', 'its model')}", encoder.name
            )
        self.use(encoder)
        return encoder

    def open_encoder(self, name: str | None) -> Encoder:
        """Open an encoder by name on the device of this session. Raises ModelError."""
        return opening.open_encoder(name, self.device)

    def use(self, encoder: Encoder) -> None:
        """Take this encoder for the library's."""
        self._encoder, self._fingerprint = encoder, encoder.fingerprint

    @property
    def reader(self) -> Reader:
        """The model that finds answers in passages. Raises ModelError when it is not installed."""
        with self._reader_lock:
            if self._reader is None:
                self._reader = opening.open_reader(self._reader_name)
            return self._reader

    def load_reader_early(self) -> None:
        """Start loading the reader in a thread. If that fails, `reader` raises the error later."""
        if self._reader is None:
            # Not a daemon thread: exiting while onnxruntime loads crashes in C++.
            Thread(target=self._load_reader, name="reader").start()

    def _load_reader(self) -> None:
        with suppress(Exception):
            _ = self.reader

    def refresh(self) -> None:
        """Drop the encoder if the library was re-embedded with another model."""
        facts = self.store.facts()
        if facts and self._fingerprint not in (None, facts.get("fingerprint")):
            self.drop_model()

    def drop_model(self) -> None:
        """Drop the model that made the embeddings."""
        self._encoder, self._fingerprint = None, None

    def _mismatch(self, made_by: str, named: str) -> ModelMismatchError:
        command = f"qa index --reembed --model {shlex.quote(named)}"
        return ModelMismatchError(
            f"The library in {self.store.address} was made by {made_by}, not {named}. "
            f"To re-embed it: {'; '.join(command + flag for flag in self.store.flags)}"
        )
