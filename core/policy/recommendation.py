"""What model and policy say together; a person decides."""

from enum import StrEnum


class Recommendation(StrEnum):
    APPROVE = "approve"
    REFER = "refer"
    DECLINE = "decline"
