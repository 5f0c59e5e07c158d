"""The words of printed units as data: currencies, scales, kinds, and what may stand around them.

Belongs here: tables of words, a blank written as "_". Not here: how they combine into a unit (`unit`).
"""

from __future__ import annotations


def split_words(text: str) -> list[str]:
    """The words of a table entry, each with its blanks restored."""
    return [word.replace("_", " ") for word in text.split()]


CURRENCIES = {
    "CNY": "rmb cny renminbi chinese_yuan 人民币 人民幣",
    "USD": "us$ u.s.$ usd us_dollar us_dollars u.s._dollar u.s._dollars united_states_dollars 美元 美金",
    "HKD": "hk$ hkd hong_kong_dollar hong_kong_dollars 港元 港币 港幣",
    "TWD": "nt$ twd ntd new_taiwan_dollar new_taiwan_dollars 新台币 新台幣 新臺幣 台币 台幣",
    "EUR": "eur € euro euros 欧元 歐元",
    "JPY": "jpy yen japanese_yen 日元 日圆 日圓 円",
    "GBP": "gbp £ pounds_sterling 英镑 英鎊",
    "INR": "inr ₹ rs rs. rupees indian_rupee indian_rupees 印度卢比",
    "KRW": "krw ₩ won korean_won 韩元 韓元 韩圆 韓圜",
    "CAD": "cad c$ ca$ cad$ canadian_dollar canadian_dollars 加元 加拿大元",
    "AUD": "aud a$ au$ aud$ australian_dollar australian_dollars 澳元",
    "CHF": "chf sfr swiss_franc swiss_francs 瑞士法郎",
    "SGD": "sgd s$ sg$ singapore_dollar singapore_dollars 新加坡元 新元",
    "BRL": "brl r$ reais brazilian_real brazilian_reais",
    "MXN": "mxn mx$ mex$ mexican_peso mexican_pesos",
    "SEK": "sek swedish_krona swedish_kronor",
    "NOK": "nok norwegian_krone norwegian_kroner",
    "DKK": "dkk danish_krone danish_kroner",
    "RUB": "rub ₽ roubles rubles russian_roubles russian_rubles 卢布",
    "ZAR": "zar south_african_rand rand",
    "THB": "thb ฿ baht thai_baht 泰铢",
    "IDR": "idr rp rupiah indonesian_rupiah",
    "MYR": "myr rm ringgit malaysian_ringgit",
    "PHP": "php ₱ philippine_peso philippine_pesos",
    "VND": "vnd ₫ vietnamese_dong",
    "COP": "cop cop$ colombian_peso colombian_pesos",
    "CLP": "clp clp$ ch$ chilean_peso chilean_pesos",
    "PEN": "pen s/ peruvian_sol peruvian_soles",
    "NZD": "nzd nz$ new_zealand_dollar new_zealand_dollars",
    "ILS": "ils nis ₪ new_israeli_shekels shekels",
    "SAR": "sar saudi_riyal saudi_riyals",
    "AED": "aed uae_dirham uae_dirhams",
    "TRY": "try ₺ turkish_lira",
}

SYMBOLS = {
    "$": ("$ dollar dollars", "USD HKD TWD CAD AUD SGD NZD MXN BRL COP CLP"),
    "¥": ("¥", "CNY JPY"),
    "kr": ("kr", "SEK NOK DKK"),
}
"""Signs shared by several currencies, which they therefore do not name: their words, and whose they may be."""

YUAN = "元 圆 yuan"
"""Names the renminbi where no other currency is named."""

TRADITIONAL_YUAN = "圓"
"""The same word in the script of Taiwan and Hong Kong, where it names no currency by itself."""

TRADITIONAL = frozenset("仟佰萬億單圓幣")
"""Characters of that script: with them a bare 元 may be a Taiwan dollar, a Hong Kong dollar or a renminbi."""

SCALES = {
    3: "'000s '000's '000 000s 000's 000 thousand thousands tsd tsd. k 千 仟",
    4: "万 萬 ten_thousand",
    5: "lakh lakhs lac lacs 十万 十萬",
    6: "million millions mn mn. mm mln mio mio. m 百万 百萬 佰万 佰萬",
    7: "crore crores cr cr. 千万 千萬 仟万 仟萬",
    8: "亿 億 hundred_million",
    9: "billion billions bn bn. mrd mrd. b 十亿 十億 拾亿 拾億",
    12: "trillion trillions tn trn 万亿 萬億",
}

SCALES_AFTER_CURRENCY = frozenset({"m", "k", "b", "cr", "cr.", "tn", "000", "000s", "000's"})
"""Too short to be a scale by themselves: "000" may be digits, "m" metres."""

KINDS = {
    "per_share": "per_share per_ordinary_share per_common_share /share /_share /shares /_shares 每股 /股",
    "shares": "shares 股",
    "count": "units persons people employees users devices vehicles stores number 台 部 辆 人 件",
    "pure": "% percent per_cent percentage",
}

FILLERS = (
    "in expressed_in stated_in presented_in reported_in denominated_in amounts amounts_in amounts_are_in "
    "all_amounts_in all_amounts_are_in amounts_expressed_in all_amounts_expressed_in amounts_stated_in "
    "amounts_presented_in figures_in figures_are_in all_figures_in all_figures_are_in values_in all_values_in "
    "numbers_in all_numbers_in unit unit: units: currency currency: unaudited audited "
    "单位 單位 单位: 單位: 金额单位 金額單位 金额单位: 金額單位: 金额单位为 單位為 单位为 货币单位 货币单位: 貨幣單位: "
    "币种 币种: 幣種: 货币: 貨幣: 以 列示 表示 : , ; ( ) [ ]"
)

CELL_LETTERS = {"k": 3, "K": 3, "m": 6, "M": 6, "B": 9}
"""Letters that give a scale right behind a figure, as in "2.5M". A small b is not one: "5b" is a note."""
