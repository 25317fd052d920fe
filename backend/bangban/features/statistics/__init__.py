"""Statistics over all districts 跨地区统计: counts only, no row crosses (DOMAIN L07)."""
