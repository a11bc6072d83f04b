"""CSS of what a generator puts into a page's text and its author did not write."""

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
