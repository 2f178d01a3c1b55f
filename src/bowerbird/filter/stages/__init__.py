"""One file a stage. The order, cheapest evidence first, is in `bowerbird.filter.policy`."""
