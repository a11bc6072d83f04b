"""The generators of documentation sites, and the element in which each puts a page's text: data, for recognise.py."""

from typing import NamedTuple


class Generator(NamedTuple):
    """A site generator with its theme.

    evidence: CSS that matches something on each of its pages and, with the content, on no other generator's.
    content: CSS of the elements that hold the text. source: a public page or template that has this markup.
    """

    name: str
    evidence: str
    content: str
    source: str


GITHUB = "https://github.com/"
# The first whose evidence and content are both on the page is taken, so the narrow ones come first.
GENERATORS = tuple(
    Generator(*row)
    for row in (
        ("Antora", "article.doc", "article.doc", "https://gitlab.com/antora/antora-ui-default"),
        ("Sphinx, furo", "#furo-main-content", "#furo-main-content", GITHUB + "pradyunsg/furo"),
        ("Sphinx, furo", "div.toc-drawer, aside.toc-drawer", "article[role=main]", GITHUB + "pradyunsg/furo"),
        ("Sphinx, pydata or book", "article.bd-article", "article.bd-article", GITHUB + "pydata/pydata-sphinx-theme"),
        ("Sphinx, pydata", "#main-content.bd-content", "#main-content.bd-content > div", "pydata-sphinx-theme 0.8"),
        ("Sphinx, book", "#main-content.sbt-scroll-pixel-helper, .bd-page-width, #print-main-content",
         "#main-content [role=main], #main-content > div", "sphinx-book-theme 0.3"),
        ("Sphinx or MkDocs, Read the Docs", ".wy-nav-content, .rst-content", "[itemprop=articleBody]",
         GITHUB + "readthedocs/sphinx_rtd_theme"),
        ("Sphinx or MkDocs, Read the Docs", ".wy-nav-content, .rst-content", ".rst-content [role=main]",
         "mkdocs 1.0, theme readthedocs"),
        ("Sphinx, classic or alabaster", ".documentwrapper, .bodywrapper", "div.body[role=main], div.body",
         GITHUB + "sphinx-doc/sphinx/tree/master/sphinx/themes/basic"),
        ("MkDocs, Material", ".md-content", ".md-content__inner", GITHUB + "squidfunk/mkdocs-material"),
        ("MkDocs", "#mkdocs_search_modal, #mkdocs-search-query", "[role=main]", GITHUB + "mkdocs/mkdocs"),
        ("Docusaurus", "#__docusaurus", ".theme-doc-markdown, #__blog-post-container", GITHUB + "facebook/docusaurus"),
        ("Docusaurus", "#__docusaurus", "main article, article, main", GITHUB + "facebook/docusaurus"),
        ("Docusaurus", "#__docusaurus_skipToContent_fallback", "main article, main", GITHUB + "facebook/docusaurus"),
        ("mdBook", "#mdbook-content, #menu-bar, #mdbook-menu-bar", "main", GITHUB + "rust-lang/mdBook"),
        ("rustdoc", "meta[name=generator][content=rustdoc]", "#main-content, section#main",
         GITHUB + "rust-lang/rust/tree/master/src/librustdoc/html"),
        ("Starlight", ".sl-markdown-content", "main .hero, main h1#_top, .sl-markdown-content",
         GITHUB + "withastro/starlight"),
        ("VitePress", ".vp-doc, .VPHome", ".VPHome, .vp-doc", GITHUB + "vuejs/vitepress"),
        ("VuePress", ".theme-default-content, .theme-hope-content",
         ".theme-default-content, .theme-hope-content", GITHUB + "vuejs/vuepress"),
        ("Nextra", ".nextra-content, .nextra-toc, .nextra-sidebar", "article main, main article, .nextra-content main",
         GITHUB + "shuding/nextra"),
        ("Fumadocs", "#nd-page", "#nd-page h1, #nd-page h1 + p, #nd-page .prose", GITHUB + "fuma-nama/fumadocs"),
        ("Fumadocs", "#nd-page", "#nd-page article, #nd-page", GITHUB + "fuma-nama/fumadocs"),
        ("Mintlify", "#content-area", "#content-area", "https://mintlify.com/docs"),
        ("Hugo, Docsy", ".td-content, .td-main", ".td-content", GITHUB + "google/docsy"),
        ("Hugo, Book", ".book-page", ".book-page article", GITHUB + "alex-shpak/hugo-book"),
        ("Hugo, Relearn or Learn", "#R-body-inner", "#R-body-inner article, #R-body-inner",
         GITHUB + "McShelby/hugo-theme-relearn"),
        ("Hugo, Relearn or Learn", "#body-inner", "#body-inner", GITHUB + "matcornic/hugo-theme-learn"),
        ("Hugo, Geekdoc", ".gdoc-page", ".gdoc-page article, article.gdoc-markdown",
         GITHUB + "thegeeklab/hugo-geekdoc"),
        ("Hugo, Hextra", ".hextra-toc, .hextra-sidebar-container", "main .content", GITHUB + "imfing/hextra"),
        ("Jekyll, just-the-docs", ".main-content-wrap, #main-content-wrap", "#main-content > main",
         GITHUB + "just-the-docs/just-the-docs"),
        ("Jekyll, just-the-docs", ".main-content-wrap, #main-content-wrap", "#main-content", "just-the-docs 0.3"),
        ("Jekyll, minimal mistakes", ".page__content", ".page__content", GITHUB + "mmistakes/minimal-mistakes"),
        ("GitBook, legacy", ".page-inner .markdown-section", ".page-inner .markdown-section",
         GITHUB + "GitbookIO/theme-default"),
        ("GitBook", "meta[name=generator][content^=GitBook]", "main", "https://gitbook.com/docs"),
        ("Quarto", "#quarto-document-content", "#quarto-document-content", GITHUB + "quarto-dev/quarto-cli"),
        ("bookdown", ".book .book-body", "#section-, .page-inner section.normal", GITHUB + "rstudio/bookdown"),
        ("pkgdown", ".template-article main, .template-reference-topic main", "main#main", GITHUB + "r-lib/pkgdown"),
        ("Doxygen", "#doc-content, #nav-path, #titlearea",
         "div.header .title, div.headertitle .title, div.contents", GITHUB + "doxygen/doxygen"),
        ("Javadoc", "body[class*=declaration-page], .flex-content", "main", "https://docs.oracle.com/en/java/javase/21/docs"),
        ("GTK-Doc or DocBook", ".refentry, .navheader", ".set, .book, .part, .reference, .preface, .chapter, .appendix,"
         " .article, .refentry, .section, .sect1, .glossary, .bibliography",
         GITHUB + "docbook/xslt10-stylesheets"),
        ("Asciidoctor or AsciiDoc", "#header > h1, #footer-text",
         "#header > h1, #header > h2, #header > .sectionbody, #content", GITHUB + "asciidoctor/asciidoctor"),
        ("Confluence", "#main-content.wiki-content", "#title-heading, #main-content.wiki-content", "Confluence 7"),
        ("YARD", "#header > #menu, #main > #header", "#content", GITHUB + "lsegal/yard"),
        ("TypeDoc", ".col-content", ".col-content", GITHUB + "TypeStrong/typedoc"),
        ("JSDoc", "#main > .page-title", "#main", GITHUB + "jsdoc/jsdoc"),
        ("pdoc", "main.pdoc", "main.pdoc", GITHUB + "mitmproxy/pdoc"),
        ("ExDoc", "#content .content-inner, #top-content", "#top-content, .content-inner",
         GITHUB + "elixir-lang/ex_doc"),
        ("MediaWiki", "#mw-content-text", "#firstHeading, #mw-content-text", GITHUB + "wikimedia/mediawiki"),
        ("DokuWiki", "#dokuwiki__content", "#dokuwiki__content .page", GITHUB + "dokuwiki/dokuwiki"),
        ("ReadMe", ".rm-Article, .rm-Markdown", ".rm-Article header h1, .rm-Markdown", "https://docs.readme.com"),
        ("GitHub", ".markdown-body", ".markdown-body", "https://github.com/primer/css"),
    )
)  # fmt: skip

# Where the generator is none of these: the usual elements, in the order in which they are the narrower.
USUAL = ("main article", "[role=main] article", "main", "[role=main]", "article", "#content", "#main-content", "#main",
         ".markdown-body", ".content", "#docs-content", ".docs-content", ".documentation")  # fmt: skip

# An empty one of these, with scripts, is a page that JavaScript draws: React, Vue, Angular, docsify, Redoc, Swagger UI.
DRAWN = "#app, #root, #__next, #___gatsby, #__nuxt, app-root, redoc, #redoc-container, #swagger-ui, #svelte, #docsify"
