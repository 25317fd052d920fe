"""Messages to people: one way to send, and the texts that are sent."""

from bangban.kernel.messenger.file_messenger import FileMessenger
from bangban.kernel.messenger.message import Message, Messenger
from bangban.kernel.messenger.own_texts import render
from bangban.kernel.messenger.templates import Template

__all__ = ["FileMessenger", "Message", "Messenger", "Template", "render"]
