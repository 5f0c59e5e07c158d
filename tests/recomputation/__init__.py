"""Every ratio and indicator once more, from the facts, in pandas: written from its definition, not from its formula."""
