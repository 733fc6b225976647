"""The demo portfolio as `make run` makes it, in full size: as hard to predict as the real one, and as often bad."""

from contextlib import closing

import numpy as np
import pyarrow.parquet as pq
import pytest

from core import settings
from core.commands.setup_command import DEMO_APPLICANTS, DEMO_NEW_APPLICATIONS, DEMO_SEED
from core.model.card import Card
from core.model.training import TrainingOptions, train
from core.portfolio import contract_file, features
from core.portfolio.feature_meaning import feature_meaning
from core.portfolio.features import FeatureStore
from core.portfolio.importing import import_tables
from core.portfolio.synthetic.generator import generate
from core.progress import silent
from core.settings import Settings

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

OUT_OF_FOLD_AUC = 0.796  # of all clients, as the README says


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    own = settings.read({}, data_dir=tmp_path_factory.mktemp("demo"))
    contract = contract_file.read(own.contract_file)
    generate(own.raw_dir, DEMO_APPLICANTS, DEMO_NEW_APPLICATIONS, DEMO_SEED, silent)
    import_tables(own.raw_dir, contract, own, replace=False, progress=silent)
    features.build(own, contract, silent)
    return own


def trained(demo: Settings, options: TrainingOptions) -> Card:
    contract = contract_file.read(demo.contract_file)
    with closing(FeatureStore.open(demo.features_file)) as store:
        return train(store, contract, demo, options, silent)


@pytest.fixture(scope="module")
def card(demo: Settings) -> Card:
    return trained(demo, TrainingOptions())


def test_eight_of_a_hundred_demo_clients_default(demo: Settings) -> None:
    target = pq.read_table(demo.raw_dir / "application_train.parquet", columns=["TARGET"])["TARGET"].to_numpy()
    assert target.size == DEMO_APPLICANTS
    assert target.mean() == pytest.approx(0.0807, abs=0.003)


def test_new_applications_wait_without_an_outcome(demo: Settings) -> None:
    waiting = pq.read_schema(demo.raw_dir / "application_test.parquet")
    assert "TARGET" not in waiting.names
    assert pq.read_metadata(demo.raw_dir / "application_test.parquet").num_rows == DEMO_NEW_APPLICATIONS == 600


def test_a_model_of_the_demo_portfolio_ranks_as_well_as_one_of_the_real_portfolio(card: Card) -> None:
    """On one split; the figure of all clients lies within its interval."""
    assert 0.75 <= card.metrics.auc.value <= 0.82
    assert card.metrics.auc.low <= OUT_OF_FOLD_AUC <= card.metrics.auc.high
    assert card.metrics.observed_rate.low <= card.metrics.mean_pd <= card.metrics.observed_rate.high


@pytest.mark.proof
def test_out_of_fold_a_model_of_the_demo_portfolio_ranks_as_well_as_one_of_the_real_portfolio(demo: Settings) -> None:
    pooled = trained(demo, TrainingOptions(folds=5)).out_of_fold
    assert pooled is not None
    assert pooled.auc.value == pytest.approx(OUT_OF_FOLD_AUC, abs=0.002)
    assert pooled.mean_pd == pytest.approx(pooled.observed_rate, rel=0.03)


def test_the_model_has_at_least_four_hundred_features_and_none_is_protected(card: Card, demo: Settings) -> None:
    contract = contract_file.read(demo.contract_file)
    assert len(card.features) >= 400
    assert not [feature.name for feature in card.features if feature_meaning(contract, feature.name).protected]


def test_the_true_probability_is_known_and_never_a_feature(card: Card, demo: Settings) -> None:
    truth = pq.read_table(demo.raw_dir / "true_default_probability.parquet")["true_default_probability"].to_numpy()
    assert truth.size == DEMO_APPLICANTS + DEMO_NEW_APPLICATIONS
    assert np.all((truth > 0) & (truth < 1))
    assert "true_default_probability" not in {feature.name for feature in card.features}
