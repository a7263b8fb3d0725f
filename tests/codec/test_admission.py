"""Which kernels may code: those whose complete walks are the model's, whatever else they do right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from srec_engine.codec import admission
from srec_engine.codec.admission import Candidate, admitted_network, reference_walks, with_walks
from srec_engine.codec.admission_memory import AdmissionMemory
from srec_engine.codec.walk_digests import WALKS_VERSION
from srec_engine.entropy import choose_coder
from srec_engine.entropy.steps import EntropyCoder
from srec_engine.entropy.tables import DistributionTables
from srec_engine.errors import ModelError
from srec_engine.integer.export import export
from srec_engine.integer.kernels import KERNELS, UnfoldKernel
from srec_engine.integer.prepared import CodingNetwork
from srec_engine.integer.prepared_layer import Kernel, KernelUnavailableError, PreparedLayer
from srec_engine.integer.tables import distribution_tables, model_tables
from srec_engine.model.configuration import NetworkConfiguration
from srec_engine.model.file import read_model, write_model
from srec_engine.model.integer_model import IntegerConvolution, IntegerModel, WalkDigests
from srec_engine.model.store import find_model, model_names
from srec_engine.network.network import SuperResolutionNetwork

Change = Callable[[Tensor, Tensor], Tensor]
"""What a faulty kernel makes of a right result, given the layer's inputs."""


@pytest.fixture(autouse=True)
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test's own folder for what is remembered (compiled code stays where it is)."""
    monkeypatch.setattr("srec_engine.codec.admission_memory.cache_directory", lambda: tmp_path)
    return tmp_path / "admission"


def has_digests(model: IntegerModel) -> bool:
    """Whether a model brings digests of today's walks, or they ship beside it."""
    if model.walks is not None and model.walks.version == WALKS_VERSION:
        return True
    return model.identity().hex() in admission.shipped_walks()


def candidate_of(model: IntegerModel) -> Candidate:
    return Candidate(model, model.identity(), model_tables(model), choose_coder())


@pytest.fixture(scope="module")
def small_model() -> IntegerModel:
    """Untrained, with weights over the whole range, without digests."""
    torch.manual_seed(4)
    configuration = NetworkConfiguration(features=4, blocks=1, components=2, scales=2, shared_scales=1)
    return export(SuperResolutionNetwork(configuration), distribution_tables(configuration), "small", {})


@pytest.fixture(scope="module")
def walked_model(small_model: IntegerModel) -> IntegerModel:
    """The same with its digests."""
    return with_walks(small_model)


@dataclass(frozen=True)
class FaultyLayer:
    """A layer that does wrong where `change` does."""

    right: PreparedLayer
    change: Change
    change_bytes: Change

    def scaled(self, inputs: Tensor) -> Tensor:
        return self.change(inputs, self.right.scaled(inputs))

    def to_bytes(self, inputs: Tensor) -> Tensor:
        return self.change_bytes(inputs, self.right.to_bytes(inputs))


def unchanged(_inputs: Tensor, result: Tensor) -> Tensor:
    return result


def one_more(result: Tensor) -> Tensor:
    """Wrong by one step in one place."""
    wrong = result.clone()
    wrong[-1, -1, -1, -1] += 1
    return wrong


class FaultyKernel(UnfoldKernel):
    """Right but for one kind of situation."""

    name = "faulty"

    def __init__(
        self,
        change: Change = unchanged,
        change_bytes: Change = unchanged,
        weights: Callable[[IntegerConvolution], bool] = lambda _: True,
    ) -> None:
        self._change, self._change_bytes, self._concerns = change, change_bytes, weights

    def prepare(self, layer: IntegerConvolution, device: torch.device) -> PreparedLayer:
        right = super().prepare(layer, device)
        return FaultyLayer(right, self._change, self._change_bytes) if self._concerns(layer) else right


def only_where(condition: Callable[[Tensor], bool]) -> Change:
    return lambda inputs, result: one_more(result) if condition(inputs) else result


FAULTS = {
    "from 16 tiles on": FaultyKernel(only_where(lambda inputs: len(inputs) >= 16)),
    "for 17 tiles only": FaultyKernel(only_where(lambda inputs: len(inputs) == 17)),
    "for 32 tiles only": FaultyKernel(only_where(lambda inputs: len(inputs) == 32)),
    "in large tiles only": FaultyKernel(only_where(lambda inputs: inputs.shape[-1] == 256)),
    "by less than half a step": FaultyKernel(lambda _, result: result + 0.125),
    "in rounding to bytes": FaultyKernel(change_bytes=only_where(lambda inputs: bool((inputs == 255).any()))),
    "in bytes of many tiles": FaultyKernel(change_bytes=only_where(lambda inputs: len(inputs) > 1)),
    "with corrected classifiers": FaultyKernel(
        only_where(lambda _: True), weights=lambda layer: layer.side == 1 and layer.weight.shape[0] == 9 * 2 + 6
    ),
}


def with_kernels(monkeypatch: pytest.MonkeyPatch, *kernels: Kernel) -> None:
    chosen = {kernel.name: kernel for kernel in kernels}
    monkeypatch.setattr("srec_engine.integer.kernels.KERNELS", chosen)
    monkeypatch.setattr(admission, "KERNELS", chosen)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_kernel_that_is_wrong_in_one_situation_is_not_used(
    fault: str, walked_model: IntegerModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_kernels(monkeypatch, FAULTS[fault])
    with pytest.raises(ModelError, match="No exact kernel"):
        admitted_network(candidate_of(walked_model), "cpu", "faulty")


def test_the_next_kernel_takes_the_place_of_a_wrong_one(
    walked_model: IntegerModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_kernels(monkeypatch, FAULTS["from 16 tiles on"], UnfoldKernel())
    assert admitted_network(candidate_of(walked_model), "cpu", "auto").kernel_name == "unfold"


def test_a_kernel_that_is_always_right_is_used(walked_model: IntegerModel, monkeypatch: pytest.MonkeyPatch) -> None:
    with_kernels(monkeypatch, FaultyKernel(), UnfoldKernel())
    assert admitted_network(candidate_of(walked_model), "cpu", "auto").kernel_name == "faulty"


def test_every_shipped_model_has_digests_and_the_kernels_of_this_machine_give_them() -> None:
    for name in model_names():
        candidate = candidate_of(read_model(find_model(name)))
        assert has_digests(candidate.model)
        assert admitted_network(candidate, "cpu", "auto").kernel_name != admission.REFERENCE_KERNEL


@pytest.mark.parametrize("kernel", ["float32", "unfold"])
def test_slower_kernels_give_the_same_digests(kernel: str) -> None:
    candidate = candidate_of(read_model(find_model("photo-fast")))
    assert admitted_network(candidate, "cpu", kernel).kernel_name == kernel


def test_models_in_the_archive_have_digests() -> None:
    shipped = find_model("photo").parent
    for path in (shipped / "archive").glob("*.safetensors"):
        assert has_digests(read_model(path)), path.name


def test_a_model_that_was_exported_brings_its_digests(
    small_model: IntegerModel, walked_model: IntegerModel, tmp_path: Path
) -> None:
    write_model(walked_model, tmp_path / "small.safetensors")
    read = read_model(tmp_path / "small.safetensors")
    assert read.identity() == small_model.identity()
    assert read.walks is not None
    assert read.walks.version == WALKS_VERSION
    assert dict(read.walks.digests) == dict(reference_walks(candidate_of(small_model)))


def test_digests_of_another_version_say_nothing(small_model: IntegerModel) -> None:
    other = replace(small_model, walks=WalkDigests(WALKS_VERSION + 1, {"full": "00"}))
    assert admitted_network(candidate_of(other), "cpu", "auto").kernel_name in KERNELS


def test_a_model_with_wrong_digests_is_not_used_at_all(walked_model: IntegerModel) -> None:
    right = walked_model
    assert right.walks is not None
    wrong = replace(right, walks=WalkDigests(WALKS_VERSION, {**right.walks.digests, "16 small": "00" * 16}))
    with pytest.raises(ModelError, match="No exact kernel"):
        admitted_network(candidate_of(wrong), "cpu", "auto")


class TestMemory:
    """What was found out once is not found out again, as long as nothing changed."""

    @pytest.fixture
    def walks(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """Names of the kernels that were walked."""
        walked: list[str] = []
        right = admission.walk_digests

        def counted(network: CodingNetwork, tables: DistributionTables, coder: EntropyCoder) -> Mapping[str, str]:
            walked.append(network.kernel_name)
            return right(network, tables, coder)

        monkeypatch.setattr(admission, "walk_digests", counted)
        return walked

    def test_the_second_time_nothing_is_walked(self, walked_model: IntegerModel, walks: list[str]) -> None:
        candidate = candidate_of(walked_model)
        first = admitted_network(candidate, "cpu", "auto").kernel_name
        assert walks[-1] == first
        walks.clear()
        assert admitted_network(candidate, "cpu", "auto").kernel_name == first
        assert walks == []

    def test_after_a_library_has_changed_everything_is_walked_again(
        self, walked_model: IntegerModel, walks: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        candidate = candidate_of(walked_model)
        admitted_network(candidate, "cpu", "auto")
        walks.clear()
        monkeypatch.setattr("srec_engine.codec.admission_memory._surroundings", lambda: ("torch 99.0",))
        admitted_network(candidate, "cpu", "auto")
        assert walks != []

    def test_where_nothing_can_be_kept_everything_works_all_the_same(
        self, walked_model: IntegerModel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("srec_engine.codec.admission_memory.cache_directory", lambda: None)
        assert admitted_network(candidate_of(walked_model), "cpu", "auto").kernel_name in KERNELS

    @pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"unheard of", b"5", b'{"a": "b"}', b"x" * 100_000])
    def test_a_damaged_memory_is_as_good_as_none(
        self, walked_model: IntegerModel, content: bytes, memory: Path
    ) -> None:
        candidate = candidate_of(walked_model)
        kernel = admitted_network(candidate, "cpu", "auto").kernel_name
        kept = list(memory.iterdir())
        assert kept
        for path in kept:
            path.write_bytes(content)
        assert admitted_network(candidate, "cpu", "auto").kernel_name == kernel

    def test_an_answer_that_is_not_true_any_more_is_found_out_anew(
        self, walked_model: IntegerModel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class GoneKernel(UnfoldKernel):
            name = "gone"

            def prepare(self, layer: IntegerConvolution, device: torch.device) -> PreparedLayer:
                raise KernelUnavailableError("This processor is another one.")

        candidate = candidate_of(walked_model)
        AdmissionMemory(torch.device("cpu")).remember("gone", "kernel", candidate.model_id.hex(), "auto")
        with_kernels(monkeypatch, GoneKernel(), UnfoldKernel())
        assert admitted_network(candidate, "cpu", "auto").kernel_name == "unfold"

    def test_digests_that_were_remembered_of_a_model_without_its_own_may_be_damaged(
        self, small_model: IntegerModel, memory: Path
    ) -> None:
        walks = reference_walks(candidate_of(small_model))
        for path in memory.iterdir():
            path.write_bytes(b"5")
        assert dict(reference_walks(candidate_of(small_model))) == dict(walks)

    def test_one_device_knows_nothing_of_another(self) -> None:
        AdmissionMemory(torch.device("cpu")).remember("yes", "question")
        assert AdmissionMemory(torch.device("cpu")).recall("question") == "yes"
        assert AdmissionMemory(torch.device("meta")).recall("question") is None
