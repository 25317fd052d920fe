"""Banners and letters of thanks 锦旗、感谢信 (DOMAIN C18): counted, and of no influence on anything else."""
