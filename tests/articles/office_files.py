"""Office documents and books that a test makes, as small as a program that reads them allows."""

import zipfile
from collections.abc import Mapping
from io import BytesIO

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
CORE = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"


def package(parts: Mapping[str, str | bytes]) -> bytes:
    """Return a ZIP package of these parts."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, part in parts.items():
            zipped.writestr(name, part)
    return file.getvalue()


def links(**kinds: str) -> str:
    """Return the relationships of a part: its targets by kind; each kind is its id as well."""
    rows = [
        f'<Relationship Id="{kind}" Type="{CORE if kind == "core" else f"{OFFICE}/{kind}"}" '
        f'Target="{target}"/>'
        for kind, target in kinds.items()
    ]
    return f"<Relationships>{''.join(rows)}</Relationships>"


def properties(title: str = "", created: str = "") -> str:
    """Return the core properties of an Office package."""
    return (
        '<p:coreProperties xmlns:p="p" xmlns:dc="d" xmlns:dcterms="t">'
        f"<dc:title>{title}</dc:title><dcterms:created>{created}</dcterms:created>"
        "</p:coreProperties>"
    )


def run(text: str, marks: str = "") -> str:
    """Return a run of characters with formatting marks."""
    return f'<w:r><w:rPr>{marks}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(text: str, style: str = "") -> str:
    """Return a paragraph in a style."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{run(text)}</w:p>'


def row(*cells: str) -> str:
    """Return a table row of cells, each made of paragraphs."""
    return f"<w:tr>{''.join(f'<w:tc>{cell}</w:tc>' for cell in cells)}</w:tr>"


def docx(
    body: str,
    *,
    main: str = "word/document.xml",
    namespace: str = WORD,
    core: str = "",
    styles: str = "",
    notes: str = "",
) -> bytes:
    """Return a Word document with this body."""
    folder, _, name = main.rpartition("/")
    parts = {
        "_rels/.rels": links(officeDocument=main, core="/docProps/core.xml"),
        f"{folder}/_rels/{name}.rels": links(styles="s.xml", footnotes="notes.xml"),
        main: f'<w:document xmlns:w="{namespace}" xmlns:mc="mc"><w:body>{body}</w:body>'
        "</w:document>",
        f"{folder}/s.xml": f'<w:styles xmlns:w="{namespace}">{styles}</w:styles>',
        f"{folder}/notes.xml": f'<w:footnotes xmlns:w="{namespace}">{notes}</w:footnotes>',
        "docProps/core.xml": core or properties(),
    }
    return package(parts)


def shape(text: str, place: str = "body") -> str:
    """Return a shape of a slide with a paragraph for each line of the text."""
    lines = "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in text.split("\n"))
    return (
        f'<p:sp><p:nvSpPr><p:nvPr><p:ph type="{place}"/></p:nvPr></p:nvSpPr>'
        f"<p:txBody>{lines}</p:txBody></p:sp>"
    )


def pptx(*slides: str, notes: str = "", core: str = "") -> bytes:
    """Return a presentation of these slides, stored in reverse; the notes belong to the first."""
    count = len(slides)
    root = f'xmlns:p="p" xmlns:a="{DRAWING}" xmlns:r="{OFFICE}"'
    listed = "".join(f'<p:sldId id="{256 + n}" r:id="slide{n}"/>' for n in range(count))
    parts: dict[str, str | bytes] = {
        "_rels/.rels": links(officeDocument="ppt/presentation.xml", core="core.xml"),
        "core.xml": core or properties(),
        "ppt/presentation.xml": f"<p:presentation {root}><p:sldIdLst>{listed}</p:sldIdLst>"
        "</p:presentation>",
        "ppt/_rels/presentation.xml.rels": links(
            **{f"slide{n}": f"slides/{count - n}.xml" for n in range(count)}
        ),
        "ppt/notes/n.xml": f"<p:notes {root}><p:cSld>{notes}</p:cSld></p:notes>",
        f"ppt/slides/_rels/{count}.xml.rels": links(notesSlide="../notes/n.xml"),
    }
    for number, slide in enumerate(slides):
        parts[f"ppt/slides/{count - number}.xml"] = (
            f"<p:sld {root}><p:cSld>{slide}</p:cSld></p:sld>"
        )
    return package(parts)


def odf(body: str, kind: str = "text", *, title: str = "", styles: str = "") -> bytes:
    """Return an OpenDocument file with this body."""
    names = " ".join(f'xmlns:{name}="{name}"' for name in ODF_NAMES)
    return package(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "META-INF/manifest.xml": "<manifest/>",
            "content.xml": f"<office:document-content {names}>"
            f"<office:automatic-styles>{styles}</office:automatic-styles>"
            f"<office:body><office:{kind}>{body}</office:{kind}></office:body>"
            "</office:document-content>",
            "meta.xml": f"<office:document-meta {names}><dc:title>{title}</dc:title>"
            "<meta:creation-date>2014-05-06T07:08:09.10</meta:creation-date>"
            "</office:document-meta>",
        }
    )


ODF_NAMES = ("office", "text", "table", "draw", "style", "presentation", "dc", "meta", "svg")


def epub(
    chapters: Mapping[str, str],
    *,
    spine: str,
    metadata: str = "",
    more: Mapping[str, str] | None = None,
) -> bytes:
    """Return a book of chapters by name, and the order in which they are read."""
    items = "".join(
        f'<item id="{name}" href="text/{name}.xhtml" media-type="application/xhtml+xml"/>'
        for name in chapters
    )
    order = "".join(f'<itemref idref="{name}"/>' for name in spine.split())
    return package(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<container><rootfiles><rootfile full-path="OPS/b.opf"/>'
            "</rootfiles></container>",
            "OPS/b.opf": '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="dc" '
            f'xmlns:opf="opf"><metadata>{metadata}</metadata><manifest>{items}'
            '<item id="toc" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
            '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" '
            f'properties="nav"/></manifest><spine><itemref idref="nav"/>{order}</spine></package>',
            **{f"OPS/text/{name}.xhtml": page for name, page in chapters.items()},
            **(more or {}),
        }
    )
