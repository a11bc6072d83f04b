"""Notes and warnings as each generator writes them, and the words that name their kind: data, for boxes.py."""

from typing import NamedTuple


class Admonition(NamedTuple):
    """How a generator writes a note or a warning: the box, its title, and its text where that is not the whole box."""

    box: str
    title: str
    text: str
    source: str


ADMONITIONS = tuple(
    Admonition(*row)
    for row in (
        (".admonitionblock", ".icon .title, :scope > .title", "td.content, .content", "Asciidoctor 2, AsciiDoc 10"),
        (".myst-admonition", ".myst-admonition-header-text", ".myst-admonition-body", "Jupyter Book 2, MyST"),
        (".theme-admonition, .admonition, .alert--infima", "[class*=admonitionHeading], .admonition-heading,"
         " .admonition-title, .admonitiontitle", "[class*=admonitionContent], .admonition-content",
         "Sphinx 7, MkDocs 1.6, Docusaurus 2 and 3"),
        (".custom-block, .custom-container, .hint-container", ".custom-block-title, .custom-container-title,"
         " .hint-container-title", "", "VitePress 1, VuePress 2"),
        (".markdown-alert", ".markdown-alert-title", "", "GitHub"),
        ("[data-callout-type]", "", "[data-component-part=callout-content]", "Mintlify"),
        ("blockquote.callout", ".callout-heading", "", "ReadMe"),
        (".confluence-information-macro", ":scope > .title", ".confluence-information-macro-body", "Confluence 7"),
        (".rmdnote, .rmdtip, .rmdwarning, .rmdcaution, .rmdimportant, .infobox", "", "", "bookdown"),
        ("[style*='--callout-color']", ":scope > div > p:first-child:has(+ div)", ":scope > div:last-child",
         "Fumadocs 15"),
        ("[class*='border-info/25'][class*='bg-info/10'], [class*='border-success/25'][class*='bg-success/10'],"
         " [class*='border-warning/25'][class*='bg-warning/10'], [class*='border-error/25'][class*='bg-error/10']", "",
         "", "Nuxt UI 4: https://github.com/nuxt/ui/blob/v4/src/theme/prose/callout.ts"),
        (".starlight-aside", ".starlight-aside__title", ".starlight-aside__content", "Starlight 0.34"),
        (".blockquote-tag", ".blockquote-tag-title", "", "mdBook 0.5"),
        (".notices, .box.cstyle", ".box-label, .label", ".box-content, .notices-content", "Relearn 7, Learn 2"),
        ("div.callout, div.nextra-callout, .hextra-callout",
         ".callout-title-container, .callout-title, .callout-header", ".callout-body-container, .callout-content",
         "Quarto 1, Nextra 4, Hextra 0.9"),
        (".alert, .book-hint, div.hint, blockquote.hint, .gdoc-hint, .notice, [class*=notice--], .docs-callout",
         ".alert-heading, .gdoc-hint__title, .notice-title", ".gdoc-hint__text",
         "Docsy 0.11, Hugo Book 11, GitBook, Geekdoc, minimal mistakes 4: https://mmistakes.github.io/minimal-mistakes/docs/utility-classes/#notices"),
        ("blockquote[class$=-title]", ":scope > p:first-child", "", "just-the-docs 0.10, callout with a title"),
        ("p.note, p.warning, p.tip, p.important, p.caution, blockquote.note, blockquote.warning, blockquote.tip,"
         " blockquote.important, blockquote.caution, blockquote.highlight, blockquote.new", "", "",
         "just-the-docs 0.10: https://just-the-docs.com/docs/ui-components/callouts/"),
        ("aside.notice, aside.warning, aside.success", "", "", "Slate 2"),
        ("div.note, div.tip, div.warning, div.caution, div.important, div.danger", ":scope > h3.title,"
         " :scope > .title, th > .title, :scope > .note-title", "", "DocBook XSL 1.79, rustdoc 1.80"),
        ("dl.note, dl.warning, dl.attention, dl.remark, dl.important, dl.bug, dl.todo, dl.deprecated",
         ":scope > dt", ":scope > dd", "Doxygen 1.9"),
        ("details.note, details.tip, details.info, details.warning, details.danger, details.example, details.abstract,"
         " details.question, details.quote, details.success, details.failure, details.bug", ":scope > summary", "",
         "pymdownx.details 10"),
    )
)  # fmt: skip
KINDS = {kind: kind.capitalize() for kind in (
    "note info tip hint important warning caution danger error attention success question example quote abstract"
    " bug failure todo deprecated remark summary new").split()} | {
    "seealso": "See also", "information": "Information", "warn": "Warning", "okay": "Success", "rmdnote": "Note",
    "rmdtip": "Tip", "rmdwarning": "Warning", "rmdcaution": "Caution", "rmdimportant": "Important"}  # fmt: skip
WEAK = ("Hint", "Information", "New")  # also of boxes of another kind: "book-hint warning" of Hugo Book
# What an icon says, by its name or as a character, where no class does: Nextra, ReadMe, Lucide, Font Awesome.
ICONS = {
    "info": "Info", "circle-info": "Info", "lightbulb": "Tip", "triangle-alert": "Warning", "alert-triangle": "Warning",
    "triangle-exclamation": "Warning", "exclamation-triangle": "Warning", "circle-exclamation": "Warning",
    "circle-x": "Error", "octagon-alert": "Error", "circle-check": "Success", "check-circle": "Success",
    "\u26a0": "Warning", "\U0001f6a7": "Warning", "\U0001f6ab": "Error", "\u2757": "Error", "\u2139": "Info",
    "\U0001f4d8": "Info", "\U0001f4a1": "Tip", "\U0001f44d": "Success", "\u2705": "Success", "\U0001f4dd": "Note",
}  # fmt: skip
