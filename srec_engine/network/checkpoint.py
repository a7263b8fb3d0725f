"""Float networks from files: the original program's checkpoints, and those of our own training runs."""

from __future__ import annotations

import pickle
import re
import warnings
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from srec_engine.errors import ModelError
from srec_engine.model.configuration import NetworkConfiguration
from srec_engine.network.network import SuperResolutionNetwork

__all__ = ["load_network", "original_configuration", "read_tensors"]


def read_tensors(path: Path) -> dict[str, Any]:
    """What a checkpoint file holds: tensors and plain values, never anything that could run.

    Raises:
        ModelError: When it is missing, damaged or holds anything else.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is odd about a file is said once, below
            state = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise ModelError(f"There is no file {path}.") from error
    except OSError as error:
        raise ModelError(f"{path} cannot be read ({error.strerror or error}).") from error
    except (RuntimeError, EOFError, ValueError, KeyError, IndexError, pickle.UnpicklingError) as error:
        raise ModelError(
            f"{path} is not a checkpoint: it is damaged or another kind of file, or it holds more than tensors and "
            "plain values, which is never loaded."
        ) from error
    if not isinstance(state, dict):
        raise ModelError(f"{path} is not a checkpoint: it holds {type(state).__name__}.")
    return state


def load_network(path: Path) -> SuperResolutionNetwork:
    """The float network of a checkpoint, ready to evaluate.

    Takes the original program's files ("nets") and ours (the averaged weights; rounded as in training once the run
    had come to its quantisation-aware phase).

    Raises:
        ModelError: When the file is no such checkpoint or its weights do not fit its configuration.
    """
    state = read_tensors(path)
    if "nets" in state:
        configuration = original_configuration(state["nets"], path)
        network = SuperResolutionNetwork(configuration)
        _load(network.nets, state["nets"], path)
    elif {"training", "average"} <= set(state):
        configuration = NetworkConfiguration.from_dict(state["training"]["network"])
        network = SuperResolutionNetwork(configuration)
        _load(network, state["average"], path)
        network.set_quantised(bool(state.get("quantised", False)))
    else:
        raise ModelError(f"{path} holds neither the original program's weights nor a training run of this one.")
    return network.eval()


def _load(module: torch.nn.Module, weights: dict[str, Tensor], path: Path) -> None:
    try:
        module.load_state_dict(weights)
    except (RuntimeError, TypeError, AttributeError) as error:
        raise ModelError(
            f"The weights in {path} do not fit their configuration ({str(error).splitlines()[0]})."
        ) from error


def original_configuration(weights: dict[str, Tensor], path: Path) -> NetworkConfiguration:
    """Read the paper's hyper-parameters off the shapes of an original checkpoint's weights.

    Raises:
        ModelError: When the names or shapes are not that layout's.
    """
    try:
        scales = 1 + max(int(name.split(".")[1]) for name in weights if name.startswith("1."))
        features = weights["1.0.rgb_decs.0.head.weight"].shape[0]
        pattern = re.compile(r"1\.0\.rgb_decs\.0\.body\.(\d+)\.body\.0\.weight")
        blocks = sum(1 for name in weights if pattern.fullmatch(name))
        outputs = weights["1.0.mix_logits_prob_clf.0.atrous.lin.weight"].shape[0]
    except (KeyError, ValueError, AttributeError, IndexError, TypeError) as error:
        raise ModelError(f"{path} is not a checkpoint of the original program: {error} is missing or odd.") from error
    if outputs % 12:
        raise ModelError(f"{path} has {outputs} classifier outputs, which is no multiple of 12.")
    return NetworkConfiguration.original(features, blocks, outputs // 12, scales)
