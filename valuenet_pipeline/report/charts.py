"""Small charts of series, as PNG."""

from __future__ import annotations

import altair as alt
import pandas as pd


def line_chart_png(frame: pd.DataFrame, title: str) -> bytes:
    """A line per series (columns series, fiscal_year, value) as the bytes of a PNG."""
    import vl_convert

    chart = (
        alt.Chart(frame, title=title, width=420, height=220)
        .mark_line(point=True)
        .encode(
            x=alt.X("fiscal_year:O", title=None),
            y=alt.Y("value:Q", title=None),
            color=alt.Color("series:N", title=None),
        )
    )
    png: bytes = vl_convert.vegalite_to_png(chart.to_json())
    return png
