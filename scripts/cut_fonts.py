"""Cut the fonts of the certificate from Noto CJK and turn their outlines into TrueType.

Run it only when ``certificate.yaml`` has got headings with new characters (a test says so). It needs fontTools, which
nothing else does, so it brings an environment of its own::

    python3 -m venv .work/fonts && .work/fonts/bin/pip install fonttools==4.68.0 pyyaml
    .work/fonts/bin/python scripts/cut_fonts.py /usr/share/fonts/opentype/noto
"""

from __future__ import annotations

import importlib
import lzma
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1] / "src" / "tiexin" / "trust" / "data"
UNITS_OFF_MAX = 1.0
"""Greatest distance of the new outlines from the old, in thousandths of the size."""
ASCII = set(range(0x20, 0x7F))
LATIN = ASCII | set(range(0xA0, 0x180)) | set(map(ord, "‐‑–—‘’“”„•…‰′″€™→←↑↓✓✗≤≥×·①②③④⑤⑥〇㎡"))
FULL_WIDTH = set(range(0x3000, 0x3040)) | set(range(0xFF01, 0xFF5F)) | set(map(ord, "￥￠￡"))
NAMES = set(
    map(
        ord,
        "喆堃昇甯垚犇翀玥珺琚煊璟祎赟韫翾媖婳炘烜燊瑨瑭璠璐昉旸昳晞晧暐堽崟嶝漷浬洺瀍涢滘濛旻昱昺晔珏珅琤璇琛"
        "瑄瑀瑾瓒翊翯祐禛禤筠箐玮頔颀骉骐鑫鎏镕锜镁侃偲僖啟囍弢彧愔慜懿戬旎昕昫晗晙晴暄暻朹枥栐梽棪榕樾橦毓沄"
        "泖浠浥淏淼渌湜湉滢漪潆瀚灏炜烨焜焱熠熹燚玢珩珮琀琇琎琨琪琬瑗瑢瑷璎璩祾禔芃芊芮苒苡茜茗荇莀菀葳蒽蓁蔺"
        "薇藜虓誉謇貐赪逄邬邺郇郗郦鄯鄞钊钰铠锴闵阚陟隗雯霁霖霏靓靖韬頠颢飏馗骁骜魁鲲麒麟龑龢圳埗樑栢湴塱氹粦"
        "邨畀嘅冇啲喺佢哋",
    )
)


def main(folder: Path) -> None:
    """Cut both fonts."""
    import yaml

    words = yaml.safe_load((DATA / "certificate.yaml").read_text("utf-8"))
    heads = {ord(sign) for text in words["headings"].values() for line in text.values() for sign in line}
    common = _of_code("gb2312", 0xA1, 0xD8) | LATIN | FULL_WIDTH | NAMES
    rare = (_of_code("gb2312", 0xD8, 0xF8) | _of_code("big5", 0xA4, 0xC7)) - common
    sans = folder / "NotoSansCJK-Regular.ttc"
    _cut(sans, "Noto Sans CJK SC", common, "NotoSansCJKsc-Regular-common.ttf.xz")
    _cut(sans, "Noto Sans CJK SC", rare | ASCII, "NotoSansCJKsc-Regular-rare.ttf.xz")
    _cut(folder / "NotoSerifCJK-Bold.ttc", "Noto Serif CJK SC", heads | ASCII, "NotoSerifCJKsc-Bold.ttf.xz")


def _of_code(code: str, first: int, end: int) -> set[int]:
    found: set[int] = set()
    for row in range(first, end):
        for column in (*range(0x40, 0x7F), *range(0xA1, 0xFF)):
            try:
                found.update(map(ord, bytes((row, column)).decode(code)))
            except UnicodeDecodeError:
                continue
    return found


def _cut(source: Path, family: str, characters: set[int], target: str) -> None:
    subset: Any = importlib.import_module("fontTools.subset")
    library: Any = importlib.import_module("fontTools.ttLib")
    collection = library.TTCollection(source, lazy=True)
    number = next(n for n, font in enumerate(collection.fonts) if font["name"].getDebugName(1) == family)
    font = library.TTFont(source, fontNumber=number, lazy=True)
    options = subset.Options()
    options.layout_features, options.hinting, options.notdef_outline = [], False, True
    options.drop_tables += ["GSUB", "GPOS", "BASE", "GDEF", "vhea", "vmtx", "VORG", "DSIG"]
    options.name_IDs, options.name_languages = ["*"], [0x409]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters)
    cutter.subset(font)
    # Each file bears a name of its own: reportlab tells fonts apart by it.
    rare = " Rare" if "rare" in target else ""
    _to_truetype(font, library, f"{family} Tiexin Cut{rare}")
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    whole = BytesIO()
    font.save(whole)
    packed = lzma.compress(whole.getvalue(), preset=9 | lzma.PRESET_EXTREME)
    (DATA / "fonts" / target).write_bytes(packed)
    print(target, len(font.getGlyphOrder()), len(packed))


def _to_truetype(font: Any, library: Any, name: str) -> None:
    pens: Any = importlib.import_module("fontTools.pens.ttGlyphPen")
    curves: Any = importlib.import_module("fontTools.pens.cu2quPen")
    order, outlines, glyphs = font.getGlyphOrder(), font.getGlyphSet(), {}
    for glyph in order:
        pen = pens.TTGlyphPen(outlines)
        outlines[glyph].draw(curves.Cu2QuPen(pen, UNITS_OFF_MAX, reverse_direction=True))
        glyphs[glyph] = pen.glyph()
    font["loca"], font["glyf"] = library.newTable("loca"), library.newTable("glyf")
    font["glyf"].glyphOrder, font["glyf"].glyphs = order, glyphs
    del font["CFF "]
    font["glyf"].compile(font)
    sizes = font["maxp"]
    sizes.tableVersion, sizes.maxZones, sizes.maxComponentElements = 0x00010000, 1, 0
    for limit in ("TwilightPoints", "Storage", "FunctionDefs", "InstructionDefs", "StackElements"):
        setattr(sizes, f"max{limit}", 0)
    sizes.maxSizeOfInstructions = 0
    sizes.compile(font)
    post = font["post"]
    post.formatType, post.extraNames, post.mapping, post.glyphOrder = 3.0, [], {}, order
    for entry in font["name"].names:
        if entry.nameID in {1, 4, 16}:
            entry.string = name
        if entry.nameID == 6:  # noqa: PLR2004  (the PostScript name)
            entry.string = name.replace(" ", "")
    font.sfntVersion = "\x00\x01\x00\x00"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
