"""The report: one self-contained page in two languages, with intervals drawn and every figure defined."""
