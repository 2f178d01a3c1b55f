"""One file a stage. The order, cheapest evidence first, is in `functions.filter.pipeline`."""
