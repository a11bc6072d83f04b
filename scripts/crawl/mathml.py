"""MathML without its TeX, as TeX: fractions, roots, raised and lowered signs."""

from bs4 import NavigableString, Tag

# Element: its TeX, with its children in their order. https://www.w3.org/TR/mathml-core/
FORMS = {
    "msup": "{0}^{{{1}}}", "msub": "{0}_{{{1}}}", "msubsup": "{0}_{{{1}}}^{{{2}}}", "mfrac": r"\frac{{{0}}}{{{1}}}",
    "mroot": r"\sqrt[{1}]{{{0}}}", "munder": "{0}_{{{1}}}", "mover": "{0}^{{{1}}}", "munderover": "{0}_{{{1}}}^{{{2}}}",
}  # fmt: skip
# The same of elements with any number of children: what joins them, and what is around.
ROWS = {"msqrt": ("", r"\sqrt{{{}}}"), "mtext": ("", r"\text{{{}}}"), "mtable": (r" \\ ", "{}"), "mtr": (" & ", "{}")}
LEFT_OUT = {"annotation", "annotation-xml", "mspace", "mphantom"}
BLANKS = "\u2061\u2062\u2063\u2064\u200b"  # MathML's invisible signs: apply, times, comma, plus


def tex_of(tag: Tag) -> str:
    """The TeX of a MathML element; its letters and signs stay characters."""
    parts = [tex_of(child) if isinstance(child, Tag) else str(child).strip(f" \n\t{BLANKS}")
             for child in tag.children if isinstance(child, NavigableString | Tag)
             and child.name not in LEFT_OUT and (isinstance(child, Tag) or child.strip())]  # fmt: skip
    form = FORMS.get(tag.name, "")
    if form and len(parts) == sum(form.count(place) for place in ("{0}", "{1}", "{2}")):
        return form.format(*parts)
    joint, around = ROWS.get(tag.name, ("", "{}"))
    return around.format(joint.join(parts))
