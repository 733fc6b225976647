"""Everything around a score that the model's own artefact can tell; each part is made when first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.errors import FeatureRowRefused
from core.model.artefact import Model
from core.model.card import FeatureCard
from core.policy.policy import Policy
from core.portfolio.contract import Contract, text
from core.portfolio.feature_meaning import FeatureMeaning
from core.portfolio.wording import shortened
from core.scoring.certificate import MAIN_FEATURES, NOTE, Certificates, Certifier
from core.scoring.contributions import log_odds_of, meanings_of, row_of
from core.scoring.distribution import Clients, Distribution, distribution
from core.scoring.extrapolation import Extrapolation, KnownWorld, Seen
from core.scoring.score import Score
from core.scoring.similar import HeldOutClients, Neighbourhood, SimilarClients, TooFewSimilar


@dataclass(frozen=True)
class ShownFeature:
    """A feature whose distribution can be asked for."""

    name: str
    label: str
    family: str  # label
    title: str  # both: what a list of hundreds says of it, written once


class Surroundings:
    """Views around a score of this model; any number of threads may ask, two that ask first make the same."""

    def __init__(self, model: Model, policy: Policy, contract: Contract, language: str = "en") -> None:
        self._model = model
        self._policy = policy
        self._contract = contract
        self._meanings = meanings_of(contract, model.features, language)
        self._shown = tuple(_shown(contract, meaning, language) for meaning in self._meanings)

    def similar(self, score: Score) -> SimilarClients | TooFewSimilar:
        """What became of the clients most like this one."""
        return self._neighbourhood.like(row_of(score.contributions), score.default_probability)

    def extrapolation(self, score: Score) -> Extrapolation:
        """Where this client leaves what the model has seen."""
        return self._known_world.leaves(row_of(score.contributions))

    def certificates(self, score: Score, most: int = MAIN_FEATURES) -> Certificates:
        """How far the recommendation holds in each of the features that moved this score most."""
        main = np.argsort(-np.abs(log_odds_of(score.contributions)), kind="stable")[:most]
        items = self._certifier.certify(row_of(score.contributions), main.tolist())
        return Certificates(score.recommendation, items, NOTE)

    def distribution(self, score: Score, feature: str) -> Distribution:
        """How this feature is spread over the training clients, with this client marked."""
        if feature not in self._model.features:
            raise FeatureRowRefused(
                f"Feature '{shortened(feature)}': must be one of the model's {len(self._model.features)} features, "
                "got another; choose one from the list."
            )
        at = self._model.features.index(feature)
        sample = self._model.reference
        known = Clients(sample.features[:, at], sample.target)
        return distribution(self._meanings[at], known, score.contributions[at].value)

    def features(self, score: Score, most: int | None = None) -> tuple[ShownFeature, ...]:
        """The features whose distribution can be asked for, those that moved this score most first."""
        by_size = np.argsort(-np.abs(log_odds_of(score.contributions)), kind="stable")[:most]
        return tuple(self._shown[place] for place in by_size.tolist())

    @cached_property
    def _neighbourhood(self) -> Neighbourhood:
        held_out = self._model.held_out
        clients = HeldOutClients(held_out.features, held_out.default_probabilities, held_out.target)
        return Neighbourhood(clients, self._model.reference.features, self._meanings, self._gain_shares)

    @cached_property
    def _known_world(self) -> KnownWorld:
        seen = tuple(map(_seen, self._model.card.features))
        return KnownWorld(self._meanings, seen, self._gain_shares, self._model.reference.features)

    @cached_property
    def _certifier(self) -> Certifier:
        return Certifier(self._model, self._model.split_points, self._policy, self._contract)

    @property
    def _gain_shares(self) -> list[float]:
        return [feature.gain_share for feature in self._model.card.features]


def _shown(contract: Contract, meaning: FeatureMeaning, language: str) -> ShownFeature:
    family = text(contract.families[meaning.family].label, language)
    return ShownFeature(meaning.name, meaning.label, family, f"{meaning.label} · {family}")


def _seen(card: FeatureCard) -> Seen:
    return Seen(card.lowest, card.highest, tuple(card.levels.index(level) for level in card.unseen_levels))
