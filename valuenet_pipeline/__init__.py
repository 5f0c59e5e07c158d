"""Annual-report extracts in, a DuckDB warehouse of statements, ratios and profit-model indicators out."""
