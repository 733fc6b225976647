"""The model card: what a model is, from what it was made and how well it does. Values only."""

from __future__ import annotations

from datetime import datetime

import msgspec

CARD_FORMAT = 2


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Estimate(_Part, frozen=True, kw_only=True):
    """A figure and the interval that holds it with 95 % confidence."""

    value: float
    low: float
    high: float


class ReliabilityBin(_Part, frozen=True, kw_only=True):
    """One of ten equal groups of clients by PD: what was expected and what happened."""

    clients: int
    defaults: int
    mean_pd: float
    observed: Estimate  # Wilson interval


class Metrics(_Part, frozen=True, kw_only=True):
    """How well PDs rank and how true they are, on rows that took no part in making the model."""

    clients: int
    defaults: int
    auc: Estimate  # DeLong interval; all others: bootstrap, unless said
    gini: Estimate
    ks: Estimate  # largest distance of the two score distributions
    pr_auc: Estimate
    brier: Estimate
    log_loss: Estimate
    ece: Estimate
    mce: Estimate
    mean_pd: float
    observed_rate: Estimate  # Wilson interval
    calibration_slope: Estimate  # Wald interval; 1 is perfect
    calibration_intercept: Estimate  # Wald interval; 0 is perfect
    reliability: tuple[ReliabilityBin, ...]


class Costs(_Part, frozen=True, kw_only=True):
    """What recommendations cost per client: (c_fn · defaults approved + c_fp · good refused) / clients."""

    cost_default_approved: float
    cost_good_refused: float
    cut: Estimate  # cheapest on the validation rows; bootstrap interval: the minimum is flat
    at_cut: Estimate  # on the test rows
    optimal_cut: float  # c_fp / (c_fp + c_fn), cheapest for calibrated PDs
    at_optimal_cut: Estimate  # on the test rows
    policy_cut: float
    at_policy_cut: Estimate  # on the test rows
    approve_everyone: float  # on the test rows
    refuse_everyone: float


class Yardstick(_Part, frozen=True, kw_only=True):
    """A plain logistic regression on the same split: what the trees must beat."""

    description: str
    rows: int  # it was fitted on
    converged: bool
    auc: Estimate
    brier: float
    log_loss: float
    ece: float


class OutOfFold(_Part, frozen=True, kw_only=True):
    """Every labelled row scored by a model, a calibrator and a cut that never saw it; pooled over the folds."""

    folds: int
    clients: int
    auc: Estimate
    fold_auc: tuple[float, ...]
    ece: float
    brier: float
    mean_pd: float
    observed_rate: float
    cost_per_client: Estimate  # at `optimal_cut`
    optimal_cut: float
    cost_at_fold_cuts: float  # each fold at the cut chosen on the cross-fitted PDs of the rows it was grown on
    fold_cuts: tuple[float, ...]


class FeatureCard(_Part, frozen=True, kw_only=True):
    name: str
    dtype: str  # how a feature row stores it
    kind: str  # "number" or "category"
    levels: tuple[str, ...]  # of a category: level i is stored as float(i)
    direction: int  # +1: more may only raise the PD; -1: only lower it; 0: free
    lowest: float | None  # of a number, in the rows that grew or stopped the trees; None for a category
    highest: float | None
    unseen_levels: tuple[str, ...]  # of a category: those that none of these rows has
    missing_share: float  # in the training rows
    gain_share: float  # of the training loss that all splits saved


class Rows(_Part, frozen=True, kw_only=True):
    """How many labelled rows served for what; no row serves twice."""

    training: int
    stopping: int
    validation: int
    test: int

    @property
    def all(self) -> int:
        return self.training + self.stopping + self.validation + self.test


class Source(_Part, frozen=True, kw_only=True):
    """From what and with what the model was made: the same again gives the same model.txt."""

    portfolio: str
    data_fingerprint: str
    seed: int
    training_window: str
    parameters: dict[str, float]
    rounds: int  # kept after early stopping
    libraries: dict[str, str]
    missing_tables: tuple[str, ...]


class Card(_Part, frozen=True, kw_only=True):
    """All that is known about one model; written once, with the model."""

    format: int = CARD_FORMAT
    version: str
    trained_at: datetime
    target: str  # what the PD is a probability of
    source: Source
    rows: Rows
    features: tuple[FeatureCard, ...]  # in the model's order
    left_out_protected: tuple[str, ...]
    left_out_missing: tuple[str, ...]  # without any value in the training rows
    clip: str
    metrics: Metrics  # on the test rows
    costs: Costs
    yardstick: Yardstick
    out_of_fold: OutOfFold | None
    validation_pd_quantiles: tuple[float, ...]  # 0 %, 1 %, … 100 %: where a client stands
