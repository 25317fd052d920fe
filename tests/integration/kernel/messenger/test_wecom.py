"""App messages of enterprise WeChat, to one member at a time; as of tokens: test_token_channels."""

from __future__ import annotations

from tests.integration.kernel.messenger.gateways import Gateway
from tests.integration.kernel.messenger.letters import letter
from tests.integration.kernel.messenger.token_channels import DONE, TOKEN, USERID, WECOM, sent


def test_a_message_goes_to_one_member_and_twice_the_same_is_passed_over(gateway: Gateway) -> None:
    gateway.answers = [(200, TOKEN), (200, DONE)]
    WECOM.deliver(gateway)
    assert sent(gateway) == [WECOM.ask, f"{WECOM.send}token-1"]
    assert gateway.calls[1].json == {
        "touser": USERID,
        "msgtype": "text",
        "agentid": 1000002,
        "text": {"content": letter().text},
        "enable_duplicate_check": 1,
        "duplicate_check_interval": 1800,
    }
