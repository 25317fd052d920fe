"""Receipts 回执: papers made on demand of what a case is, never kept, that prove themselves by a code."""
