"""Which kernel may compute a model on a device: the fastest whose complete walks are those of every other machine.

Two proofs come before a kernel is used: each layer answers to inputs over its whole range (`integer.known_answers`),
and walks through the whole network, done as coding does them, have the digests that the model brings. Both take some
hundred milliseconds, so their outcome is remembered until anything that could change it changes.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch

from srec_engine.codec.admission_memory import AdmissionMemory
from srec_engine.codec.walk_digests import WALKS_VERSION, walk_digests
from srec_engine.entropy import choose_coder
from srec_engine.entropy.steps import EntropyCoder
from srec_engine.entropy.tables import DistributionTables
from srec_engine.errors import ModelError
from srec_engine.integer.kernels import KERNEL_FAULTS, KERNELS, kernels_named, no_exact_kernel
from srec_engine.integer.layouts import prepare_network
from srec_engine.integer.prepared import CodingNetwork
from srec_engine.integer.prepared_layer import KernelUnavailableError
from srec_engine.integer.tables import model_tables
from srec_engine.model.integer_model import IntegerModel, WalkDigests
from srec_engine.resources import resource_path

__all__ = [
    "REFERENCE_KERNEL",
    "Candidate",
    "admitted_network",
    "made_walks",
    "reference_walks",
    "shipped_walks",
    "with_walks",
]

REFERENCE_KERNEL = list(KERNELS)[-1]
"""The kernel that digests are made with: nothing but products and sums."""


@dataclass(frozen=True, eq=False, slots=True)
class Candidate:
    """A model that is to be admitted somewhere.

    Attributes:
        model: The model.
        model_id: Its SHA-256.
        tables: Its distribution tables.
        coder: The entropy coder.
    """

    model: IntegerModel
    model_id: bytes
    tables: DistributionTables
    coder: EntropyCoder


def admitted_network(candidate: Candidate, device: str, kernel: str) -> CodingNetwork:
    """A model on a device, by the kernel of that name ("auto": the fastest) that is exact there.

    Raises:
        ModelError: When the kernel is unknown or none is exact.
        Exception: Whatever a device that fails raises.
    """
    place, kernels = torch.device(device), kernels_named(kernel)
    memory = AdmissionMemory(place)
    question = ("kernel", candidate.model_id.hex(), kernel)
    known = memory.recall(*question)
    if known is not None and known in [named.name for named in kernels]:
        try:
            return prepare_network(candidate.model, device, known, checked=False)
        except KernelUnavailableError:
            pass  # what was remembered is not true (any more)
    walks = reference_walks(candidate)
    for named in kernels:
        network = _proven(candidate, device, named.name, walks)
        if network is not None:
            memory.remember(named.name, *question)
            return network
    raise no_exact_kernel(kernel, place)


def _proven(candidate: Candidate, device: str, kernel: str, walks: Mapping[str, str]) -> CodingNetwork | None:
    """A network by a kernel; None where that is not exact or does not exist."""
    try:
        network = prepare_network(candidate.model, device, kernel)
        found = walk_digests(network, candidate.tables, candidate.coder)
    except ModelError:
        return None
    except KERNEL_FAULTS:
        if torch.device(device).type != "cpu":
            raise
        return None
    return network if found == walks else None


def reference_walks(candidate: Candidate) -> Mapping[str, str]:
    """The digests that a model's walks must have: its own, those shipped for it, or made here by the slowest kernel.

    Models from before there were digests have none of their own.
    """
    walks = candidate.model.walks
    if walks is not None and walks.version == WALKS_VERSION:
        return walks.digests
    shipped = shipped_walks().get(candidate.model_id.hex())
    if shipped is not None:
        return shipped
    memory = AdmissionMemory(torch.device("cpu"))
    question = ("walks", candidate.model_id.hex())
    known = _digests_in(memory.recall(*question))
    if known:
        return known
    made = made_walks(candidate)
    memory.remember(json.dumps(dict(made)), *question)
    return made


def with_walks(model: IntegerModel) -> IntegerModel:
    """A model that brings the digests of its walks, for every machine that it comes to.

    Raises:
        ModelError: When it cannot be computed exactly.
        MissingDependencyError: When no entropy coder works here.
    """
    candidate = Candidate(model, model.identity(), model_tables(model), choose_coder())
    return replace(model, walks=WalkDigests(WALKS_VERSION, made_walks(candidate)))


def made_walks(candidate: Candidate) -> Mapping[str, str]:
    """The digests of a model's walks, by the reference kernel on the CPU."""
    network = prepare_network(candidate.model, "cpu", REFERENCE_KERNEL)
    return walk_digests(network, candidate.tables, candidate.coder)


def _digests_in(text: str | None) -> Mapping[str, str]:
    """What was remembered; nothing where that was damaged."""
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


@functools.cache
def shipped_walks() -> Mapping[str, Mapping[str, str]]:
    """Digests by the id of the model, for models that were written before they could bring their own."""
    stored = json.loads(resource_path("models", "walks.json").read_text(encoding="utf-8"))
    return dict(stored["models"]) if stored["version"] == WALKS_VERSION else {}
