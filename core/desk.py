"""Settings in, the open desk out: the one place where contract, portfolio, model and policy are put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.casework import activations
from core.casework.cases import Cases
from core.casework.casework import Casework
from core.casework.versions import Provenance, Versions, provenance_of
from core.desk_files import files_identity
from core.desk_parts import Parts, open_parts
from core.desk_rows import DeskRows, ModelRow
from core.ledger.ledger import Ledger
from core.policy import registry as policies
from core.policy.recommendation import Recommendation
from core.portfolio.application import Application
from core.portfolio.client_number import client_number
from core.scoring.certificate import MAIN_FEATURES, Certificates
from core.scoring.changes import ChangeableField, changeable_fields, changed, changes_between
from core.scoring.distribution import Distribution
from core.scoring.extrapolation import Extrapolation
from core.scoring.facts import Fact, compared_features, facts
from core.scoring.field_limits import FieldLimits, Tried, field_limits
from core.scoring.key_figures import Peers
from core.scoring.place import ReferenceSample
from core.scoring.protected import unused_bases
from core.scoring.score import Score
from core.scoring.scorer import Scorer
from core.scoring.similar import SimilarClients, TooFewSimilar
from core.scoring.surroundings import ShownFeature, Surroundings
from core.scoring.what_if import WhatIf, what_if
from core.settings import Settings


class Desk:
    """One open portfolio with its model and policy; any number of threads may ask."""

    def __init__(self, parts: Parts) -> None:
        self.settings = parts.settings
        self.contract = parts.contract
        self.tables = parts.tables
        self.features = parts.features
        self.model = parts.model
        self.policy = parts.policy
        self.in_force = Versions(parts.model.version, parts.policy.version)
        self.casework = (
            None
            if parts.ledger is None
            else Casework(parts.ledger, parts.contract, parts.clock, parts.tables.changed_on_disk)
        )
        self._language = parts.settings.language
        self.scorer = Scorer(parts.model, parts.policy, parts.contract, parts.clock, self._language)
        self._opened_files = parts.opened_files
        self._rows = DeskRows(parts)

    def score(self, key: str) -> Score:
        """The explained score of a stored applicant; UnknownApplicant where there is none."""
        known = client_number(key)
        return self._scored(self._rows.stored(known), known)

    def score_application(self, application: Application, history_of: str | None = None) -> Score:
        """The explained score of an application typed in; `history_of`: a stored applicant whose past loans count."""
        client = None if history_of is None else client_number(history_of)
        return self._scored(self._rows.typed(application, client), client or "")

    def application(self, key: str) -> Application:
        """The stored application of an applicant, every column of the main table."""
        return Application(self.tables.application(key))

    def facts(self, key: str) -> tuple[Fact, ...]:
        """The facts card of a stored applicant, compared with the clients the model learnt from."""
        return self.facts_of(self.application(key))

    def facts_of(self, application: Application) -> tuple[Fact, ...]:
        return facts(self.contract, application.fields, self._reference, self._language)

    def what_if(self, application: Application, changes: Mapping[str, object], history_of: str | None = None) -> WhatIf:
        """The score of the application with some fields changed, beside the one it has.

        Raises ApplicationRefused for a field that may not be changed or a value outside the contract.
        """
        altered = changed(self.contract, application, changes)
        before = self.score_application(application, history_of)
        after = self.score_application(altered, history_of)
        return self._what_if(before, after, application, altered)

    def what_if_of(self, key: str, changes: Mapping[str, object]) -> WhatIf:
        """The same for a stored applicant, beside the stored score."""
        before, application = self.score(key), self.application(key)
        altered = changed(self.contract, application, changes)
        after = self.score_application(altered, before.applicant)
        return self._what_if(before, after, application, altered)

    def field_limits(self, application: Application, score: Score, history_of: str | None = None) -> FieldLimits:
        """How far the recommendation of this application's score holds in each field that may be changed."""

        def ask(tried: Tried) -> list[Recommendation]:
            rows = self._rows.variants(application, history_of, tried)
            pds = self.scorer.score_many(rows, self.model.features)
            return [self.policy.recommend(pd) for pd in pds.tolist()]

        sample = self.model.reference.features
        samples = {name: sample[:, at] for at, name in enumerate(self.model.features)}
        return field_limits(self.contract, application, score.recommendation, samples, ask, self._language)

    @cached_property
    def changeable_fields(self) -> tuple[ChangeableField, ...]:
        """What a what-if may change, in the order of the form: levers, and facts that may be corrected."""
        return changeable_fields(self.contract, self._language)

    def similar(self, score: Score) -> SimilarClients | TooFewSimilar:
        """What became of the held-out clients most like the one of this score."""
        return self._surroundings.similar(score)

    def certificates(self, score: Score, most: int = MAIN_FEATURES) -> Certificates:
        """How far the recommendation holds in each of the features that moved this score most."""
        return self._surroundings.certificates(score, most)

    def extrapolation(self, score: Score) -> Extrapolation:
        """Where this client leaves what the model has seen."""
        return self._surroundings.extrapolation(score)

    def distribution(self, score: Score, feature: str) -> Distribution:
        """How one of the model's features is spread over its training clients, this client marked."""
        return self._surroundings.distribution(score, feature)

    def shown_features(self, score: Score, most: int | None = None) -> tuple[ShownFeature, ...]:
        """The features whose distribution can be asked for, those that moved this score most first."""
        return self._surroundings.features(score, most)

    def model_rows(self, keys: Sequence[str]) -> NDArray[np.float32]:
        """The feature rows of these applicants in the model's order, (rows, features)."""
        return self._rows.stored_many(keys)

    def standing(self, default_probability: float) -> float:
        """The share of the model's validation clients with a lower PD, 0..1."""
        return self.model.share_below(default_probability)

    def peers(self, default_probability: float) -> Peers:
        """The same beside how many they are and the PD of the one in the middle."""
        quantiles = self.model.card.validation_pd_quantiles
        return Peers(
            share_below=self.standing(default_probability),
            clients=self.model.card.rows.validation,
            median_pd=quantiles[len(quantiles) // 2],
        )

    @cached_property
    def unused_bases(self) -> str:
        """What the model was not allowed to look at, as a sentence."""
        return unused_bases(self.contract, self.model.features)

    @cached_property
    def cases(self) -> Cases:
        """Makes a case of a score of this desk: `cases.stored(score, application)`, `cases.typed(…, history_of)`."""
        sql, tables = self.features.sql_fingerprint, self.features.tables_fingerprint
        exposure = self.policy.exposure_column
        return Cases(exposure, sql, tables, self.provenance, lambda score: self.extrapolation(score).warnings)

    @cached_property
    def provenance(self) -> Provenance:
        """What every score of this desk can be repeated from."""
        return provenance_of(self.model)

    def warm_up(self) -> None:
        """Makes now what the first questions would wait for: the SQL of one row, and what surrounds a score."""
        key = next(iter(self.tables.keys(1)), None)
        if key is None:
            return
        score = self.what_if_of(key, {}).score
        self.similar(score)
        self.certificates(score)
        self.extrapolation(score)

    def changed_on_disk(self) -> bool:
        """Whether contract, portfolio, features or the choice of the model were replaced since this desk opened."""
        return files_identity(self.settings) != self._opened_files

    def close(self) -> None:
        self.features.close()
        self.tables.close()
        self._rows.close()

    @cached_property
    def _surroundings(self) -> Surroundings:
        return Surroundings(self.model, self.policy, self.contract, self._language)

    @cached_property
    def _reference(self) -> ReferenceSample:
        """Built when first asked for; two threads that ask at once build the same."""
        sample = self.model.reference.features
        return ReferenceSample(sample, self.model.features, compared_features(self.contract))

    def _scored(self, row: ModelRow, applicant: str) -> Score:
        return self.scorer.score(row.values, self.model.features, applicant, row.exposure)

    def _what_if(self, before: Score, after: Score, application: Application, altered: Application) -> WhatIf:
        changes = changes_between(self.contract, application, altered, self._language)
        return what_if(before, after, changes, self.policy.scale)


def open_desk(settings: Settings, clock: Callable[[], datetime] | None = None, ledger: Ledger | None = None) -> Desk:
    """The desk of these settings; with a ledger it decides too, and says there what is in force from now on.

    Raises ContractError, PortfolioMissing (no tables, or features that are missing or out of date), ModelMissing,
    ModelRefused (damaged, or trained on other features than are stored, or otherwise than the contract says),
    UnknownRecord (the policy in force is not among those that are kept).
    """
    desk = Desk(open_parts(settings, clock or (lambda: datetime.now(UTC)), ledger))
    if ledger is not None:
        policies.keep(desk.policy, settings.policies_dir)  # replay needs it for good
        activations.record_in_force(ledger, desk.model.version, desk.provenance, desk.policy)
    return desk
