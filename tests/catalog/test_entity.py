"""An entity.yaml that is not what is expected says all that is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from valuenet_pipeline.catalog import load_entity


def profile(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "entity.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_key_that_stands_twice_is_refused_with_its_line(tmp_path: Path) -> None:
    """Pasting suggested `labels:` below existing ones would silently lose the first."""
    text = "entity_id: acme\nname: {en: Acme}\nlabels:\n  revenue: [Turnover]\nlabels:\n  cash: [Money]\n"
    with pytest.raises(ValueError, match=r"(?s)entity\.yaml.*'labels' stands twice.*line 5"):
        load_entity(profile(tmp_path, text))


def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"(?s)currency.*fiscal_year_end.*colour"):
        load_entity(
            profile(tmp_path, "entity_id: acme\nname: {en: A}\ncurrency: rmb\nfiscal_year_end: 13-45\ncolour: red\n")
        )
