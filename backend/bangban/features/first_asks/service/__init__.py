"""Use cases of first-asked records: load and lock, authorise, apply the rule, save. Each runs in the caller's work."""

from bangban.features.first_asks.service.answering import answer_first_ask, close_first_ask
from bangban.features.first_asks.service.group_log import LogTaken, import_group_log
from bangban.features.first_asks.service.online import ask_online
from bangban.features.first_asks.service.passing import expire_transfer, take_first_ask, transfer_first_ask
from bangban.features.first_asks.service.recording import Asker, number_of, record_first_ask

__all__ = [
    "Asker",
    "LogTaken",
    "answer_first_ask",
    "ask_online",
    "close_first_ask",
    "expire_transfer",
    "import_group_log",
    "number_of",
    "record_first_ask",
    "take_first_ask",
    "transfer_first_ask",
]
