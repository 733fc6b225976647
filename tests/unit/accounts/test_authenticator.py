"""The form's own library reads our hashes, and we read its: the truth from outside."""

import subprocess
import sys
from pathlib import Path

CODE = """
import warnings
warnings.simplefilter("ignore")
from streamlit_authenticator.utilities.hasher import Hasher
from core.accounts.passwords import PasswordHasher
ours = PasswordHasher(4)
assert Hasher.check_pw("correct horse battery", ours.hash(b"correct horse battery"))
assert not Hasher.check_pw("another password", ours.hash(b"correct horse battery"))
assert Hasher.is_hash(ours.hash(b"correct horse battery"))
assert ours.matches(b"correct horse battery", Hasher.hash("correct horse battery"))
"""


def test_hashes_are_those_of_streamlit_authenticator(project_root: Path) -> None:
    end = subprocess.run([sys.executable, "-c", CODE], cwd=project_root, capture_output=True, text=True, check=False)
    assert end.returncode == 0, end.stderr
