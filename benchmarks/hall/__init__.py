"""How fast a hall gives and calls numbers: one issuer against fifty, one window against twenty, in one district."""
