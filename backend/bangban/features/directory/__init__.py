"""The directory of districts for operators 地区名录: how large they are, what they may use, suspending them."""
