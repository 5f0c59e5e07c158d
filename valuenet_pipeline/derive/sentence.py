"""Sentences of the catalog as SQL: templates with their {words} filled in, and figures as a reader writes them."""

from __future__ import annotations

import re

from valuenet_pipeline.catalog import near
from valuenet_pipeline.derive.text import literal


def sentence(template: str, words: dict[str, str]) -> str:
    """SQL of a template's text; `words` gives the SQL of what stands for each {word}. Raises ValueError for another."""
    parts = []
    for text, word in re.findall(r"([^{]*)(?:\{(\w+)\})?", template):
        if text:
            parts.append(literal(text))
        if word:
            if word not in words:
                raise ValueError(f"statements.csv: unknown word {{{word}}}{near(word, list(words))}")
            parts.append(words[word])
    return "concat(" + ", ".join(parts) + ")"


def mid_sentence(name: str) -> str:
    """A name as it stands within a sentence: R&D and IoT keep their capitals."""
    return name[0].lower() + name[1:] if name[1:2].islower() else name


def figure(value: str, unit: str, currency: str) -> str:
    """SQL of a figure with its unit, from the SQL of its value, unit and currency."""
    return f"""case when {unit} = 'fraction' then format('{{:.2f}} %', 100 * {value})
    when {unit} like 'currency%' then concat_ws(' ', if(abs({value}) < 1000, format('{{:.2f}}', {value}), format('{{:,.0f}}', {value})),
      {currency}, nullif(trim(replace({unit}[9:], '_', ' ')), ''))
    when {unit} = 'count' and abs({value}) >= 1000 then format('{{:,.0f}}', {value})
    else concat_ws(' ', format('{{:.2f}}', {value}), nullif({unit}, 'count')) end"""


def change(growth: str) -> str:
    """SQL of a rate of growth in words."""
    return f"""case when {growth} = 0 then 'did not change' when {growth} <= -1 then 'fell to zero or below'
    else concat(if({growth} > 0, 'grew ', 'fell '), if(abs({growth}) < 0.0005, 'less than 0.1 %', format('{{:.1f}} %', 100 * abs({growth})))) end"""
