"""What a generator puts into a page's text that its author did not write: data, and how it is taken out."""

import re

from bs4 import Tag

from scripts.crawl.hidden import remove_hidden
from scripts.crawl.phrases import remove_phrases
from scripts.crawl.selecting import Marks, inside, removed, select

# (what it is, CSS, where it was seen)
NOISE = (
    ("heading anchors", "a.headerlink, a.anchor, a.hash-link, a.header-anchor, a.heading-anchor, a.anchor-heading,"
     " a.td-heading-self-link, a.sl-anchor-link, a.header-link, a.anchorjs-link, a.paraanchor, a.anchorlink,"
     " h1 > .zerowidth, .hanchor, .gdoc-page__anchor, .subheading-anchor, .octicon-link, a.permalink, a.doc-anchor",
     "Sphinx 7, MkDocs 1.6, Antora 3, Docusaurus 3, VitePress 1, just-the-docs 0.10, Docsy 0.11, Starlight 0.34,"
     " Relearn 7, Geekdoc, Nextra 2, GitHub, rustdoc 1.80"),
    ("navigation", "nav, .breadcrumb, [aria-label=breadcrumbs],"
     " p:has(> a[rel=next]), p:has(> a[rel=prev]), p:has(> a[rel=up]), a[rel=next], a[rel=prev],"
     " #pagination, [data-slot=linkTitle], [data-slot=linkDescription], .toc-macro,"
     " [role=navigation], .navheader, .navfooter, .pagination, .pagination-nav, .pagination-links, .prev-next,"
     " .prev-next-area, .rst-footer-buttons, .nav-wrapper, .nav-wide-wrapper, .related-pages, .page-nav, .nav-panel,"
     " .theme-doc-version-badge, .theme-doc-version-banner, .md-source-file, .sphinxsidebar,"
     " .book-toc, .pager, .nav-buttons, .navlinks",
     "Sphinx themes, MkDocs themes, Docusaurus 3, DocBook XSL 1.79, mdBook 0.4, Hugo Book 11"),
    ("tables of contents of the page itself", "aside.toc, .contents.topic, .contents.local, nav.contents, .toc-drawer,"
     " .toc_container, .td-toc, .tocollapsible, .theme-doc-toc-mobile, .theme-doc-toc-desktop, .table-of-contents,"
     " .markdown-toc, #markdown-toc, #TableOfContents, #TOC, .sidebar__right, .page-outline, .bd-toc, .memberdecls-toc,"
     " .right-sidebar-panel, mobile-starlight-toc, starlight-toc",
     "Antora 3, docutils 0.21, Docusaurus 3, VitePress 1, kramdown 2, Hugo 0.120, pandoc 3, Starlight 0.34"),
    ("edit links, feedback, dates", ".edit-this-page, .theme-edit-this-page, .theme-doc-footer, .md-feedback,"
     " .edit-page-link, .edit-link, .feedback, .feedback--title, .feedback--question, .feedback--answer,"
     " .feedback--response, .page-feedback, .td-page-meta, .td-page-meta__lastmod, .page__meta,"
     " .page__meta-readtime, .page__share, .page__taxonomy, .R-taxonomy, .md-source-date,"
     " .git-revision-date-localized-plugin, .git-revision-date,"
     " .last-updated, .lastupdated, .page-lastmod, .theme-last-updated, .VPDocFooter, .page-meta,"
     " .reading-time, .share-buttons, .page-metadata,"
     " .feedback-toolbar, .suggestEdits, .UpdatedAt, .PageThumbs, #disqus_thread, .giscus, .utterances",
     "Antora 3, Docusaurus 3, MkDocs Material 9, Docsy 0.11, minimal mistakes 4, VitePress 1, VuePress 2,"
     " Confluence 7, Mintlify, ReadMe"),
    ("tools of code blocks", ".toolbar, .source-toolbox, .copybtn, .copy-button, .clipboard-button, .copy-to-clipboard,"
     " .btn-clipboard, .code-copy-button, .zeroclipboard-container, .copy-code-button, .headerlink-copy,"
     " .line-numbers-wrapper, .line-numbers-rows,"
     " .code-block-buttons, .run-button, .test-arrow, .expressive-code > .copy, figure > .copy, .md-code__nav,"
     " [class*=language-] > .lang, .example-wrap > .tooltip, .o-tooltip--left",
     "Antora 3, sphinx-copybutton 0.5, Docusaurus 3, VitePress 1, Starlight 0.34, rustdoc 1.63, MkDocs Material 9"),
    ("links to source code", "a:has(> .viewcode-link), a:has(> .viewcode-back), a.viewcode-back, a.src, a.srclink,"
     " .out-of-band, .source-link, a.source, .rightside, .memtemplate-nav, .git-link, .tsd-sources, .dont-index",
     "Sphinx viewcode, rustdoc 1.63 and 1.80, TypeDoc 0.28, pkgdown 2"),
    ("text for screen readers, which repeats what is seen", ".sr-only, .visually-hidden, .a11y-hidden,"
     " .screenreader-only, .sd-hide-link-text, .assistive-text, .skip-link, .lightbox-back",
     "Bootstrap 5, Starlight 0.34, sphinx-design 0.6"),
    ("tools of a page", "rustdoc-toolbar, .method-click-advice, #copy-path, #toggle-all-docs, .md-annotation__index,"
     " .mw-editsection, .printfooter, #siteSub, #catlinks,"
     " .skip-to-content, .page-actions, #page-context-menu, .summary_toggle, details.hide > summary,"
     " .view-source-button, [class*=playgroundHeader], [class*=playgroundPreview]",
     "rustdoc, MkDocs Material 9, Mintlify, YARD 0.9, myst-nb 1, pdoc 16, Docusaurus 3, MediaWiki 1.42"),
    ("pictures that decorate", "img.book-icon, [class*=material-icons], [class*=material-symbols], "
     " .expand-control-icon, .page-header > img.logo", "Hugo Book 11, Google's icon fonts, Confluence 7, pkgdown 2"),
    ("advertisements, consent, newsletters", "#ethical-ad-placement, [data-ea-publisher], .ea-content,"
     " #carbonads, .carbon-ads, .adsbygoogle, .cc-window, #onetrust-consent-sdk",
     "Read the Docs, Carbon, cookieconsent 3, OneTrust"),
)  # fmt: skip

# Names that say what an element is in each theme that was seen: CSS of a part of a class. An id may be of a section.
NAMED = ("[class*=breadcrumb], [class*=Breadcrumb], [class*=cookie-banner], [class*=cookie-consent],"
         " [class*=CookieConsent], [class*=newsletter], [class*=ethical-ad],"
         " [class*=sr-only], [class*=visually-hidden], [class*=visuallyhidden], [class*=visuallyHidden],"
         " [class*=screen-reader]")  # fmt: skip
# A <footer> in a quotation names who is quoted.
FOOTERS = "footer, #footer"
# Lists of links to the page's own sections; where they lead to other pages they are the text of an index page.
OWN_SECTIONS = ".toc, #toc, .toctree, .summary-toc, .page-toc, .list-of-contents"
FORM = 60  # words of a form that asks for an opinion or an address; ASP.NET has whole pages in one
OWN_WORD = re.compile(r"(perma|anchor |copy |direct )?link|anchor|edit|\[edit\]", re.I)
OWN_SIGN = re.compile("[#¶§\U0001f517\u2693\U0001f4ce]?")  # that leads to the place where it stands
CONTENTS = re.compile(r"(table of )?contents:?|on this page:?|in this article:?|toc", re.I)


def remove_with_title(toc: Tag) -> None:
    """Take out a list of the page's own sections, and what calls it "Table of contents" before it."""
    title = toc.find_previous_sibling()
    if title is not None and CONTENTS.fullmatch(title.get_text(" ", strip=True)):
        title.decompose()
    toc.decompose()


def own_sections(toc: Tag) -> bool:
    """Whether a list of links leads only to sections of its own page."""
    links = toc.find_all("a", href=True)
    return bool(links) and all(str(link["href"]).startswith("#") for link in links)


def remove_noise(soup: Tag, present: Marks) -> None:
    """Take out, in place, all that NOISE, FOOTERS, OWN_SECTIONS and phrases.py name."""
    for what, selectors, _ in NOISE:
        for tag in select(soup, selectors, present):
            if removed(tag):
                continue
            if not inside(tag, ("pre",)) or tag.name in ("button", "svg"):
                remove_with_title(tag) if what.startswith("tables of contents") else tag.decompose()
    for tag in select(soup, NAMED, present):
        if not removed(tag) and not inside(tag, ("pre",)) and not tag.find(["h1", "h2", "pre"]):  # no layout's name
            tag.decompose()
    for form in select(soup, "form", present):
        if not removed(form) and form.find(["input", "textarea"]) and len(form.get_text(" ").split()) < FORM:
            form.decompose()
    remove_hidden(soup, present)
    for tag in select(soup, FOOTERS, present):
        if not removed(tag) and not inside(tag, ("blockquote",)):
            tag.decompose()
    for tag in select(soup, OWN_SECTIONS, present):
        if not removed(tag) and own_sections(tag):
            remove_with_title(tag)
    for heading in select(soup, "h1, h2, h3, h4, h5, h6, dt, caption, figcaption", present):
        code = "code-header" in heading.get_attribute_list("class")  # rustdoc links "&" and "()" to what they mean
        for link in [] if code else heading.find_all("a"):
            if not re.search(r"\w", link.get_text()) and not link.find("img"):
                link.decompose()  # a sign that leads to the heading itself: ¶, #, §, U+200B
            elif OWN_WORD.fullmatch(link.get_text().strip()) and len(list(heading.stripped_strings)) > 1:
                link.decompose()
            elif heading.name[0] == "h" and (link.get("itemprop") == "url" or str(link.get("href", "#"))[:1] == "#"):
                link.unwrap()  # headings of mdBook and minimal mistakes lead to themselves, Sphinx's to the contents
    for link in select(soup, "a[href^='#']", present):
        if not removed(link) and OWN_SIGN.fullmatch(link.get_text().strip()) and not link.find("img"):
            link.decompose()
    for link in select(soup, "a[role=doc-backlink]", present):
        link.unwrap()  # docutils: [CIT2002] leads back to where it is cited
    remove_phrases(soup)
