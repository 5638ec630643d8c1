"""What fills the slots of one conversation: always the same for its whole length, so that both sides agree."""

from __future__ import annotations

from tiexin.app.demo.person import Person
from tiexin.app.demo.streams import Draw, one_of

TITLES = {"zh": ("先生", "女士"), "en": ("sir", "madam")}
PRODUCTS = {
    "zh": ("安心天天", "稳进九号", "悦享年金", "季季盈", "福满堂两全险", "臻选固收", "鸿运添利", "颐养天年险"),
    "en": ("Steady Days", "Prudent Nine", "Joyful Annuity", "Quarterly Gain", "Full House Endowment", "Select Bond"),
}
MERCHANTS = {
    "zh": (
        "一家网上服装店",
        "一个打车软件",
        "一家健身房",
        "一个视频会员",
        "一家境外酒店",
        "楼下的超市",
        "一家家电商城",
    ),
    "en": ("an online clothes shop", "a taxi app", "a gym", "a video service", "a hotel abroad", "the supermarket"),
}
COUNTRIES = {
    "zh": ("英国", "澳大利亚", "日本", "加拿大", "新加坡", "德国", "美国"),
    "en": ("Britain", "Australia", "Japan", "Canada", "Singapore", "Germany", "America"),
}
STREETS = {
    "zh": ("中山路", "人民路", "东湖路", "学府街", "古城街"),
    "en": ("Zhongshan Road", "People's Road", "East Lake Road", "College Street", "Old Town Street"),
}
RATES = ("1.55", "1.80", "1.95", "2.15", "2.35", "2.60")
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip
CLOCKS = {
    "zh": ("早上九点多", "昨天晚上", "今天中午", "前天下午", "上午十点左右", "下午三点"),
    "en": (
        "just after nine",
        "yesterday evening",
        "at noon today",
        "the day before yesterday",
        "about ten",
        "at three",
    ),
}


def slots_of(
    person: Person, language: str, draw: Draw, *, branch: str, agent: str, wait: int, day: tuple[int, int]
) -> list[str]:
    """Return the fillings in the order of ``SLOTS``; ``day`` is month and day of the contact, ``wait`` in seconds."""
    chinese = language == "zh"
    number = int(draw() * 1_000_000_000)
    month = 1 + (day[0] + 10 - number % 2) % 12
    date = 1 + number % 27
    amount = (3 + number % 97) * (1_000 if number % 5 else 10_000)
    titles = TITLES[language]
    return [
        person.name[0],
        titles[person.gender == "F"],
        f"{number % 10_000:04d}",
        f"{amount}" if chinese else f"{amount:,}",
        f"{5 + number % 241}",
        ("两三", "三", "五", "七", "十")[number % 5]
        if chinese
        else ("two or three", "three", "five", "seven", "ten")[number % 5],
        f"{max(wait // 60, 2)}",
        branch,
        f"{month}月{date}号" if chinese else f"{date} {MONTHS[month - 1]}",
        one_of(CLOCKS[language], draw),
        agent[-2:],
        RATES[number % 6],
        PRODUCTS[language][number // 7 % len(PRODUCTS[language])],
        STREETS[language][number // 11 % 5],
        MERCHANTS[language][number // 13 % len(MERCHANTS[language])],
        COUNTRIES[language][number // 17 % 7],
    ]
