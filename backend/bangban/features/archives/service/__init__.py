"""Use cases of archives: archive, import, back up, restore, leave, drop."""
