FROM python:3.11-slim-bookworm

# LightGBM's only system library; the image's release pins its version
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --no-install-recommends --yes libgomp1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 solvent \
    && install --directory --owner=solvent /var/lib/solvent

WORKDIR /srv/solvent
COPY requirements.txt ./
RUN pip install --no-cache-dir --no-deps --require-hashes --compile -r requirements.txt
COPY --chown=solvent . .

# The portfolio, the models and everything else that must outlive the container
ENV SOLVENT_DATA=/var/lib/solvent PYTHONUNBUFFERED=1
VOLUME /var/lib/solvent
USER 10001
EXPOSE 8501

# Unknown addresses answer 200 with the page's shell, so health is the JSON, not the status alone
HEALTHCHECK --interval=30s --timeout=10s --start-period=10m --retries=3 \
    CMD ["python", "-c", "import json, urllib.request as u; assert json.load(u.urlopen('http://localhost:8501/healthz', timeout=8))['status'] == 'ok'"]
CMD ["sh", "-c", "python -m core setup && exec streamlit run app.py --server.address 0.0.0.0 --server.port 8501"]
