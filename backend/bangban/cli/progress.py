"""Progress bars of commands that work step by step."""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bangban.cli.speaking import said

STEP_NAMES = {
    "provision": ("开通", "provision"),
    "areas": ("区域", "areas"),
    "catalog": ("事项目录", "catalog"),
    "places": ("服务点", "service points"),
    "people": ("人员", "people"),
    "policy": ("权限规则", "policy"),
    "calendar": ("工作日历", "calendar"),
    "profile": ("概况", "profile"),
    "live": ("上线", "go live"),
    "invitation": ("邀请管理员", "invitation"),
}


def step_progress(console: Console) -> Progress:
    """A progress bar for one step after the other, on whatever the console writes to."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )


def told(progress: Progress, title: str, lang: str) -> Callable[[str, int, int], None]:
    """What onboarding tells of its steps, as one bar."""
    task = progress.add_task(title, total=None)

    def tell(step: str, done: int, total: int) -> None:
        name = said(lang, *STEP_NAMES.get(step, (step, step)))
        progress.update(task, description=f"{title} · {name}", completed=done, total=max(total, 1))
        if total == 0:
            progress.update(task, completed=1)

    return tell
