"""The model that a file was made with, with the corrections that the file brings for its picture."""

from __future__ import annotations

from srec_engine.codec.runtime import MessageCallback, Runtime, load_runtime, silent
from srec_engine.container import Reader
from srec_engine.errors import DamagedFileError, ModelError
from srec_engine.model.adaptation import adaptation_from_bytes
from srec_engine.model.store import require_model
from srec_engine.options import CodecOptions

__all__ = ["adapted_to_file", "load_file_runtime"]


def load_file_runtime(reader: Reader, options: CodecOptions, message: MessageCallback = silent) -> Runtime:
    """A file's model, ready and corrected.

    Raises:
        ModelError: When the model is not here or cannot be used.
        DamagedFileError: When the corrections are damaged.
        MissingDependencyError: When no entropy coder works.
    """
    model = require_model(reader.header.model_id, reader.name)
    return adapted_to_file(load_runtime(model, options, message), reader)


def adapted_to_file(runtime: Runtime, reader: Reader) -> Runtime:
    """The file's model with the file's corrections.

    Raises:
        DamagedFileError: When the corrections are damaged.
    """
    data = reader.adaptation()
    if not data:
        return runtime
    try:
        return runtime.adapted(adaptation_from_bytes(data, runtime.model.configuration))
    except ModelError as error:
        raise DamagedFileError(f"{reader.name} is damaged: {error} Fetch the file again.") from error
