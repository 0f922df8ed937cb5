"""Which rows train, judge and test: drawn by the counter-based generator, so that a seed names them for ever."""
