"""A model is read exactly as written, or refused with thing, rule and remedy."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.errors import ModelMissing, ModelRefused
from core.model.artefact import load
from core.model.files import FILES, SUMS
from tests.unit.model.known_lender import Trained


@pytest.fixture
def folder(trained: Trained, tmp_path: Path) -> Path:
    """A copy that a test may damage."""
    copy = tmp_path / trained.card.version
    shutil.copytree(trained.model.folder, copy)
    return copy


def rewritten(folder: Path, name: str, change: Callable[[str], str]) -> None:
    """Changes a file and its hash: a forgery, or the work of another program."""
    file = folder / name
    file.write_text(change(file.read_text()))
    sums = {n: hashlib.sha256((folder / n).read_bytes()).hexdigest() for n in FILES}
    (folder / SUMS).write_text("".join(f"{digest}  {n}\n" for n, digest in sums.items()))


def test_what_was_published_is_what_is_loaded(trained: Trained) -> None:
    model = trained.model
    assert model.card == trained.card
    assert model.version == trained.card.version == model.folder.name
    assert model.features == ("income", "debt", "region", "noise")
    assert [bins.feature for bins in model.bins.features] == list(model.features)


def test_the_sums_are_those_that_sha256sum_checks(folder: Path) -> None:
    lines = (folder / SUMS).read_text().splitlines()
    assert [line.split("  ")[1] for line in lines] == list(FILES)
    assert all(
        hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest for digest, name in map(str.split, lines)
    )


@pytest.mark.parametrize("name", FILES)
def test_a_single_changed_byte_is_refused(folder: Path, name: str) -> None:
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(ModelRefused, match=f"{name} must have the SHA-256.*python -m core train"):
        load(folder)


@pytest.mark.parametrize("name", [*FILES, SUMS])
def test_a_missing_file_is_refused_by_name(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ModelRefused, match=f"{name} must be there.*python -m core train"):
        load(folder)


def test_a_strange_file_in_the_folder_is_refused(folder: Path) -> None:
    (folder / "model.pkl").write_bytes(b"surprise")
    with pytest.raises(ModelRefused, match=r"got model\.pkl"):
        load(folder)


@pytest.mark.parametrize("line", ["deadbeef", "0" * 64 + "  evil.txt", "0" * 64 + "  ../card.json"])
def test_a_strange_line_in_the_sums_is_refused(folder: Path, line: str) -> None:
    with (folder / SUMS).open("a") as file:
        file.write(line + "\n")
    with pytest.raises(ModelRefused, match=SUMS):
        load(folder)


def test_a_folder_that_is_not_there_is_a_missing_model(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="python -m core train"):
        load(tmp_path / "20261121-1a2b3c4d")


def test_a_renamed_folder_is_refused(folder: Path) -> None:
    renamed = folder.rename(folder.with_name("20261122-1a2b3c4d"))
    with pytest.raises(ModelRefused, match="must bear the version on the card"):
        load(renamed)


def test_features_in_another_order_are_refused(folder: Path) -> None:
    def turned(card: str) -> str:
        fields = json.loads(card)
        fields["features"].reverse()
        return json.dumps(fields)

    rewritten(folder, "card.json", turned)
    with pytest.raises(ModelRefused, match="the same in another order"):
        load(folder)


def test_a_feature_that_is_gone_or_renamed_is_refused_by_name(folder: Path) -> None:
    rewritten(folder, "card.json", lambda card: card.replace('"name": "debt"', '"name": "wealth"'))
    with pytest.raises(ModelRefused, match="others: debt, wealth"):
        load(folder)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("calibration.json", '"floor": 1e-6', '"floor": 2e-6'),
        ("card.json", '"seed": 7', '"seed": 8'),
        ("bins.json", '"rows": 4080', '"rows": 4081'),
    ],
)
def test_a_file_changed_together_with_its_hash_is_not_the_version_it_claims(
    folder: Path, name: str, old: str, new: str
) -> None:
    assert old in (folder / name).read_text()
    rewritten(folder, name, lambda content: content.replace(old, new, 1))
    with pytest.raises(ModelRefused, match="its version must be that of its content"):
        load(folder)


def test_bins_of_the_features_in_another_order_are_refused(folder: Path) -> None:
    def turned(bins: str) -> str:
        fields = json.loads(bins)
        fields["features"].reverse()
        return json.dumps(fields)

    rewritten(folder, "bins.json", turned)
    with pytest.raises(ModelRefused, match=r"bins\.json must have the card's features in the card's order"):
        load(folder)


@pytest.mark.parametrize("written", [0, 1, 99])
def test_a_card_of_another_format_is_refused(folder: Path, written: int) -> None:
    rewritten(folder, "card.json", lambda card: card.replace('"format": 2', f'"format": {written}', 1))
    with pytest.raises(ModelRefused, match=f"reads format 2, got {written}"):
        load(folder)


@pytest.mark.parametrize(
    ("name", "old", "new", "rule"),
    [
        ("card.json", '"seed": 7', '"seed": "seven"', "Expected `int`"),
        ("card.json", '"version"', '"surprise": 1, "version"', "unknown field"),
        ("calibration.json", '"slope": ', '"slope": -', "slope must be above 0"),
        ("calibration.json", '"floor": 1e-6', '"floor": 0.5', "floor must lie"),
        ("bins.json", '"rows"', '"row"', r"bins\.json"),
        ("model.txt", "feature_names=", "names=", r"model\.txt"),
    ],
)
def test_well_hashed_nonsense_is_refused(folder: Path, name: str, old: str, new: str, rule: str) -> None:
    assert old in (folder / name).read_text()
    rewritten(folder, name, lambda content: content.replace(old, new, 1))
    with pytest.raises(ModelRefused, match=rule):
        load(folder)


def test_the_reference_is_a_sample_of_the_training_rows_as_the_model_scores_them(trained: Trained) -> None:
    reference, model = trained.model.reference, trained.model
    assert reference.features.shape == (trained.card.rows.training, len(model.features))  # all: fewer than 5,000
    assert reference.features.dtype == np.float32
    assert np.array_equal(model.margins(reference.features), reference.margins)
    assert np.array_equal(model.default_probabilities(reference.margins), reference.default_probabilities)
    assert set(np.unique(reference.target)) == {0, 1}


def test_the_frozen_bins_of_features_are_those_of_the_reference(trained: Trained) -> None:
    reference, bins = trained.model.reference, trained.model.bins
    assert bins.rows == reference.target.size
    for position, feature in enumerate(bins.features):
        assert feature.count(reference.features[:, position]) == feature.counts


def test_the_frozen_bins_of_the_pd_are_those_of_rows_the_trees_were_not_grown_on(trained: Trained) -> None:
    bins, held_out = trained.model.bins.default_probability, trained.model.held_out
    assert bins.counts == bins.count(held_out.default_probabilities)
    assert sum(bins.counts) == held_out.target.size == trained.card.rows.validation + trained.card.rows.test
    assert max(bins.shares) == pytest.approx(0.1, abs=0.001)  # deciles of these very rows


def test_a_reference_damaged_after_loading_is_refused_when_it_is_read(folder: Path) -> None:
    model = load(folder)
    (folder / "reference.parquet").write_bytes(b"PAR1")
    with pytest.raises(ModelRefused, match="SHA-256"):
        _ = model.reference


def test_a_reference_changed_after_loading_together_with_its_hash_is_refused_too(folder: Path) -> None:
    model = load(folder)
    (folder / "reference.parquet").write_bytes(b"PAR1")
    rewritten(folder, "card.json", lambda card: card)  # writes all sums anew
    with pytest.raises(ModelRefused, match="SHA-256"):
        _ = model.held_out


def test_half_of_the_validation_clients_lie_below_their_median(trained: Trained) -> None:
    quantiles = trained.card.validation_pd_quantiles
    assert len(quantiles) == 101
    assert trained.model.share_below(quantiles[50]) == pytest.approx(0.5)
    assert trained.model.share_below(0.0) == 0.0
    assert trained.model.share_below(1.0) == 1.0


def test_base_and_contributions_add_up_to_the_margin_and_the_pd_is_its_own_step(trained: Trained) -> None:
    model = trained.model
    for row in model.reference.features[:50]:
        contributions, base = model.contributions(row)
        margin = model.margin(row)
        assert base + contributions.sum() == pytest.approx(margin, abs=1e-9)
        pd = model.default_probability(margin)
        assert np.log(pd / (1 - pd)) == pytest.approx(model.calibrated_log_odds(margin), abs=1e-9)
