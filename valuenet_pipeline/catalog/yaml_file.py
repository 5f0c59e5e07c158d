"""YAML files that people write, or drop: refused where a key stands twice, the file is huge, or it unfolds as it is read."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

MAX_BYTES = 1024**2
MAX_DEPTH = 50
SAFE_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
"""The same language either way; in C the profiles of a hundred companies load in a tenth of a second."""


class _Loader(SAFE_LOADER):  # type: ignore[valid-type, misc]
    """A safe loader that keeps no silent last word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """A mapping; raises YAMLError for a key that stands twice in it."""
        seen: set[str] = set()
        for key, _ in node.value:
            name = str(key.value)
            if name in seen:
                raise yaml.constructor.ConstructorError(
                    "while reading a mapping", node.start_mark, f"the key {name!r} stands twice", key.start_mark
                )
            seen.add(name)
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
        return mapping


def load_yaml(path: Path) -> Any:
    """The content of a file; raises ValueError that names the file, the line and what is wrong."""
    if (size := path.stat().st_size) > MAX_BYTES:
        raise ValueError(f"{path} has {size:,} bytes; the limit is {MAX_BYTES:,}")
    try:
        text = path.read_text(encoding="utf-8")
        _refuse_what_unfolds(text)
        return yaml.load(text, Loader=_Loader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is not valid YAML: {error}") from error


def _refuse_what_unfolds(text: str) -> None:
    """Raises YAMLError for a reference, as a few in a row stand for more than a memory holds, and for nesting beyond use."""
    depth = 0
    for event in yaml.parse(text, Loader=SAFE_LOADER):
        if isinstance(event, yaml.AliasEvent):
            raise _refusal("a reference (*name): write out what it refers to", event)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise _refusal("its content is nested too deeply", event)


def _refusal(problem: str, event: yaml.Event) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(None, None, problem, event.start_mark)  # type: ignore[arg-type]
