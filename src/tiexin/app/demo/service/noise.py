"""Slips: what speech recognition mishears and what fingers mistype."""

from __future__ import annotations

from tiexin.app.demo.streams import Draw

SLIPS = {
    ("phone", "zh"): (
        *(("账", "帐"), ("的", "得"), ("，", " 嗯 "), ("信用卡", "信用咖"), ("转账", "转帐"), ("，", "那个")),
        *(("。", ""), ("登录", "登陆"), ("理财", "里财"), ("我", "我我"), ("在", "再"), ("到账", "到帐")),
    ),
    ("chat", "zh"): (
        *(("。", ""), ("，", " "), ("怎么", "咋"), ("什么", "啥"), ("账", "帐"), ("的", "滴"), ("您好", "nihao")),
        *(("？", "??"), ("没有", "木有"), ("登录", "登陆"), ("谢谢", "xiexie"), ("再", "在"), ("！", "！！！")),
    ),
    ("phone", "en"): (
        *((", ", " uh "), ("account", "a count"), (". ", " "), ("I ", "I I "), ("their", "there"), ("to ", "two ")),
    ),
    ("chat", "en"): (
        *((".", ""), ("you", "u"), ("please", "pls"), ("I ", "i "), ("the ", "teh "), ("'", ""), ("?", "??")),
    ),
}  # fmt: skip


def blur(text: str, medium: str, language: str, draw: Draw) -> str:
    """Return the text with one slip, if there is room for it; takes one draw."""
    slips = SLIPS[medium, language]
    right, wrong = slips[int(draw() * len(slips))]
    return text.replace(right, wrong, 1)
