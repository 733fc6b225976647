"""What the people of the believable past wrote beside their decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from core.casework.case_state import APPROVE, DECLINE
from core.portfolio.contract import ReasonCode

# Why somebody does what is not recommended: code of the contract -> how often, and notes; a slot in braces is filled
# from SLOTS.
APPROVING: Mapping[str, tuple[float, tuple[str, ...]]] = {
    "income_verified": (
        0.30,
        (
            "Payslips of the last {months} months show {more} more than the form.",
            "Rent from a flat, {months} months of bank statements seen. Not in the application.",
            "Second job since {month}, contract and {slips} payslips in the file.",
            "Spouse earns as well; joint income covers the instalment {times} over.",
        ),
    ),
    "security_added": (
        0.14,
        (
            "{relative} signs as guarantor, own file without arrears.",
            "Car taken as collateral, valued by {valuer} in {month}.",
            "Savings of {months} instalments pledged for the first year.",
        ),
    ),
    "known_client": (
        0.24,
        (
            "Client for {years} years, {loans} loans with us repaid to the day.",
            "Know the client from {loans} earlier loans. Always called before a late payment.",
            "Long-standing customer of the branch in {town}, {years} years, never a reminder.",
        ),
    ),
    "arrears_explained": (
        0.18,
        (
            "Arrears come from {event} in {month}; everything settled since.",
            "One late stretch because of {event}. Confirmation of settlement seen.",
            "Late payments two years ago, {event}. Nothing since, letter of the other bank attached.",
        ),
    ),
    "data_corrected": (
        0.14,
        (
            "Start of employment was typed wrongly; contract says {years} years earlier.",
            "Bureau still shows a loan that was closed in {month}, closing letter attached.",
            "Address was the old one; lives in {town} with family, own flat.",
        ),
    ),
}
DECLINING: Mapping[str, tuple[float, tuple[str, ...]]] = {
    "undisclosed_debt": (
        0.34,
        (
            "Bank statements show {loans} instalments to other lenders that are not in the application.",
            "Client mentioned a private loan from {relative}; not declared, amount unclear.",
            "Credit card overdrawn for {months} months, nothing said about it.",
        ),
    ),
    "income_doubtful": (
        0.30,
        (
            "Employer in {town} does not confirm the employment.",
            "Payslips stop in {month}; client says the next ones will follow. Third time.",
            "Income as stated is {times} what the trade pays here. No proof offered.",
        ),
    ),
    "documents_doubtful": (
        0.20,
        (
            "Two payslips with the same number but other amounts.",
            "Name on the lease differs from the one on the identity card.",
            "Scan of the bank statement was edited: the fonts differ in {month}.",
        ),
    ),
    "fraud_suspected": (
        0.06,
        (
            "Same phone number in {loans} applications this month. Passed on.",
            "Photograph does not match; person left when asked. Passed on.",
        ),
    ),
    "data_corrected": (
        0.10,
        (
            "Income was typed with a zero too many. With the right one the instalment does not fit.",
            "Employment ended in {month}; the form still said employed.",
        ),
    ),
}
REFERRING = (
    "Close to the limit and a large amount. Please look.",
    "Documents are fine, but {event} makes me unsure.",
    "Would approve; income comes from {loans} sources and is hard to add up.",
    "Client asks for an answer by Friday, employer abroad. Your call please.",
    "Third application within {months} months.",
)
SETTLING = (
    "Looked at the last {months} statements: fits.",
    "Spoke to the client. {relative} moves in and shares the rent.",
    "Too tight with the instalment to the other bank.",
    "Agreed with the branch in {town}.",
    "No change of circumstances in sight.",
)
AGREEING = ("All documents in the file.", "Standard case.", "Explained the reasons to the client on the phone.")
WITHDRAWING = ("Client found another offer.", "Client does not need the loan any more.", "No answer for two weeks.")

SLOTS: Mapping[str, tuple[str, ...]] = {
    "months": ("three", "four", "six", "eight", "twelve"),
    "more": ("a tenth", "a fifth", "a quarter", "a third"),
    "month": ("January", "February", "March", "April", "May", "June", "July", "August", "last autumn", "last winter"),
    "slips": ("three", "five", "six"),
    "times": ("twice", "three times", "one and a half times"),
    "relative": ("Sister", "Brother", "Father", "Mother", "Spouse", "Uncle"),
    "valuer": ("the garage next door", "our own list", "an expert"),
    "years": ("four", "six", "seven", "nine", "eleven"),
    "loans": ("two", "three", "four"),
    "town": ("Ashford", "Brookfield", "Easton", "Hillcrest", "Millbrook"),
    "event": ("a hospital stay", "a divorce", "a change of employer", "parental leave", "a flooded flat"),
}
_WHY: Mapping[str, Mapping[str, tuple[float, tuple[str, ...]]]] = {APPROVE: APPROVING, DECLINE: DECLINING}
GENERAL = "Talked it over with the client; the papers for this are in the file."


def reason(rng: np.random.Generator, decision: str, codes: Sequence[ReasonCode]) -> tuple[str, str]:
    """A code of the contract that fits this decision, and a note that goes with it."""
    fitting = sorted(code.code for code in codes if decision in code.fits)
    known = {code: notes for code, notes in _WHY[decision].items() if code in fitting}
    if not known:
        return str(rng.choice(fitting)), GENERAL
    weights = np.array([weight for weight, _ in known.values()])
    code = str(rng.choice(list(known), p=weights / weights.sum()))
    return code, note(rng, known[code][1])


def note(rng: np.random.Generator, patterns: tuple[str, ...]) -> str:
    filled = {slot: str(rng.choice(words)) for slot, words in SLOTS.items()}
    pattern = str(rng.choice(patterns))
    return pattern.format_map(filled)
