"""Tables of schema `mart`: what is derived from the facts, for analysts."""

from __future__ import annotations

from valuenet_pipeline.contracts.columns import Flag as FlagColumn
from valuenet_pipeline.contracts.columns import Real, Table, Text, Whole, flag, real, text, whole

METRIC_STATUSES = ("ok", "missing_input", "not_meaningful", "no_adjacent_year", "input_in_quarantine")
VINTAGES = ("current", "as_reported")
ASPECTS = ("point", "object", "source", "leverage", "barrier")


class SliceFinding(Table):
    """Findings of one extract, before it is known under which name the extract lies in the inbox."""

    class Config(Table.Config):
        name = "mart.finding"

    check_id: Text = text("Check that speaks")
    severity: Text = text("How grave: an error keeps lines out", allowed=("error", "warning", "info"))
    message: Text = text("What is wrong")
    remedy: Text = text("What to do")
    sheet: Text = text("Sheet", nullable=True)
    cell: Text = text("Cell", nullable=True)
    label: Text = text("Label of the line", nullable=True)


class FindingRow(SliceFinding):
    """What the checks say about extracts, cells and identities."""

    class Config(Table.Config):
        name = "mart.finding"

    extract_id: Text = text("File the finding is about")
    entity_id: Text = text("Company")
    fiscal_year: Whole = whole("Fiscal year, where the finding is about one", nullable=True)


class Quarantine(Table):
    """Lines and whole files kept out of the facts, with the reason."""

    class Config(Table.Config):
        name = "mart.quarantine"

    entity_id: Text = text("Company")
    extract_id: Text = text("File")
    sheet: Text = text("Sheet; none when the whole file is kept out", nullable=True)
    cell: Text = text("Cell; none when the whole file is kept out", nullable=True)
    label: Text = text("Label of the line", nullable=True)
    concept_id: Text = text("Concept, where known", nullable=True)
    fiscal_year: Whole = whole("Fiscal year", nullable=True)
    reason: Text = text("Why it is kept out")
    remedy: Text = text("What to do")


class Metric(Table):
    """Columns that ratios and profit-model indicators share."""

    class Config(Table.Config):
        name = "mart.metric"

    entity_id: Text = text("Company")
    fiscal_year: Whole = whole("Fiscal year, the calendar year in which it ends")
    value: Real = real("Value; null exactly when status is not ok", nullable=True)
    status: Text = text("ok, or why there is no value", allowed=METRIC_STATUSES)
    reason: Text = text("The missing input or the condition that is not met", nullable=True)
    basis: Text = text("Average or closing balances, or flows of the period", allowed=("period", "average", "closing"))
    vintage: Text = text("Latest figures (current) or those first printed (as_reported)", allowed=VINTAGES)
    input_status: Text = text("Support of the weakest figure it rests on", nullable=True)


class Ratio(Metric):
    """Ratio series per company and fiscal year: every entity, year and ratio has a row."""

    class Config(Table.Config):
        name = "mart.ratio"
        unique = ["entity_id", "fiscal_year", "ratio_id", "vintage"]

    ratio_id: Text = text("Ratio, defined in mart.formula")


class ProfitModel(Metric):
    """Indicators of the profit model in five aspects, per company and fiscal year."""

    class Config(Table.Config):
        name = "mart.profit_model"
        unique = ["entity_id", "fiscal_year", "indicator_id", "vintage"]

    aspect: Text = text("Profit point, object, source, leverage or barrier", allowed=ASPECTS)
    indicator_id: Text = text("Indicator, defined in mart.formula")


class Formula(Table):
    """Definition of every metric."""

    class Config(Table.Config):
        name = "mart.formula"
        unique = ["metric_id"]

    metric_id: Text = text("Ratio or indicator")
    metric_table: Text = text("Table that holds its values", allowed=("ratio", "profit_model"))
    category: Text = text("Category of a ratio or aspect of an indicator")
    name_en: Text = text("Name in English")
    name_zh: Text = text("Name in Chinese")
    formula: Text = text("Formula over concept ids")
    valid_when: Text = text("Condition under which the value is meaningful", nullable=True)
    unit: Text = text("Unit of the value")
    direction: Text = text("Whether more is better", allowed=("higher", "lower", "none"))
    basis: Text = text("Average or closing balances, or flows of the period")
    source: Text = text("Source of the definition")
    version: Text = text("Hash of the definition")


class FormulaInput(Table):
    """Which figures each formula takes, one row per concept, member or role, and year offset."""

    class Config(Table.Config):
        name = "mart.formula_input"
        unique = ["metric_id", "concept_id", "selector", "selected", "years_before"]

    metric_id: Text = text("Ratio or indicator")
    concept_id: Text = text("Concept it takes")
    selector: Text = text("whole, member or role", allowed=("whole", "member", "role"))
    selected: Text = text("Member or role taken; none for the whole company", nullable=True)
    years_before: Whole = whole("0 for the year itself, 1 for the year before ...")
    is_optional: FlagColumn = flag("Whether the formula counts an absent figure as nil")


class SegmentMix(Table):
    """What each segment, region or line brings: revenue, profit, shares, growth and margins."""

    class Config(Table.Config):
        name = "mart.segment_mix"
        unique = ["entity_id", "fiscal_year", "dimension", "member_id"]

    entity_id: Text = text("Company")
    fiscal_year: Whole = whole("Fiscal year")
    dimension: Text = text("Dimension, such as segment or region")
    member_id: Text = text("Member; `residual` is what the members leave of the whole")
    role: Text = text("What the member is across companies", nullable=True)
    revenue: Real = real("Revenue in base units of the currency", nullable=True)
    gross_profit: Real = real("Gross profit, printed or derived", nullable=True)
    gross_profit_basis: Text = text("How gross profit is known: printed, or from a printed margin", nullable=True)
    share: Real = real("Share of the whole company's revenue", nullable=True)
    gross_profit_share: Real = real("Share of the whole company's gross profit", nullable=True)
    growth: Real = real("Growth of revenue over the adjacent fiscal year", nullable=True)
    contribution_to_growth: Real = real("Points of the company's revenue growth that the member brings", nullable=True)
    gross_margin: Real = real("Gross profit over revenue, or the printed margin", nullable=True)


class SegmentConcentration(Table):
    """How evenly revenue is spread over the members of a dimension whose members make up the whole."""

    class Config(Table.Config):
        name = "mart.segment_concentration"
        unique = ["entity_id", "fiscal_year", "dimension"]

    entity_id: Text = text("Company")
    fiscal_year: Whole = whole("Fiscal year")
    dimension: Text = text("Dimension")
    members: Whole = whole("Members with revenue")
    herfindahl: Real = real("Sum of squared shares: 1 means one member brings everything")
    effective_members: Real = real("1 over the Herfindahl index: as if so many equal members")
    entropy: Real = real("Shannon entropy of the shares, in nats")
    largest_member_id: Text = text("Member with the largest share")
    largest_share: Real = real("Share of the largest member")


class Dupont(Table):
    """Return on equity as net margin times asset turnover times equity multiplier."""

    class Config(Table.Config):
        name = "mart.dupont"
        unique = ["entity_id", "fiscal_year"]

    entity_id: Text = text("Company")
    fiscal_year: Whole = whole("Fiscal year")
    net_margin: Real = real("Profit attributable to the parent over revenue", nullable=True)
    asset_turnover: Real = real("Revenue over average total assets", nullable=True)
    equity_multiplier: Real = real("Average total assets over average equity of the parent", nullable=True)
    return_on_equity: Real = real("Product of the three", nullable=True)
    status: Text = text("ok, or why there is no return on equity", allowed=METRIC_STATUSES)
    reason: Text = text("The missing input or the condition that is not met", nullable=True)


class Flywheel(Table):
    """The cycle from hardware to users to services to profit to research: did each link turn?"""

    class Config(Table.Config):
        name = "mart.flywheel"
        unique = ["entity_id", "fiscal_year", "position"]

    entity_id: Text = text("Company")
    fiscal_year: Whole = whole("Fiscal year")
    position: Whole = whole("Place of the link in the cycle, from 1")
    cause: Text = text("Metric or concept at the start of the link")
    effect: Text = text("Metric or concept at its end")
    cause_growth: Real = real("Growth of the cause over the adjacent year", nullable=True)
    effect_growth: Real = real("Growth of the effect over the adjacent year", nullable=True)
    turned: Text = text("Whether both grew", allowed=("yes", "no", "unknown"))


MART_TABLES: tuple[type[Table], ...] = (
    Ratio, ProfitModel, Dupont, SegmentMix, SegmentConcentration, Flywheel, Formula, FormulaInput, FindingRow, Quarantine,
)  # fmt: skip
