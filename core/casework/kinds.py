"""The kinds of event that this room writes and reads, as they stand on the chain for good."""

SCORED = "scored"
SCORE_REFUSED = "score_refused"
DECIDED = "decided"
OUTCOME = "outcome"
CORRECTED = "corrected"  # an outcome in the place of an earlier one
ERASED = "erased"
RETENTION_BEGUN = "retention_begun"  # applications are being forgotten; followed by `erased` for each
EXPORTED = "exported"
DOWNLOADED = "downloaded"
VERIFIED = "verified"
MODEL_ACTIVATED = "model_activated"
POLICY_ACTIVATED = "policy_activated"
