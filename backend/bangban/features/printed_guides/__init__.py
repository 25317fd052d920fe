"""Printed guides 掌办指南册: what can be done on a phone, and how, on paper with codes to scan (DOMAIN F01)."""
