"""The application: `streamlit run app.py`. What is served, and by whom; the handlers lie next to what they serve."""

from pathlib import Path

import streamlit as st
from starlette.routing import Route

from pages._ui import errors, health, warmup

ROOT = Path(__file__).resolve().parent

# Found by reading this source: a factory or another name would make Streamlit run this file as a plain page.
app = st.App(
    ROOT / "pages" / "_ui" / "main.py",
    routes=[Route("/healthz", health.answer)],
    lifespan=warmup.lifespan,
    on_script_error=errors.say_and_log,
)
