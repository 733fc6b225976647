"""`train`: builds missing features, then trains, calibrates and measures a model and makes it the active one."""

from __future__ import annotations

import argparse
from contextlib import closing

from core.commands.console import Console
from core.commands.models_folder import check_writable
from core.commands.whole_number import whole_number
from core.model.card import Card, Estimate, OutOfFold
from core.model.training import TrainingOptions, train
from core.portfolio import contract_file, features
from core.portfolio.features import FeatureStore
from core.settings import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--folds", type=whole_number, default=0, metavar="N", help="add out-of-fold figures (5 is usual)"
    )
    parser.add_argument(
        "--seed", type=whole_number, default=TrainingOptions().seed, help="the same seed gives the same model"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")


def run(arguments: argparse.Namespace, console: Console, settings: Settings) -> int:
    options = TrainingOptions(seed=arguments.seed, folds=arguments.folds)
    contract = contract_file.read(settings.contract_file)
    check_writable(settings.models_dir)
    features.build(settings, contract, console.progress)
    with closing(FeatureStore.open(settings.features_file)) as store:
        card = train(store, contract, settings, options, console.progress)
    if arguments.json:
        console.json(as_json(card))
    else:
        console.lines(as_lines(card))
    return 0


def as_json(card: Card) -> dict[str, object]:
    """The figures a machine reads; on the test rows, and `out_of_fold` on all labelled rows."""
    metrics, costs = card.metrics, card.costs
    figures: dict[str, object] = {
        "auc": metrics.auc.value,
        "auc_interval": _interval(metrics.auc),
        "brier": metrics.brier.value,
        "ece": metrics.ece.value,
        "mean_pd": metrics.mean_pd,
        "observed_rate": metrics.observed_rate.value,
        "cut": costs.cut.value,
        "cut_interval": _interval(costs.cut),
        "cost_per_client": costs.at_cut.value,
        "cost_interval": _interval(costs.at_cut),
        "cost_at_policy_cut": costs.at_policy_cut.value,
        "policy_cut": costs.policy_cut,
        "yardstick_auc": card.yardstick.auc.value,
        "features": len(card.features),
        "rows": card.rows.all,
        "missing_tables": list(card.source.missing_tables),
        "model_version": card.version,
    }
    if card.out_of_fold is not None:
        figures["out_of_fold"] = _out_of_fold(card.out_of_fold)
    return figures


def _out_of_fold(pooled: OutOfFold) -> dict[str, object]:
    return {
        "auc": pooled.auc.value,
        "auc_interval": _interval(pooled.auc),
        "ece": pooled.ece,
        "mean_pd": pooled.mean_pd,
        "observed_rate": pooled.observed_rate,
        "cost_per_client": pooled.cost_per_client.value,
        "cost_interval": _interval(pooled.cost_per_client),
        "cut": pooled.optimal_cut,
        "cost_at_fold_cuts": pooled.cost_at_fold_cuts,
        "folds": pooled.folds,
        "rows": pooled.clients,
    }


def _interval(estimate: Estimate) -> list[float]:
    return [estimate.low, estimate.high]


def as_lines(card: Card) -> list[str]:
    """The figures a person reads."""
    metrics, costs, rows = card.metrics, card.costs, card.rows
    lines = [
        f"Model {card.version}: {len(card.features)} features, {card.source.rounds} trees.",
        f"Rows: {rows.training:,} to grow trees, {rows.stopping:,} to stop, {rows.validation:,} to calibrate and "
        f"choose the cut, {rows.test:,} to test.",
        f"Left out: {len(card.left_out_protected)} features on protected bases, "
        f"{len(card.left_out_missing)} without any value"
        + (f" (missing tables: {', '.join(card.source.missing_tables)})." if card.source.missing_tables else "."),
        f"Ranking on test: AUC {_shown(metrics.auc)}; logistic regression {_shown(card.yardstick.auc)}.",
        f"Truth of the PD on test: mean {metrics.mean_pd:.4f} against {metrics.observed_rate.value:.4f} observed, "
        f"ECE {_shown(metrics.ece)}, Brier {_shown(metrics.brier)}.",
        f"Cost per client on test = ({costs.cost_default_approved:g} · defaults approved + "
        f"{costs.cost_good_refused:g} · good refused) / {metrics.clients:,} clients: {_shown(costs.at_cut)} "
        f"at the cut {_shown(costs.cut)} chosen on validation, {_shown(costs.at_policy_cut)} at the policy's "
        f"{costs.policy_cut:.4f}; approving everyone {costs.approve_everyone:.3f}.",
    ]
    return lines if card.out_of_fold is None else [*lines, _pooled_line(card.out_of_fold)]


def _pooled_line(pooled: OutOfFold) -> str:
    return (
        f"Out of fold, {pooled.folds} folds, {pooled.clients:,} clients: AUC {_shown(pooled.auc)}, "
        f"ECE {pooled.ece:.4f}, mean PD {pooled.mean_pd:.4f} against {pooled.observed_rate:.4f} observed, "
        f"cost {_shown(pooled.cost_per_client)} at {pooled.optimal_cut:.4f}."
    )


def _shown(estimate: Estimate) -> str:
    return f"{estimate.value:.4f} [{estimate.low:.4f}, {estimate.high:.4f}]"
