"""Wording 消息用语: what a district writes to people, in its own words."""
