"""An entity.yaml that is not what is expected says all that is wrong with it."""

from __future__ import annotations

import re
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


def test_a_profile_is_that_of_the_folder_it_lies_in(tmp_path: Path) -> None:
    """A copied one, whose id was forgotten, would give a company another's name, labels and currency."""
    text = "entity_id: acme\nname: {en: A}\n"
    assert load_entity(profile(tmp_path, text), "acme").entity_id == "acme"
    with pytest.raises(
        ValueError, match=r'the folder is named "小米": write `entity_id: "小米"`, or rename the folder'
    ):
        load_entity(profile(tmp_path, text), "小米")
    assert load_entity(profile(tmp_path, text.replace("acme", '"小米"')), "小米").entity_id == "小米"


def test_a_fiscal_year_end_is_kept_with_two_digits_each(tmp_path: Path) -> None:
    """As queries compare months by text."""
    text = "entity_id: acme\nname: {en: A}\nfiscal_year_end: 3-31\n"
    assert load_entity(profile(tmp_path, text)).fiscal_year_end == "03-31"


MEMBERS = """
entity_id: acme
name: {en: Acme}
members:
  - {member_id: services, dimension: segment, name: {en: Services}, succeeds: [service]}
  - {member_id: service, dimension: segment_until_2020, name: {en: Service}}
  - {member_id: games, dimension: services_line, name: {en: Games}, part_of: services}
  - {member_id: adverts, dimension: services_line, name: {en: Adverts}, part_of: services}
"""


def test_a_member_says_what_it_continues_and_what_it_divides(tmp_path: Path) -> None:
    members = {one.member_id: one for one in load_entity(profile(tmp_path, MEMBERS)).members}
    assert members["services"].succeeds == ["service"]
    assert members["games"].part_of == "services"


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("[service]", "[servise]", "succeeds names servise, which is no member; did you mean service?"),
        ("[service]", "[services]", "services succeeds itself"),
        ("{en: Games}, part_of: services", "{en: Games}, part_of: sales", "part_of names sales, which is no member"),
        ("{en: Games}, part_of: services", "{en: Games}, part_of: adverts", "adverts, which is of its own dimension"),
        ("{en: Games}, part_of: services", "{en: Games}", "services_line are part of different wholes"),
    ],
)
def test_a_member_that_names_what_is_no_member_is_refused(tmp_path: Path, right: str, wrong: str, told: str) -> None:
    with pytest.raises(ValueError, match=re.escape(told)):
        load_entity(profile(tmp_path, MEMBERS.replace(right, wrong)))


def test_a_file_that_unfolds_is_huge_or_has_no_bottom_is_refused(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10))]
    for text, words in (
        ("\n".join([*lines, "aliases: *a9"]), "write out what it refers to"),
        ("entity_id: " + "[" * 20_000, "its content is nested too deeply"),
        ("# " + "x" * 2**20, "1,048,578 bytes; the limit is 1,048,576"),
    ):
        with pytest.raises(ValueError, match=words):
            load_entity(profile(tmp_path, text))
