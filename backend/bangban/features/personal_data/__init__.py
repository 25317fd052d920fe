"""People's own data 个人信息: seeing it, having it corrected, and its erasure when its time is over (DOMAIN 3.15)."""
