"""Speed against the budgets of the design, measured side by side: `make bench`. Never a test: machines differ."""
