"""The number formats of a workbook's cell styles.

Belongs here: styles.xml and the built-in formats. Not here: which cell has which style.
"""

from __future__ import annotations

import html
import re

GENERAL = "General"

# ECMA-376, part 1, 18.8.30: the formats that a file names by number alone.
_BUILT_IN = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: "mm-dd-yy",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "m/d/yy h:mm",
    37: "#,##0 ;(#,##0)",
    38: "#,##0 ;[Red](#,##0)",
    39: "#,##0.00;(#,##0.00)",
    40: "#,##0.00;[Red](#,##0.00)",
    41: '_(* #,##0_);_(* \\(#,##0\\);_(* "-"_);_(@_)',
    42: '_("$"* #,##0_);_("$"* \\(#,##0\\);_("$"* "-"_);_(@_)',
    43: '_(* #,##0.00_);_(* \\(#,##0.00\\);_(* "-"??_);_(@_)',
    44: '_("$"* #,##0.00_);_("$"* \\(#,##0.00\\);_("$"* "-"??_);_(@_)',
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mmss.0",
    48: "##0.0E+0",
    49: "@",
}
_FORMAT_TAG = re.compile(rb"<(?:\w+:)?numFmt(\s[^<>]*)")
_STYLE_TAG = re.compile(rb"<(?:\w+:)?xf(?=[\s/>])([^<>]*)")
_FORMAT_ID = re.compile(rb"""\snumFmtId\s*=\s*["'](\d{1,9})["']""")
_FORMAT_CODE = re.compile(rb"""\sformatCode\s*=\s*(?:"([^"]*)"|'([^']*)')""")


def read_formats(styles: bytes) -> dict[int, str]:
    """Style index to format code, for every cell style whose format is not General."""
    cell_styles = styles.partition(b"cellXfs")[2].partition(b"cellXfs")[0]
    codes = dict(_BUILT_IN)
    for attributes in _FORMAT_TAG.findall(styles):
        number, code = _FORMAT_ID.search(attributes), _FORMAT_CODE.search(attributes)
        if number and code:
            codes[int(number[1])] = html.unescape((code[1] or code[2] or b"").decode(errors="replace"))
    formats: dict[int, str] = {}
    for index, attributes in enumerate(_STYLE_TAG.findall(cell_styles)):
        number = _FORMAT_ID.search(attributes)
        code_text = codes.get(int(number[1]), GENERAL) if number else GENERAL
        if code_text.lower() != GENERAL.lower():
            formats[index] = code_text
    return formats
