"""Mail: who wrote what and when, from one message or from a mailbox of many."""

import base64
import io
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date

import pytest

from qa.articles.formats import mail, mail_parts
from qa.articles.formats.mail_text import paragraphs
from qa.articles.found import (
    EmptyFileError,
    Member,
    NotAnArticleError,
    Problem,
    ReadArticle,
)
from qa.articles.load import read_bytes
from qa.articles.registry import HEAD_BYTES, format_of
from qa.datatypes import Article
from qa.errors import ArticleError

HEAD = (
    "From: Anna Holm <anna@example.org>\nTo: Bo <bo@example.org>\nSubject: The roof\n"
    "Date: Tue, 3 Mar 2015 23:50:00 -0800\nMIME-Version: 1.0\n"
)


def message(body: str, kind: str = "text/plain; charset=utf-8", head: str = HEAD) -> bytes:
    return f"{head}Content-Type: {kind}\n\n{body}".encode()


def parts(kind: str, *inside: str) -> str:
    """Return a part of parts, each with its own headers."""
    mark = kind.rpartition("/")[2]
    body = "".join(f"--{mark}\n{one}\n" for one in inside)
    return f"Content-Type: multipart/{kind}; boundary={mark}\n\n{body}--{mark}--\n"


def mixed(*inside: str, head: str = HEAD) -> bytes:
    return f"{head}{parts('mixed', *inside)}".encode()


PLAIN = "Content-Type: text/plain; charset=utf-8\n\nThe roof leaks."
HTML = "Content-Type: text/html; charset=utf-8\n\n<p>The <b>roof</b> drips.</p><p>Come.</p>"
PICTURE = (
    'Content-Type: image/png; name="bill.png"\n'
    'Content-Disposition: attachment; filename="bill.png"\n'
    "Content-Transfer-Encoding: base64\n\nJVBERi0="
)


def attachment(name: str, data: bytes, kind: str = "application/octet-stream") -> str:
    """Return a part with an attached file."""
    return (
        f"Content-Type: {kind}\nContent-Disposition: attachment; filename={name}\n"
        f"Content-Transfer-Encoding: base64\n\n{base64.b64encode(data).decode()}"
    )


def read(data: bytes, name: str = "a.eml") -> tuple[list[Article], list[str]]:
    """Return the articles of a file, without attached ones, and why others were left out."""
    articles, reasons = [], []
    for one in mail.read(name, data):
        if isinstance(one, ReadArticle):
            articles.append(one.article)
        elif isinstance(one, Problem):
            assert one.quiet
            reasons.append(one.reason)
    return articles, reasons


def text(data: bytes) -> str:
    """Return the text of a message without its first line, which says who wrote it."""
    ((one,), _) = read(data)
    sender, _, rest = one.text.partition("\n\n")
    assert sender == "From: Anna Holm"
    return rest


def test_a_message_has_sender_subject_and_day() -> None:
    ((one,), reasons) = read(message("The roof leaks.\n\nBring a ladder."))
    assert one.text == "From: Anna Holm\n\nThe roof leaks.\n\nBring a ladder."
    assert (one.title, one.source, reasons) == ("The roof", "a.eml", [])
    assert (one.published, one.dated, one.is_date_guess) == (
        date(2015, 3, 3),
        "mail header",
        False,
    )


@pytest.mark.parametrize(
    ("header", "sender", "title"),
    [
        ("From: =?iso-8859-1?q?J=F8rn?= <j@a.b>\nSubject: =?utf-8?b?w4VzZQ==?=", "Jørn", "Åse"),
        ("From: j@a.b\nSubject: =?utf-8?q?Two?=\n =?utf-8?q?_lines?=", "j@a.b", "Two lines"),
        ('From: "Holm, Anna" <a@b.c>, Bo <b@b.c>\nSubject: Bøf', "Holm, Anna", "Bøf"),
        ("From: <a@b.c>\nSubject: =?klingon?q?a?=", "a@b.c", "=?klingon?q?a?="),
        ("From: a@b.c\nSubject: =?iso-8˜59?q?a?=", "a@b.c", "=?iso-8˜59?q?a?="),
        ("From: Anna (home) <a@b.c>\nSubject:", "Anna (home)", "The roof leaks."),
        ("Subject: \x1b[31mred", "", "red"),
    ],
)
def test_headers_are_decoded(header: str, sender: str, title: str) -> None:
    ((one,), _) = read(message("The roof leaks.", head=f"{header}\n"))
    first = f"From: {sender}\n\n" if sender else ""
    assert (one.text, one.title) == (f"{first}The roof leaks.", title)


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("Tue, 3 Mar 2015 23:50:00 -0800", date(2015, 3, 3)),
        ("3 Mar 15 10:00 GMT", date(2015, 3, 3)),
        ("2015-03-03 10:00:00", date(2015, 3, 3)),
        ("Thu, 01 Jan 1970 00:00:00 +0000", None),
        ("Tue, 99 Mar 2015 10:00:00 -0800", None),
        ("soon", None),
    ],
)
def test_dates(value: str, day: date | None) -> None:
    ((one,), _) = read(message("The roof leaks.", head=f"Date: {value}\n"))
    assert one.published == day


@pytest.mark.parametrize(
    ("body", "stated", "shown"),
    [
        ("“Café”".encode("cp1252"), "iso-8859-1", "“Café”"),
        ("“Café”".encode(), "iso-8859-1", "“Café”"),
        ("Zażółć".encode("iso-8859-2"), "iso-8859-2", "Zażółć"),
        ("Zażółć".encode(), "iso-8859-2", "Zażółć"),
        ("こんにちは".encode("iso-2022-jp"), "iso-2022-jp", "こんにちは"),
        ("Привет, мир".encode("koi8-r"), "koi8-r", "Привет, мир"),
        ("Café at the corner".encode(), "us-ascii", "Café at the corner"),
        ("Café at the corner".encode(), "no-such-charset", "Café at the corner"),
    ],
)
def test_charsets(body: bytes, stated: str, shown: str) -> None:
    head = f"{HEAD}Content-Type: text/plain; charset={stated}\nContent-Transfer-Encoding: 8bit\n\n"
    assert text(head.encode() + body) == shown


def test_a_whole_file_in_utf_16() -> None:
    data = message("The roof leaks.").decode()
    assert text(data.encode("utf-16")) == text(data.encode("utf-16-le")) == "The roof leaks."


def test_plain_text_is_preferred_to_html() -> None:
    both = parts("alternative", PLAIN, HTML)
    assert text(mixed(both)) == "The roof leaks."
    assert text(mixed(parts("alternative", HTML, PLAIN))) == "The roof leaks."
    assert text(mixed(parts("alternative", "Content-Type: text/plain\n\n \n", HTML))) == (
        "The roof drips.\n\nCome."
    )
    assert text(mixed(parts("related", HTML, PICTURE))) == "The roof drips.\n\nCome."


def test_texts_are_joined_and_attachments_counted() -> None:
    picture = "Content-Type: image/png\nContent-ID: <a>\n\nx"
    note = PLAIN.replace("utf-8", "utf-8; name=note.txt")
    (articles, reasons) = read(mixed(PLAIN, PICTURE, PLAIN, picture, note, PICTURE))
    assert articles[0].text.count("The roof leaks.") == 2
    assert reasons == ["attachment of a mail"] * 3


def test_a_signed_mail_is_read_and_its_signature_is_no_attachment() -> None:
    smime = "Content-Type: application/pkcs7-signature; name=smime.p7s\n\nx"
    assert read(f"{HEAD}{parts('signed', PLAIN, smime)}".encode())[1] == []
    pgp = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nThe roof leaks.\n"
        "-----BEGIN PGP SIGNATURE-----\n\niQEz\n-----END PGP SIGNATURE-----\n"
    )
    assert text(message(pgp)) == "The roof leaks."


SEALED = "-----BEGIN PGP MESSAGE-----\n\nhIwDY32h\n-----END PGP MESSAGE-----\n"


@pytest.mark.parametrize(
    "data",
    [
        message(SEALED),
        message("MIAGCSqG", "application/pkcs7-mime; smime-type=enveloped-data"),
        f"{HEAD}{parts('encrypted', PLAIN)}".encode(),
    ],
)
def test_an_encrypted_mail_is_named(data: bytes) -> None:
    with pytest.raises(ArticleError, match="encrypted") as caught:
        read(data)
    assert not isinstance(caught.value, NotAnArticleError)


@pytest.mark.parametrize("data", [message(""), mixed(PICTURE), message("x", "image/png")])
def test_a_mail_without_text_is_no_article(data: bytes) -> None:
    with pytest.raises(NotAnArticleError, match="without text"):
        read(data)


def test_an_empty_file_is_empty() -> None:
    with pytest.raises(EmptyFileError):
        read(b" \n")


FORWARDED = f"Content-Type: message/rfc822\n\n{message('It is the gutter.').decode()}"


def test_forwarded_mails_are_articles_of_their_own() -> None:
    (articles, _) = read(mixed(PLAIN, FORWARDED.replace("The roof", "Gutter"), FORWARDED))
    assert [one.title for one in articles] == ["The roof", "Gutter", "The roof"]
    assert [one.source for one in articles] == ["a.eml#1", "a.eml#2", "a.eml#3"]
    ((only,), _) = read(mixed(FORWARDED))
    assert (only.text, only.source) == ("From: Anna Holm\n\nIt is the gutter.", "a.eml")


def test_a_digest_gives_its_mails() -> None:
    inside = [f"\nSubject: Part {number}\n\nText {number}." for number in (1, 2)]
    (articles, _) = read(f"{HEAD}{parts('digest', *inside)}".encode())
    assert [(one.title, one.text) for one in articles] == [
        ("Part 1", "Text 1."),
        ("Part 2", "Text 2."),
    ]


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(ArticleError, match="nested too deeply"):
        read(b"Content-Type: message/rfc822\n\n" * 5_000 + b"x")


def test_apple_mail_frames_a_message() -> None:
    data = message("The roof leaks.")
    assert text(b"%d   \n%s<?xml version='1.0'?><plist/>" % (len(data), data)) == "The roof leaks."


@pytest.mark.parametrize(
    ("body", "blocks"),
    [
        ("One.\ntwo\n\n\nThree.", ["One.\ntwo", "Three."]),
        ("I agree.\n> It leaks\n> badly.\n>\n> Come.", ["I agree.", "It leaks\nbadly.", "Come."]),
        (
            "Yes.\n\nOn Monday Bo\nwrote:\n> > First?\n> Second.\nNo.",
            ["Yes.", "On Monday Bo\nwrote:", "First?", "Second.", "No."],
        ),
        ("Come.\n-- \nAnna Holm\nRoofs Ltd", ["Come."]),
        ("Come.\n--\nAnna", ["Come."]),
        ("Come.\n-- \nAnna\n\nBo skrev:\n> It leaks.", ["Come.", "Bo skrev:", "It leaks."]),
        ("> It leaks.\n> -- \n> Bo\nYes.", ["It leaks.", "Yes."]),
        (
            "Come.\n-- \nAnna\n\n----- Ursprüngliche Nachricht -----\nIt leaks.",
            ["Come.", "----- Ursprüngliche Nachricht -----\nIt leaks."],
        ),
        ("Part one.\n--\n" + "line\n" * 30, ["Part one.\n--\n" + "line\n" * 29 + "line"]),
    ],
)
def test_quotes_lose_their_marks_and_signatures_go(body: str, blocks: list[str]) -> None:
    assert list(paragraphs(body)) == blocks


MAILBOX = (
    "From anna@example.org Tue Mar  3 10:00:00 2015\nFrom: Anna\nSubject: First\n\n"
    "The roof leaks.\n\nFrom here it drips.\n>From the attic too.\n\n"
    "From - Wed Mar  4 10:00:00 2015\nFrom: Bo\nSubject: Second\n\nI come at noon.\n\n"
    f"From anna@example.org Thu Mar  5 10:00:00 2015\nFrom: Anna\nSubject: Third\n\n{SEALED}\n"
    "From anna@example.org Fri Mar  6 10:00:00 2015\nFrom: Anna\nSubject: Fourth\n\nThanks.\n"
)


def test_a_mailbox_holds_many_mails() -> None:
    (articles, reasons) = read(MAILBOX.encode(), "inbox.mbox")
    assert [one.title for one in articles] == ["First", "Second", "Fourth"]
    assert [one.source for one in articles] == [f"inbox.mbox#{number}" for number in (1, 2, 3)]
    assert articles[0].text == (
        "From: Anna\n\nThe roof leaks.\n\nFrom here it drips.\nFrom the attic too."
    )
    assert len(reasons) == 1
    assert "encrypted" in reasons[0]


def test_a_mailbox_from_windows_is_the_same() -> None:
    texts = [[one.text for one in read(data)[0]] for data in (
        MAILBOX.encode(), MAILBOX.replace("\n", "\r\n").encode()
    )]  # fmt: skip
    assert texts[0] == texts[1]


def test_a_mailbox_is_read_one_mail_at_a_time() -> None:
    """The stream never ends, so it must not be read to its end first."""

    class Endless(io.RawIOBase):
        def __init__(self) -> None:
            self.lines = self.forever()

        @staticmethod
        def forever() -> Iterator[bytes]:
            while True:
                yield from MAILBOX.encode().splitlines(keepends=True)

        def readline(self, size: int | None = -1, /) -> bytes:
            return next(self.lines)

    found = mail.read_stream("inbox.mbox", Endless())  # type: ignore[arg-type]
    titles = [one.article.title for _ in range(5) if isinstance(one := next(found), ReadArticle)]
    assert titles == ["First", "Second", "Fourth", "First"]


def test_a_huge_mail_is_cut_after_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "MESSAGE_BYTES", 2_000)
    long = PICTURE + "A" * 76 + "\n" + ("A" * 76 + "\n") * 1_000
    data = b"From a 10:00\n" + mixed(PLAIN, long) + MAILBOX.encode()
    (articles, _) = read(data, "inbox.mbox")
    assert [one.title for one in articles] == ["The roof", "First", "Second", "Fourth"]


def test_a_bad_mail_in_a_mailbox_is_a_problem_and_the_rest_is_read() -> None:
    deep = "Content-Type: message/rfc822\n\n" * 5_000
    data = f"From a Tue 10:00\n{deep}\n{MAILBOX}".encode()
    found = list(mail.read("inbox.mbox", data))
    assert isinstance(found[0], Problem)
    assert (found[0].source, found[0].quiet) == ("inbox.mbox#1", False)
    assert [one.record for one in found if isinstance(one, ReadArticle)] == [2, 3, 4]


def test_a_mailbox_without_text_is_no_article() -> None:
    with pytest.raises(NotAnArticleError, match="mailbox"):
        read(b"From a Tue 10:00\nSubject: x\n\n")


@pytest.mark.parametrize(
    ("head", "is_mail"),
    [
        (message("x"), True),
        (b"X-A: 1\r\n 2\r\nReceived: from a\r\n", True),
        (MAILBOX.encode(), True),
        (b"Title: Roof\nDate: 2015-03-03\n\nMIME-Version: no header.", False),
        (b"X: y\n" * 2_000, False),
    ],
)
def test_mail_is_known_by_its_beginning(head: bytes, is_mail: bool) -> None:
    found = format_of("", head[:HEAD_BYTES])
    assert (found is not None and found.module == "mail") is is_mail


def test_a_saved_page_may_begin_like_a_mail() -> None:
    found = format_of(".mht", message("x", "multipart/related"))
    assert found
    assert found.module == "mhtml"


def test_many_attachments_do_not_end_a_mailbox() -> None:
    data = b"From a Tue 10:00\n" + mixed(PLAIN, *[PICTURE] * 1_100) + MAILBOX.encode()
    found = list(read_bytes("inbox.mbox", data))
    assert [one.record for one in found if isinstance(one, ReadArticle)] == [1, 2, 3, 4]


# Attached files

REPORT = (
    b"The quay sank by four centimetres in the winter of 1987, and a second wall was built. " * 2
)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return a ZIP archive of files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def whole(data: bytes, name: str = "a.eml") -> tuple[list[Article], list[Problem]]:
    """Return the articles of a file, attached ones among them, and the problems."""
    found = list(read_bytes(name, data))
    return (
        [one.article for one in found if isinstance(one, ReadArticle)],
        [one for one in found if isinstance(one, Problem)],
    )


def test_an_attached_file_is_an_article_with_the_day_of_its_mail() -> None:
    (letter, report), problems = whole(mixed(PLAIN, attachment("report.txt", REPORT)))
    assert (letter.source, letter.text) == ("a.eml", "From: Anna Holm\n\nThe roof leaks.")
    assert (report.source, report.text) == ("a.eml/report.txt", REPORT.decode())
    assert (report.published, report.dated, report.is_date_guess) == (
        date(2015, 3, 3),
        "mail it came with",
        True,
    )
    assert not problems


def test_an_attached_file_keeps_its_own_day() -> None:
    dated = b"---\ndate: 1988-02-01\n---\n" + REPORT
    (_, report), _ = whole(mixed(PLAIN, attachment("report.md", dated)))
    assert (report.published, report.dated) == (date(1988, 2, 1), "front matter")


@pytest.mark.parametrize(
    ("part", "source"),
    [
        (attachment("page.html", b"<html><body><p>" + REPORT + b"</p></body></html>"), "page.html"),
        (attachment("quay", REPORT, "text/plain"), "quay.txt"),
        (attachment("=?utf-8?q?K=C3=A5j.txt?=", REPORT), "Kåj.txt"),
        (attachment("../../etc/quay.txt", REPORT), "quay.txt"),
        (attachment("old.zip", zipped({"1987/quay.txt": REPORT})), "old.zip/1987/quay.txt"),
        (attachment("fwd.eml", message(REPORT.decode())), "fwd.eml"),
        (
            "Content-Type: message/rfc822; name=fwd.eml\nContent-Transfer-Encoding: base64\n\n"
            + base64.b64encode(message(REPORT.decode())).decode(),
            "fwd.eml",
        ),
    ],
)
def test_attached_files_of_many_kinds(part: str, source: str) -> None:
    (_, one), problems = whole(mixed(PLAIN, part))
    assert "The quay sank by four centimetres" in one.text
    assert (one.source, problems) == (f"a.eml/{source}", [])


def test_an_attached_text_is_in_the_charset_that_is_stated() -> None:
    russian = "Причал просел на четыре сантиметра зимой 1987 года. " * 3
    part = attachment("a.txt", russian.encode("koi8-r"), "text/plain; charset=koi8-r")
    (_, one), _ = whole(mixed(PLAIN, part))
    assert one.text == russian


def test_files_of_one_name_are_told_apart() -> None:
    parts_ = [attachment("a.txt", REPORT + bytes([digit])) for digit in b"12"]
    (_, *both), _ = whole(mixed(PLAIN, *parts_))
    assert [one.source for one in both] == ["a.eml/a.txt", "a.eml/a (2).txt"]


@pytest.mark.parametrize(
    "part",
    [
        attachment("scan.png", b"\x89PNG", "image/png"),
        attachment("meeting.ics", REPORT, "text/calendar"),
        attachment("anna.vcf", REPORT, "text/x-vcard"),
        attachment("signature.asc", REPORT),
        attachment("footer.txt", b"Sent from my telephone.", "text/plain"),
        attachment("run.exe", b"MZ\0\0" + REPORT),
    ],
)
def test_other_attachments_are_counted(part: str) -> None:
    (letter,), (problem,) = whole(mixed(PLAIN, part))
    assert letter.source == "a.eml"
    assert problem.quiet


def test_a_damaged_attachment_is_named_and_the_mail_remains() -> None:
    (letter,), (problem,) = whole(mixed(PLAIN, attachment("bill.pdf", b"%PDF-1.7 cut short")))
    assert letter.title == "The roof"
    assert (problem.source, problem.quiet, problem.cut_short) == ("a.eml/bill.pdf", False, False)


def test_a_mail_that_is_only_its_attachment() -> None:
    (report,), (problem,) = whole(
        mixed("Content-Type: text/plain\n\n ", attachment("a.txt", REPORT))
    )
    assert (report.source, report.published) == ("a.eml/a.txt", date(2015, 3, 3))
    assert problem.quiet


def test_attachments_in_a_mailbox_have_the_number_of_their_mail() -> None:
    data = MAILBOX.encode() + b"From a Tue 10:00\n" + mixed(PLAIN, attachment("a.txt", REPORT))
    articles, _ = whole(data, "inbox.mbox")
    assert [one.source for one in articles[-2:]] == ["inbox.mbox#4", "inbox.mbox/4/a.txt"]


def test_mails_attached_to_mails_are_read_to_a_depth() -> None:
    data = message(REPORT.decode())
    for _ in range(6):
        data = mixed(PLAIN, attachment("in.eml", data))
    articles, (problem,) = whole(data)
    assert len(articles) == 5
    assert (problem.source, problem.quiet) == ("a.eml" + "/in.eml" * 5, False)


def test_an_archive_attached_to_a_mail_in_an_archive_is_not_opened() -> None:
    inner = mixed(PLAIN, attachment("old.zip", zipped({"quay.txt": REPORT})))
    (letter,), (problem,) = whole(zipped({"a.eml": inner}), "mails.zip")
    assert letter.source == "mails.zip/a.eml"
    assert (problem.source, problem.reason) == (
        "mails.zip/a.eml/old.zip",
        "an archive inside others",
    )


def test_of_many_damaged_attachments_the_first_are_named() -> None:
    bad = attachment("bill.pdf", b"%PDF-1.7 cut short")
    data = b"From a Tue 10:00\n" + mixed(PLAIN, *[bad] * 105) + MAILBOX.encode()
    articles, problems = whole(data, "inbox.mbox")
    assert len(articles) == 4
    assert sum(not one.quiet for one in problems) == 100


def test_attachments_of_a_mail_without_text_have_its_number() -> None:
    scan = b"From a Tue 10:00\n" + mixed(attachment("scan.txt", REPORT)) + b"\n"
    both = b"From a Tue 10:00\n" + mixed(PLAIN, attachment("scan.txt", REPORT)) + b"\n"
    articles, _ = whole(scan + both + scan, "inbox.mbox")
    assert [one.source for one in articles] == [
        *("inbox.mbox/1/scan.txt", "inbox.mbox#2", "inbox.mbox/2/scan.txt"),
        "inbox.mbox/3/scan.txt",
    ]


def test_attachments_of_a_mail_that_is_cut_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "MESSAGE_BYTES", 1_000)
    table = attachment("rows.csv", b"title,text\n" + b"Quay,The quay sank.\n" * 100)
    data = b"From a Tue 10:00\n" + mixed(PLAIN, table) + MAILBOX.encode()
    articles, (problem, *_) = whole(data, "inbox.mbox")
    assert [one.title for one in articles] == ["The roof", "First", "Second", "Fourth"]
    assert (problem.source, problem.quiet) == ("inbox.mbox/1/rows.csv", False)


def test_many_files_of_one_name_are_told_apart_at_once() -> None:
    files = [Member("a.txt", b"")] * 100_000
    names = [one.name for one in mail_parts.attached(files, "", None)]
    assert (names[-1], len(set(names))) == ("a (100000).txt", 100_000)


def test_a_file_may_already_have_the_name_of_a_second_one() -> None:
    files = [Member(name, b"") for name in ("a (2).txt", "a.txt", "a.txt", "a (2).txt")]
    names = [one.name for one in mail_parts.attached(files, "", None)]
    assert names == ["a (2).txt", "a.txt", "a (3).txt", "a (2) (2).txt"]


def test_the_name_of_a_file_is_limited_and_keeps_its_suffix() -> None:
    (_, one), _ = whole(mixed(PLAIN, attachment("x" * 5_000 + ".txt", REPORT)))
    assert one.source == "a.eml/" + "x" * 196 + ".txt"
