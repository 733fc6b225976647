"""Which versions made a score, and which are in force."""

from __future__ import annotations

from dataclasses import dataclass

from core.model.artefact import Model
from core.model.files import CALIBRATION, MODEL, Sums, read_sums
from core.software import software_version

_SHORT = 8  # hexadecimal digits of a version made from content


@dataclass(frozen=True)
class Versions:
    """What recommends now; a score made by others is stale."""

    model_version: str
    policy_version: str


@dataclass(frozen=True)
class Provenance:
    """What a score can be repeated from, beside the versions of model and policy."""

    model_sha256: str  # of model.txt
    calibrator_version: str
    software_version: str


def provenance_of(model: Model) -> Provenance:
    """The provenance of every score this model makes in this process."""
    sums = read_sums(model.folder)
    return Provenance(sums[MODEL], calibrator_version(sums), software_version())


def calibrator_version(sums: Sums) -> str:
    """A name made from the calibration's content."""
    return f"calibration-{sums[CALIBRATION][:_SHORT]}"
