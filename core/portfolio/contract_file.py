"""The only reader of contract.toml: shape first, then the rules; every problem is reported at once."""

from __future__ import annotations

import math
import tomllib
import types
import typing
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path

import msgspec

from core.errors import ContractError
from core.portfolio.contract import Contract
from core.portfolio.contract_rule import Problem
from core.portfolio.contract_rules import broken_rules


def read(path: Path) -> Contract:
    """The contract in this file.

    Raises ContractError naming file, key and rule of every problem; a contract with an error is never used.
    """
    raw = _toml(path)
    problems = list(_shape(raw, Contract, ""))
    if problems:
        raise _refusal(path, problems)
    contract = msgspec.convert(raw, Contract, strict=True)
    problems = broken_rules(contract)
    if problems:
        raise _refusal(path, problems)
    return contract


def _toml(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise ContractError(f"{path}: the contract cannot be read ({error.strerror}); put the file there.") from error
    except UnicodeDecodeError as error:
        raise ContractError(
            f"{path}: the contract must be UTF-8 text, got another byte at position {error.start}; save it as UTF-8."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ContractError(f"{path}: the contract must be valid TOML, got: {error}; correct that line.") from error


def _refusal(path: Path, problems: list[Problem]) -> ContractError:
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    lines = "\n".join(f"  {problem}" for problem in problems)
    return ContractError(f"{path} is refused: {count}, to be corrected in the file.\n{lines}")


def _shape(raw: object, wanted: object, key: str) -> Iterator[Problem]:
    """What keeps `raw` from being a `wanted`, each with its exact key (msgspec alone stops at the first)."""
    wanted = _without_none(wanted)
    origin = typing.get_origin(wanted)
    if isinstance(wanted, type) and issubclass(wanted, msgspec.Struct):
        yield from _struct_shape(raw, wanted, key)
    elif origin is tuple:
        yield from _items_shape(raw, typing.get_args(wanted)[0], key)
    elif origin is dict:
        yield from _entries_shape(raw, typing.get_args(wanted)[1], key)
    else:
        yield from _leaf_shape(raw, wanted, key)


def _struct_shape(raw: object, wanted: type[msgspec.Struct], key: str) -> Iterator[Problem]:
    if not isinstance(raw, dict):
        yield Problem(key, "must be a table", _named(raw))
        return
    fields = _fields(wanted)
    for name in raw.keys() - fields.keys():
        yield Problem(_joined(key, name), f"unknown key; the keys here are {', '.join(fields)}", None)
    for name, field in fields.items():
        if name in raw:
            yield from _shape(raw[name], field.type, _joined(key, name))
        elif field.required:
            yield Problem(_joined(key, name), "must be given", "nothing")


@cache
def _fields(struct: type[msgspec.Struct]) -> dict[str, msgspec.structs.FieldInfo]:
    return {field.name: field for field in msgspec.structs.fields(struct)}


def _items_shape(raw: object, wanted: object, key: str) -> Iterator[Problem]:
    if not isinstance(raw, list):
        yield Problem(key, "must be a list", _named(raw))
        return
    for position, item in enumerate(raw):
        yield from _shape(item, wanted, f"{key}[{position}]")


def _entries_shape(raw: object, wanted: object, key: str) -> Iterator[Problem]:
    if not isinstance(raw, dict):
        yield Problem(key, "must be a table", _named(raw))
        return
    for name, entry in raw.items():
        yield from _shape(entry, wanted, _joined(key, name))


def _leaf_shape(raw: object, wanted: object, key: str) -> Iterator[Problem]:
    if isinstance(raw, float) and not math.isfinite(raw):
        yield Problem(key, "must be a finite number", _named(raw))
        return
    if isinstance(wanted, type) and issubclass(wanted, StrEnum) and raw not in wanted.__members__.values():
        yield Problem(key, f"must be one of {', '.join(wanted)}", _named(raw))
        return
    try:
        msgspec.convert(raw, wanted, strict=True)
    except msgspec.ValidationError as error:
        rule = str(error).partition(" - at ")[0]
        yield Problem(key, rule[:1].lower() + rule[1:], None)


def _without_none(wanted: object) -> object:
    """`X` for `X | None`: TOML has no null, so a key is either there or not."""
    if not isinstance(wanted, types.UnionType):
        return wanted
    kinds = [kind for kind in typing.get_args(wanted) if kind is not type(None)]
    return kinds[0] if len(kinds) == 1 else wanted


def _joined(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name


def _named(raw: object) -> str:
    """What stands in the file, short enough for a sentence."""
    if isinstance(raw, (bool, int, float, str)):
        return repr(raw)[:40]
    if isinstance(raw, (list, dict)):
        return "a list" if isinstance(raw, list) else "a table"
    return "a date or time"
