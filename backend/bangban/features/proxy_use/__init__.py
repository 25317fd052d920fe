"""“1+N” 代操作 (DOMAIN C16): an agent does an online step for a resident who cannot, and says so."""
