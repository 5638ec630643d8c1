"""Pure statistics: intervals, quantiles with censoring, rates; no input and no output."""
