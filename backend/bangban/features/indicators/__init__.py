"""Indicators 效能指标: what each mechanism is measured by, counted from what was kept of the work itself."""
