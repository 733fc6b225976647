"""Every session key, typed; nobody else writes a key's name."""

from __future__ import annotations

import secrets
from typing import Final

import streamlit as st

from core.ledger.event import Event
from core.portfolio.entry_fields import Typed

CLIENT: Final = "client"  # also the query parameter: /?client=100001
UNIT: Final = "unit"
GROUPING: Final = "grouping"
BARS: Final = "bars"
AS_TABLE: Final = "as_table"
RECORD: Final = "record"  # also the query parameter: /history?record=17
ENTRY: Final = "entry"  # also the query parameter: /?entry=form
FEATURE: Final = "feature"
_FROM_LINK: Final = "from_link"
_LIMITS_OF: Final = "limits_of"
_BEGUN: Final = "entry_begun"
_RECORDED: Final = "recorded"  # the last scores of this session, by what they are about
_MOST_RECORDED: Final = 100
_NOTHING_REFERRED: Final = "nothing_referred"
_REFUSED: Final = "refused"  # the last question that was refused, and its name
APPLICATION: Final = "application"  # also the query parameter: /score?application=A…

BY_NUMBER, BY_FORM = "number", "form"

BAR_CHOICES: Final = (6, 10, 15)


def begin() -> None:
    """What a new session starts with; widgets are told by their `default`, which no overtaking run can lose."""
    st.session_state.setdefault(_FROM_LINK, st.query_params.get(ENTRY) == BY_FORM)


def first_entry() -> str:
    """How the page asks when a session begins: as its address says."""
    return BY_FORM if st.session_state.get(_FROM_LINK) else BY_NUMBER


def client() -> str:
    return str(st.session_state.get(CLIENT) or "").strip()


def choose_client(key: str) -> None:
    st.session_state[CLIENT] = key


def application() -> str:
    """The application of the record that is looked at again; empty while a client's number is given."""
    asked = st.query_params.get(APPLICATION, "")
    if client() and asked:
        st.query_params.pop(APPLICATION)
    return "" if client() else asked


def choose_application(application: str) -> None:
    st.session_state[CLIENT] = ""
    st.query_params[APPLICATION] = application


def shown_application() -> str:
    """The application in the address, whether or not a client's number was typed since."""
    return st.query_params.get(APPLICATION, "")


def nothing_referred() -> None:
    st.session_state[_NOTHING_REFERRED] = True


def take_nothing_referred() -> bool:
    """Told once."""
    return bool(st.session_state.pop(_NOTHING_REFERRED, False))


def by_form() -> bool:
    """Whether a new application is typed in instead of a client's number."""
    return bool(st.session_state.get(ENTRY, first_entry()) == BY_FORM)


def link_entry() -> None:
    """The address says so; a bound widget would write its label there."""
    if by_form():
        st.query_params[ENTRY] = BY_FORM
    else:
        st.query_params.pop(ENTRY, None)


def started_with(key: str, start: Typed) -> Typed:
    """What a widget was first drawn with: one that starts empty can be emptied again, whatever was typed since."""
    first = f"start_of_{key}"
    if key not in st.session_state:
        st.session_state[first] = start
    kept: Typed = st.session_state[first]
    return kept


def value_in(key: str, start: Typed) -> Typed:
    """What stands in a widget before it is drawn."""
    value: Typed = st.session_state.get(key, start)
    return value


def what_if_key(case: str, column: str) -> str:
    """Of the widget that changes this field of this case."""
    return _emptiable(_what_if_field(case, column))


def taken_as_not_given(case: str, column: str) -> bool:
    """Whether what-if plays with this field left out; every other key of it is of its being so."""
    return _count(_emptied(_what_if_field(case, column))) % 2 == 1


def take_as_not_given_or_back(case: str, column: str) -> None:
    """Its widget starts anew: empty, or as the application has it."""
    _next_generation(_emptied(_what_if_field(case, column)))


def _what_if_field(case: str, column: str) -> str:
    return f"what_if_{case}_{column}{_generation(f'resets_{case}')}"


def corrected_key(case: str) -> str:
    """Of the choice of facts to correct."""
    return f"what_if_{case}{_generation(f'resets_{case}')}"


def reset_what_if(case: str) -> None:
    """Its widgets start anew, as the application has them."""
    _next_generation(f"resets_{case}")


def entry_key(what: str) -> str:
    """Of a widget of the entry form."""
    return f"entry_{what}{_generation('discards')}"


def entry_field_key(column: str) -> str:
    """Of the widget of one field of the entry form."""
    return _emptiable(entry_key(f"field_{column}"))


def empty_entry_field(column: str) -> None:
    """Its widget starts anew, with what the draft says by then."""
    _next_generation(_emptied(entry_key(f"field_{column}")))


def entry_begun(holds_something: bool) -> bool:
    """Whether the form of this session holds or ever held something: only then is an empty one meant."""
    if holds_something:
        st.session_state[_BEGUN] = True
    return bool(st.session_state.get(_BEGUN))


def forget_entry() -> None:
    """The entry form starts empty again."""
    _next_generation("discards")


def _generation(of: str) -> str:
    """Behind a key: widgets under a new key are new. Setting the old ones' values instead gets lost on the way to the
    browser when another run of the page overtakes it.
    """
    return f"_{_count(of)}" if _count(of) else ""


def _next_generation(of: str) -> None:
    st.session_state[of] = _count(of) + 1


def _count(of: str) -> int:
    return int(st.session_state.get(of, 0))


def _emptiable(key: str) -> str:
    """A key with a generation of its own: a widget that starts with a value can only be emptied by a new one."""
    return f"{key}_emptied{_generation(_emptied(key))}" if _count(_emptied(key)) else key


def _emptied(key: str) -> str:
    return f"times_{key}_emptied"


def recorded(score: str) -> Event | None:
    """The event of a score that this session has written down."""
    events: dict[str, Event] = st.session_state.setdefault(_RECORDED, {})
    return events.get(score)


def keep_recorded(score: str, event: Event) -> None:
    events: dict[str, Event] = st.session_state.setdefault(_RECORDED, {})
    if len(events) >= _MOST_RECORDED:
        del events[next(iter(events))]
    events[score] = event


def decision_key(score: int, part: str) -> str:
    """Of a widget of the decision on this score."""
    return f"decide_{score}_{part}{_generation(f'decisions_{score}')}"


def decision_request(score: int) -> str:
    """Names the decision that the form on this score would make: made before the click, the same when sent twice."""
    request: str = st.session_state.setdefault(f"request_{score}", secrets.token_hex(16))
    return request


def decision_part(score: int, part: str) -> str:
    """What stands in a field of the decision's form."""
    return str(st.session_state.get(decision_key(score, part)) or "")


def answer(score: int, told: int | str) -> None:
    """What became of a press: the event's number, or why there is none."""
    st.session_state[f"answer_{score}"] = told


def take_answer(score: int) -> int | str | None:
    """Told once."""
    told: int | str | None = st.session_state.pop(f"answer_{score}", None)
    return told


def refused_question(question: str) -> str:
    """Names what was asked and refused: the same as long as nothing else is asked, new when it is asked again."""
    last, name = st.session_state.get(_REFUSED, ("", ""))
    if last != question:
        name = secrets.token_hex(16)
        st.session_state[_REFUSED] = (question, name)
    return str(name)


def nothing_refused() -> None:
    """Asked again later, the same question is another one."""
    st.session_state.pop(_REFUSED, None)


def new_decision_request(score: int) -> None:
    """What was refused and is sent again in other words is another request; what was typed stays."""
    st.session_state.pop(f"request_{score}", None)


def new_decision(score: int) -> None:
    """What is decided next on this score is another decision, on an empty form."""
    new_decision_request(score)
    _next_generation(f"decisions_{score}")


def limits_asked_for() -> str:
    """The case whose limits are known or being computed."""
    return str(st.session_state.get(_LIMITS_OF, ""))


def ask_for_limits(case: str) -> None:
    st.session_state[_LIMITS_OF] = case


def bars() -> int:
    """How many bars a waterfall shows before it draws the others together."""
    return int(st.session_state.get(BARS) or BAR_CHOICES[1])


def narrow_screen() -> bool:
    """Whether the browser says it runs on a phone."""
    headers = st.context.headers
    hint, agent = headers.get("Sec-Ch-Ua-Mobile"), headers.get("User-Agent")
    if isinstance(hint, str):
        return hint == "?1"
    return isinstance(agent, str) and "Mobile" in agent
