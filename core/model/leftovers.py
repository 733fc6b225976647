"""What killed trainings leave behind in the folder of the models, and its removal."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

PART_WRITTEN, OLD = ".part", ".old"  # a folder being written; a damaged one that made room
_LEFTOVER = re.compile(r"\.\d{8}-[0-9a-f]{8}\.(\d+)(?:\.part|\.old)")


def sweep(models_dir: Path) -> None:
    """Removes the folders of trainings whose process is gone; those another one is writing stay."""
    if not models_dir.is_dir():
        return
    for folder in models_dir.iterdir():
        left = _LEFTOVER.fullmatch(folder.name)
        if left and not _runs(int(left[1])):
            shutil.rmtree(folder, ignore_errors=True)


def _runs(process: int) -> bool:
    """Whether it is another process at work: in a container, this one may bear the number of a killed one."""
    if process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # somebody else's
        return True
    return True
