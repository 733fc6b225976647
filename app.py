"""The application: `streamlit run app.py`. What is served, and by whom; the handlers lie next to what they serve."""

from pathlib import Path

import streamlit as st

from core import settings
from pages._ui import errors, serving, warmup

ROOT = Path(__file__).resolve().parent
own = serving.configured(settings.read())

# Found by reading this source: a factory or another name would make Streamlit run this file as a plain page.
app = st.App(
    ROOT / "pages" / "_ui" / "main.py",
    routes=serving.routes(own),
    middleware=serving.middleware(own),
    lifespan=warmup.lifespan,
    on_script_error=errors.say_and_log,
)
