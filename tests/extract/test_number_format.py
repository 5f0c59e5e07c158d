"""Number format codes as pairs of a code and what it does to the value of its cell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valuenet_pipeline.extract.number_format import FormatHint, decimals_of_format
from valuenet_pipeline.vocabulary import PrintedUnit


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("General", FormatHint()),
        ("G/通用格式", FormatHint()),
        ("@", FormatHint()),
        ("", FormatHint()),
        ("0", FormatHint(0)),
        ("#,##0.00_);(#,##0.00)", FormatHint(2)),
        ("#,##0_);[Red]\\(#,##0\\)", FormatHint(0)),
        ("_(* #,##0_)", FormatHint(0)),
        ('_("$"* #,##0_);_("$"* \\(#,##0\\);_("$"* "-"??_);_(@_)', FormatHint(0)),
        ("#,##0;[Red]-#,##0", FormatHint(0)),
        ("0.0%", FormatHint(1, is_percent=True)),
        ("0.00E+00", FormatHint()),
        ("# ?/?", FormatHint()),
        ("0.0x", FormatHint(1)),
        ("#,##0,", FormatHint(0, display_exponent=3)),
        ('#,##0.0,,"M"', FormatHint(1, display_exponent=6)),
        ("#,##0;#,##0", FormatHint(0, hides_sign=True)),
        ("#,##0;[Red]#,##0", FormatHint(0, hides_sign=True)),
        ("0;;", FormatHint(0, hides_sign=True)),
        ('0;"△"0', FormatHint(0)),
        ("[>=1000]#,##0;0", FormatHint(0)),
        ("$#,##0.00", FormatHint(2)),
        ("[$$-409]#,##0.00", FormatHint(2, currency="USD")),
        ("[$¥-804]#,##0", FormatHint(0, currency="CNY")),
        ("[$¥-411]#,##0", FormatHint(0, currency="JPY")),
        ("[$US$-409]#,##0", FormatHint(0, currency="USD", unit=PrintedUnit("USD", 0))),
        ("#,##0.00 [$€-407]", FormatHint(2, currency="EUR", unit=PrintedUnit("EUR", 0))),
        ('"RMB"#,##0', FormatHint(0, currency="CNY", unit=PrintedUnit("CNY", 0))),
        ('0.00"亿元"', FormatHint(2, currency="CNY", unit=PrintedUnit("CNY", 8))),
        (
            '#,##0,,"百万元"',
            FormatHint(0, currency="CNY", display_exponent=6, unit=PrintedUnit("CNY", 6)),
        ),
        ("yyyy-mm-dd", FormatHint(is_date=True)),
        ('yyyy"年"m"月"', FormatHint(is_date=True)),
        ("[$-409]mmm d, yyyy", FormatHint(is_date=True)),
        ("[h]:mm:ss.00", FormatHint(is_date=True)),
    ],
)
def test_format(code: str, hint: FormatHint) -> None:
    assert decimals_of_format(code) == hint


@given(st.text() | st.text(alphabet='#0?,.;%"[]$\\_*-()<>EymdhsA亿元'))
def test_no_code_raises(code: str) -> None:
    decimals_of_format(code)
