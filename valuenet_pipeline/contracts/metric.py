"""Tables of metrics: definitions, ratios, indicators, and what they rest on."""

from __future__ import annotations

from valuenet_pipeline.catalog.metric import ASPECTS, BASES, DIRECTIONS, TABLES
from valuenet_pipeline.contracts.columns import Flag as FlagColumn
from valuenet_pipeline.contracts.columns import (
    Many,
    Real,
    Table,
    Text,
    Whole,
    alternatives,
    flag,
    places,
    real,
    reals,
    states,
    text,
    texts,
    whole,
)

METRIC_STATUSES = ("ok", "missing_input", "not_meaningful", "no_adjacent_year", "input_in_quarantine")
VINTAGES = ("current", "as_reported")


class Metric(Table):
    """Columns that ratios and profit-model indicators share."""

    class Config(Table.Config):
        name = "mart.metric"

    entity_id: Text = text("Company")
    fiscal_year: Whole = whole("Fiscal year, the calendar year in which it ends")
    value: Real = real("Value; null exactly when status is not ok", nullable=True)
    status: Text = text("ok, or why there is no value", allowed=METRIC_STATUSES)
    reason: Text = text("The missing input or the condition that is not met", nullable=True)
    basis: Text = text("Average or closing balances, or flows of the period", allowed=BASES)
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


class Series(Table):
    """Columns that the series of both families share."""

    class Config(Table.Config):
        name = "mart.series"

    entity_id: Text = text("Company")
    fiscal_year: Whole = whole("Fiscal year, the calendar year in which it ends")
    vintages: Many = texts("Vintages that the row is of: both, where the company never restated a figure")
    raw: Many = reals(
        "What each formula gives, by the position of the metric in mart.formula; a value only where its state is below 8"
    )
    state: Many = states(
        "States by the same position: below 8 ok, bits for the support of the weakest figure; below 2048 not meaningful, "
        "a bit per condition that fails; 2048 no adjacent year, 4096 missing input, 8192 input in quarantine"
    )
    input_state: Many = states("States of all figures taken, by the position in mart.formula_input")


class RatioSeries(Series):
    """All ratios of an entity and year in one row, as they are stored; mart.ratio unfolds them."""

    class Config(Table.Config):
        name = "mart.ratio_series"
        unique = ["entity_id", "fiscal_year", "vintages"]


class ProfitModelSeries(Series):
    """All indicators of an entity and year in one row, as they are stored; mart.profit_model unfolds them."""

    class Config(Table.Config):
        name = "mart.profit_model_series"
        unique = ["entity_id", "fiscal_year", "vintages"]


class Formula(Table):
    """Definition of every metric."""

    class Config(Table.Config):
        name = "mart.formula"
        unique = ["metric_id"]

    metric_id: Text = text("Ratio or indicator")
    metric_table: Text = text("Table that holds its values", allowed=TABLES)
    category: Text = text("Category of a ratio or aspect of an indicator")
    name_en: Text = text("Name in English")
    name_zh: Text = text("Name in Chinese")
    formula: Text = text("Formula over concept ids")
    valid_when: Text = text("Condition under which the value is meaningful", nullable=True)
    unit: Text = text("Unit of the value")
    direction: Text = text("Whether more is better", allowed=DIRECTIONS)
    basis: Text = text("Average or closing balances, or flows of the period")
    source: Text = text("Source of the definition")
    version: Text = text("Hash of the definition, of the metrics it takes as well")
    position: Whole = whole("Place of the metric in the lists of its series, from 1", ge=1)
    not_meaningful: Many = texts("Why there is no value although the figures are there, by the condition that fails")
    needs: Many = texts("What must be there; alternatives joined by or")
    needed_inputs: Many = places("The same as places in the list of input states, any of each list")


class FormulaInput(Table):
    """Which figures each formula takes, one row per concept, member or role, and year offset."""

    class Config(Table.Config):
        name = "mart.formula_input"
        unique = ["metric_id", "concept_id", "selector", "dimension", "selected", "years_before"]

    metric_id: Text = text("Ratio or indicator")
    metric_table: Text = text("Table that holds its values", allowed=TABLES)
    concept_id: Text = text("Concept it takes")
    selector: Text = text(
        "Whole company, member, role, or over all members", allowed=("whole", "member", "role", "largest", "herfindahl")
    )
    dimension: Text = text("Dimension of the role or of the members", nullable=True)
    selected: Text = text("Member or role taken", nullable=True)
    years_before: Whole = whole("0 for the year itself, 1 for the year before ...")
    is_optional: FlagColumn = flag("Whether there can be a value without it: another figure, or nil, stands in")
    position: Whole = whole("Place of its state in the list of input states, from 1", ge=1)
    alternatives: Many = alternatives(
        "Per place in the formula the alternatives before it, each as groups of positions of which one must be there: "
        "the figure is taken where none of them is complete; none where it is taken anyway"
    )


class Dupont(Table):
    """Return on equity taken apart: three steps, five steps, and what each of three factors adds to its change."""

    class Config(Table.Config):
        name = "mart.dupont"
        unique = ["entity_id", "fiscal_year"]

    entity_id: Text = text("Company")
    fiscal_year: Whole = whole("Fiscal year")
    net_margin: Real = real("Profit attributable to the parent over revenue", nullable=True)
    asset_turnover: Real = real("Revenue over average total assets", nullable=True)
    equity_multiplier: Real = real("Average total assets over average equity of the parent", nullable=True)
    return_on_equity: Real = real("Product of the three", nullable=True)
    parent_share: Real = real("Profit attributable to the parent over net profit", nullable=True)
    tax_burden: Real = real("Net profit over profit before tax", nullable=True)
    interest_burden: Real = real("Profit before tax over profit before interest and tax", nullable=True)
    ebit_margin: Real = real("Profit before interest and tax over revenue", nullable=True)
    five_step_return_on_equity: Real = real(
        "Product of parent share, tax burden, interest burden, EBIT margin, asset turnover and equity multiplier",
        nullable=True,
    )
    return_on_equity_change: Real = real("Change of the return on equity over the year before", nullable=True)
    net_margin_contribution: Real = real(
        "What the net margin adds to that change: Shapley value, the mean over all orders of changing one factor after "
        "the other; the three contributions add up to the change",
        nullable=True,
    )
    asset_turnover_contribution: Real = real("What the asset turnover adds, likewise", nullable=True)
    equity_multiplier_contribution: Real = real("What the equity multiplier adds, likewise", nullable=True)
    status: Text = text("ok, or why there is no return on equity", allowed=METRIC_STATUSES)
    reason: Text = text("The missing input or the condition that is not met", nullable=True)


METRIC_TABLES: tuple[type[Table], ...] = (RatioSeries, ProfitModelSeries, Formula, FormulaInput, Dupont)
METRIC_VIEWS: tuple[type[Table], ...] = (Ratio, ProfitModel)
