"""Attacks the chat in a browser, which must serve only this machine and only with the token.

A real ``qa chat --web`` gets hand-made requests with other hosts, origins, tokens and cookies, for
the page, the websocket and everything else that it serves. What the page loads is compared with its
Content-Security-Policy. Control sequences in requests must not reach the server's terminal.
"""

import http.client
import os
import random
import re
import shutil
import signal
import socket
import string
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

from tests.hardening.tally import Tally, timed
from tests.hardening.terminal import Screen, obeyed

SHORT = 40
"""Random requests in the short run, in addition to the fixed ones."""
LONG = 2_000
"""Random requests in the long run."""

ADDRESS = "127.0.0.1"
"""The only address that it may listen on."""
STARTING_SECONDS = 60.0
"""How long the server may take to print its address."""
REPLY_SECONDS = 20.0
"""How long a reply may take."""
FORBIDDEN = 403
NO_REPLY = -1
"""Stands for a status if there was no reply."""

HOSTILE = "\x9d52;c;T1dORUQ=\x9c\x9b31m\u202eevil".encode()
"""Text that a terminal obeys and a header may contain."""

_TOLD = re.compile(rb"http://127\.0\.0\.1:\d+/\?token=([\w-]+)")
_OF_LOG = re.compile(rb"\x1b\[[0-9;]*m")
"""The colours of the server's own lines."""
_IN_STYLE = re.compile(r"""(?:url\(\s*|@import\s+)["']?([^"')\s]+)""")

Headers = Mapping[str, str | bytes]


@dataclass(frozen=True, slots=True)
class Reply:
    """The reply to a request."""

    status: int
    """The status; 0 if the connection was closed without a reply."""
    headers: Mapping[str, str]
    """The headers, by name in lower case."""
    body: bytes
    """The body."""


class Site:
    """A running chat for browsers."""

    def __init__(self, work: Path, port: int) -> None:
        home = work / "home"
        home.mkdir(parents=True, exist_ok=True)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("QA_")}
        environment = kept | {"QA_HOME": str(home), "TERM": "xterm-256color"}
        command = [sys.executable, "-m", "qa", "chat", "--web", "--port", str(port)]
        self.screen = Screen(command, work, environment)
        """The server's terminal."""
        self.port = port
        self.own = f"{ADDRESS}:{port}"
        """Host and port."""
        if not self.screen.wait(STARTING_SECONDS, lambda raw: _TOLD.search(raw) is not None):
            raise RuntimeError(f"the server never began: {self.screen.raw[-500:]!r}")
        told = _TOLD.search(self.screen.raw)
        assert told is not None
        self.token = told[1].decode()
        self._is_closing = threading.Event()
        self._reading = threading.Thread(target=self._read)
        self._reading.start()

    def _read(self) -> None:
        """Read the server's output, as it blocks when its terminal is full."""
        while not self._is_closing.is_set():
            self.screen.wait(0.1)

    @property
    def cookie(self) -> str:
        """The cookie that opening the page sets."""
        return f"qa-{self.port}={self.token}"

    def get(self, target: str | bytes, headers: Headers, *, method: str = "GET") -> Reply:
        """Make a request with only these headers; ``target`` is sent unchanged."""
        path = target if isinstance(target, bytes) else target.encode()
        lines = [method.encode() + b" " + path + b" HTTP/1.1"]
        for name, value in headers.items():
            line = value if isinstance(value, bytes) else value.encode("latin-1")
            lines.append(name.encode() + b": " + line)
        with socket.create_connection((ADDRESS, self.port), REPLY_SECONDS) as connection:
            connection.sendall(b"\r\n".join([*lines, b"", b""]))
            reply = http.client.HTTPResponse(connection, method=method)
            try:
                reply.begin()
                found = {name.lower(): value for name, value in reply.getheaders()}
                body = b"" if reply.status == 101 else reply.read()
                return Reply(reply.status, found, body)
            except (http.client.HTTPException, ConnectionError):
                return Reply(0, {}, b"")
            except TimeoutError:
                return Reply(NO_REPLY, {}, b"")
            finally:
                reply.close()

    def page(self, headers: Headers, token: str | None = None) -> Reply:
        """Request the page and close the connection."""
        target = "/" if token is None else f"/?token={quote(token, errors='surrogateescape')}"
        return self.get(target, {**headers, "Connection": "close"})

    def socket(self, headers: Headers, query: str = "") -> Reply:
        """Open the websocket and close it at once."""
        key = {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13"}
        upgrade = {"Connection": "Upgrade", "Upgrade": "websocket"}
        return self.get(f"/ws{query}", {**headers, **upgrade, **key})

    def close(self) -> int | None:
        """Stop the server as Ctrl-C does; return its exit code."""
        self._is_closing.set()
        self._reading.join()
        with suppress(ProcessLookupError):
            os.kill(self.screen.pid, signal.SIGINT)
        return self.screen.end(STARTING_SECONDS)[0]


@contextmanager
def serving(work: Path) -> Iterator[Site]:
    """Run the chat during the block."""
    with socket.socket() as free:
        free.bind((ADDRESS, 0))
        port = free.getsockname()[1]
    site = Site(work, port)
    try:
        yield site
    finally:
        site.close()


# The page's policy


class _Loaded(HTMLParser):
    """Collects the URLs that a page loads, with the policy directive for each."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._is_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._is_style = tag == "style"
        kinds = {"script": "script-src", "img": "img-src", "iframe": "frame-src"}
        kinds |= {"object": "object-src", "embed": "object-src", "form": "form-action"}
        kinds |= {"link": "style-src", "base": "base-uri", "video": "media-src"}
        for name in ("src", "href", "data", "action", "srcset"):
            if values.get(name) and tag in kinds:
                self.found.append((kinds[tag], values[name]))
        for url in _IN_STYLE.findall(values.get("style", "")):
            self.found.append(("img-src", url))
        if url := values.get("data-session-websocket-url"):
            self.found.append(("connect-src", url))
        if url := values.get("data-pingurl"):
            self.found.append(("connect-src", url))

    def handle_data(self, data: str) -> None:
        if self._is_style:
            self.found += [("img-src", url) for url in _IN_STYLE.findall(data)]


def loaded_from_elsewhere(page: str, policy: str, own: str) -> list[str]:
    """Return what a page would load from elsewhere in spite of its policy."""
    parser = _Loaded()
    parser.feed(page)
    parser.close()
    return [
        f"{url} ({directive})"
        for directive, url in parser.found
        if urlsplit(urljoin(f"http://{own}/", url)).netloc not in ("", own)
        and is_allowed(directive, urljoin(f"http://{own}/", url), policy, own)
    ]


def is_allowed(directive: str, url: str, policy: str, own: str) -> bool:
    """Return whether a policy allows our own page to load a URL."""
    rules: dict[str, list[str]] = {}
    for rule in policy.split(";"):
        name, *sources = rule.split() or [""]
        rules.setdefault(name.lower(), sources)
    if directive not in rules and directive in ("form-action", "base-uri"):
        return True
    if directive not in rules and "default-src" not in rules:
        return True
    sources = rules.get(directive, rules.get("default-src", []))
    asked = urlsplit(url)
    for source in sources:
        if source == "'self'" and (asked.scheme, asked.netloc) == ("http", own):
            return True
        if source in ("*", f"{asked.scheme}:"):
            return True
        given = urlsplit(source if "://" in source else f"//{source}")
        if given.netloc and given.scheme in ("", asked.scheme):
            host, _, _ = given.netloc.partition(":")
            is_under = host.startswith("*.") and (asked.hostname or "").endswith(host[1:])
            if given.netloc == asked.netloc or is_under:
                return True
    return False


# Requests


def run(work: Path, count: int, seed: int) -> Tally:
    """Make all fixed requests and ``count`` random ones."""
    return timed(lambda: _run(work / f"seed-{seed}", count, seed))


def _run(work: Path, count: int, seed: int) -> Tally:
    tally = Tally("web")
    if find_spec("textual_serve") is None:
        tally.notes.append("skipped, as textual-serve is not installed")
        return tally
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    with serving(work) as site:
        _address(site, tally)
        _own_page(site, tally)
        _strangers(site, tally)
        _websocket(site, tally)
        _the_rest(site, tally)
        _by_chance(site, tally, count, random.Random(seed), seed)
        first_token = site.token
        time.sleep(1)
        said = obeyed(site.screen.raw, _OF_LOG)
        tally.count("terminal", f"the server's terminal was sent {said}" if said else "")
    with serving(work) as again:
        other = again.token != first_token
        refused = again.page({"Host": again.own}, first_token).status == FORBIDDEN
        tally.count("token", "" if other and refused else "the token of an earlier run still holds")
    return tally


def _address(site: Site, tally: Tally) -> None:
    """Check that the server listens only on loopback."""
    listening = listening_on(site.port)
    if listening is None:
        tally.notes.append("this system does not tell what is listened on")
    elif listening != {ADDRESS}:
        tally.count("address", f"it listens on {sorted(listening)}")
    else:
        tally.count("address")
    for other in sorted(_own_addresses() - {ADDRESS}):
        try:
            socket.create_connection((other, site.port), 2).close()
            tally.count("address", f"it can be reached on {other}")
        except OSError:
            tally.count("address")


def listening_on(port: int) -> set[str] | None:
    """Return the addresses that listen on a port; None if the system does not tell."""
    found = set()
    tables = [Path("/proc/net/tcp"), Path("/proc/net/tcp6")]
    if not tables[0].exists():
        return None
    for table in tables:
        for line in table.read_text().splitlines()[1:] if table.exists() else ():
            _, local, _, state, *_ = line.split()
            address, _, number = local.partition(":")
            if int(number, 16) == port and state == "0A":
                raw = bytes.fromhex(address)
                words = b"".join(raw[at : at + 4][::-1] for at in range(0, len(raw), 4))
                family = socket.AF_INET if len(words) == 4 else socket.AF_INET6
                found.add(socket.inet_ntop(family, words))
    return found


def _own_addresses() -> set[str]:
    """Return other addresses of this machine."""
    found = {"127.0.0.2", "::1"}
    with suppress(OSError):
        found |= {str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None)}
    return found


def _own_page(site: Site, tally: Tally) -> None:
    """Check that the page opens with token or cookie and loads nothing from elsewhere."""
    page = site.page({"Host": site.own}, site.token)
    tally.count("page", "" if page.status == 200 else f"it replied {page.status} to its token")
    cookie = page.headers.get("set-cookie", "")
    is_kept = {"httponly", "samesite=strict"} <= set(cookie.lower().replace(" ", "").split(";"))
    tally.count("page", "" if is_kept else f"its cookie is {cookie!r}")
    policy = page.headers.get("content-security-policy", "")
    elsewhere = loaded_from_elsewhere(page.body.decode(errors="replace"), policy, site.own)
    tally.count("page", f"it loads {', '.join(elsewhere)}" if elsewhere else "")
    for directive in ("script-src", "img-src", "connect-src", "frame-src", "object-src"):
        for url in ("https://evil.example/x", f"http://{ADDRESS}:1/x", "//evil.example/x"):
            full = urljoin(f"http://{site.own}/", url)
            allowed = is_allowed(directive, full, policy, site.own)
            tally.count("page", f"{directive} allows {url}" if allowed else "")
    if "'none'" not in policy.partition("frame-ancestors")[2].partition(";")[0]:
        tally.count("page", "another page may show it in a frame")
    again = site.page({"Host": site.own, "Cookie": site.cookie})
    tally.count("page", "" if again.status == 200 else f"it replied {again.status} to its cookie")


def _strangers(site: Site, tally: Tally) -> None:
    """Check that the page is refused for other hosts and tokens."""
    own = {"Host": site.own}
    for host in _other_hosts(site):
        _refused(tally, "host", host, site.page({"Host": host, "Cookie": site.cookie}, site.token))
    _refused(tally, "host", "none", site.page({"Cookie": site.cookie}, site.token))
    _refused(tally, "token", "none", site.page(own))
    for token in _other_tokens(site.token):
        _refused(tally, "token", token, site.page(own, token))
        cookie = f"qa-{site.port}={token}".encode("utf-8", "surrogateescape")
        if b"\0" not in cookie and b"\n" not in cookie:
            _refused(tally, "token", f"cookie {token}", site.page({**own, "Cookie": cookie}))
    for name in ("qa", "qa-", f"qa-{site.port + 1}", f"QA-{site.port}", "token"):
        refused = site.page({**own, "Cookie": f"{name}={site.token}"})
        _refused(tally, "token", f"cookie of the name {name}", refused)


def _websocket(site: Site, tally: Tally) -> None:
    """Check that the websocket opens only for our own page with its cookie."""
    own = {"Host": site.own, "Origin": f"http://{site.own}", "Cookie": site.cookie}
    for origin in _other_origins(site):
        _refused(tally, "websocket", f"origin {origin}", site.socket({**own, "Origin": origin}))
    for host in _other_hosts(site):
        _refused(tally, "websocket", f"host {host}", site.socket({**own, "Host": host}))
    for missing in own:
        rest = {name: value for name, value in own.items() if name != missing}
        _refused(tally, "websocket", f"no {missing}", site.socket(rest))
    for token in _other_tokens(site.token):
        cookie = f"qa-{site.port}={token}".encode("utf-8", "surrogateescape")
        if b"\0" not in cookie and b"\n" not in cookie:
            _refused(tally, "websocket", f"cookie {token}", site.socket({**own, "Cookie": cookie}))
    opened = site.socket(own)
    tally.count("websocket", "" if opened.status == 101 else f"it replied {opened.status} to us")


def _the_rest(site: Site, tally: Tally) -> None:
    """Check that other URLs give no private data and no files outside their folder."""
    own = {"Host": site.own, "Connection": "close"}
    for target in ("/download/x", "/download/..%2f..%2fetc%2fpasswd", "/api", "/ws/", "//"):
        reply = site.get(target, own)
        is_shut = reply.status in (0, 400, 403, 404, 405)
        tally.count("paths", "" if is_shut else f"{target}: it replied {reply.status}")
    for target in (
        "/static/../../../../../../etc/passwd",
        "/static/..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/static/%2e%2e/%2e%2e/server.py",
        "/static//etc/passwd",
        "/static/../server.py",
        "/static/css/%2e%2e/%2e%2e/app_service.py",
    ):
        reply = site.get(target, own)
        leaks = reply.status == 200 and (b"root:" in reply.body or b"import" in reply.body)
        tally.count("paths", f"{target}: it leaves its folder" if leaks else "")
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT"):
        reply = site.get("/", {**own, "Content-Length": "0"}, method=method)
        is_shut = reply.status in (0, 400, 403, 404, 405)
        tally.count("paths", "" if is_shut else f"{method}: it replied {reply.status}")
    for headers in ({"User-Agent": HOSTILE}, {"Referer": HOSTILE}, {"Cookie": HOSTILE}):
        _refused(tally, "terminal", f"{headers}", site.get("/", {**own, **headers}))
    for odd in (b"/" + HOSTILE, b"/" + quote(HOSTILE).encode(), b"/?" + HOSTILE):
        reply = site.get(odd, own)
        is_shut = reply.status in (0, 400, 403, 404)
        tally.count("terminal", "" if is_shut else f"{odd!r}: it replied {reply.status}")


def _by_chance(site: Site, tally: Tally, count: int, chance: random.Random, seed: int) -> None:
    """Check that requests with a wrong host, origin or token are refused."""
    tokens, hosts = _other_tokens(site.token), _other_hosts(site)
    for _ in range(count):
        wrong = chance.choice(("host", "origin", "token"))
        token = _mutated(site.token, chance) if wrong == "token" else site.token
        if wrong == "token" and chance.random() < 0.2:
            token = chance.choice(tokens)
        host = _mutated(site.own, chance) if wrong == "host" else site.own
        if wrong == "host" and chance.random() < 0.2:
            host = chance.choice(hosts)
        origin = f"http://{site.own}"
        if wrong == "origin":
            origin = _mutated(origin, chance)
        cookie = f"qa-{site.port}={token}".encode("utf-8", "surrogateescape")
        headers: dict[str, str | bytes] = {"Host": host.encode(), "Cookie": cookie}
        if wrong == "origin" or chance.random() < 0.5:
            reply = site.socket({**headers, "Origin": origin.encode()}, f"?token={site.token}")
        else:
            reply = site.page(headers, token)
        _refused(tally, "by chance", f"{wrong}: {headers}, {origin} (seed {seed})", reply)


def _refused(tally: Tally, kind: str, what: str, reply: Reply) -> None:
    """Count a request that must be refused as forbidden or malformed."""
    is_refused = reply.status in (0, 400, FORBIDDEN)
    fault = "" if is_refused else f"{what!r}: it replied {reply.status}"
    tally.count(kind, fault)


def _mutated(text: str, chance: random.Random) -> str:
    """Return a text with one or two changed characters that a header may contain."""
    changed = text
    while changed.strip() == text:
        at = chance.randrange(len(changed) + 1)
        letter = chance.choice(string.ascii_letters + string.digits + ":/.-_@%é")
        cut = chance.randrange(2)
        changed = changed[:at] + letter * chance.randrange(2) + changed[at + cut :]
    return changed


def _other_tokens(token: str) -> list[str]:
    """Return wrong tokens, some almost right."""
    last = "A" if token[-1] != "A" else "B"
    return [
        *("", "x", "None", "null", "0", "*", "%00", "\udcff", "\udced\udca0\udc80", "é", "ㅤ"),
        *(token[:-1], token[1:], token + "x", token[:-1] + last, token.swapcase(), token * 2),
        *(f"{token},", f'"{token}x"', f"{token}\0", f"\n{token}", "x" * 5_000),
    ]


def _other_hosts(site: Site) -> list[str]:
    """Return wrong hosts, some almost right."""
    port = site.port
    return [
        *("evil.example", f"evil.example:{port}", ADDRESS, f"{ADDRESS}:{port + 1}", "localhost"),
        *(f"localhost:{port}", f"[::1]:{port}", f"127.1:{port}", f"2130706433:{port}"),
        *(f"0.0.0.0:{port}", f"{site.own}.evil.example", f"evil.example@{site.own}", f"{port}"),
        *(f"http://{site.own}", f"{ADDRESS}:0{port}", f"{site.own}/", f"{site.own},evil.example"),
    ]


def _other_origins(site: Site) -> list[str]:
    """Return wrong origins, some almost right."""
    return [
        *("", "null", "*", "http://", "file://", site.own, f"https://{site.own}"),
        *(
            f"http://localhost:{site.port}",
            f"http://{ADDRESS}",
            f"http://{ADDRESS}:{site.port + 1}",
        ),
        *(f"http://{site.own}.evil.example", f"http://evil.example/{site.own}"),
        *(f"http://{site.own}@evil.example", f"http://{site.own}/", f"HTTP://{site.own}"),
        *(f"http://{site.own} http://evil.example", "http://evil.example", "moz-extension://x"),
    ]
