"""Serves every sample page as the product would, policy included: python tests/unit/heads/preview.py [port]."""

import mimetypes
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: E402

from app.core.label import EN, ZH  # noqa: E402
from app.heads import pages as p  # noqa: E402
from tests.unit.heads import samples  # noqa: E402

POLICY = (
    "default-src 'none'; script-src 'nonce-r4nd0m' 'strict-dynamic'; style-src 'self' 'nonce-r4nd0m'; "
    "style-src-attr 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
)


def environment() -> Environment:
    """Templates as the product sets them up."""
    return Environment(
        loader=FileSystemLoader(ROOT / "app" / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


class Preview(BaseHTTPRequestHandler):
    """Answers /zh/<sample>, /en/<sample>, the lookups they ask for, and static files."""

    env = environment()

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        file = (ROOT / "app" / path.lstrip("/")).resolve()
        if path.startswith("/static/") and file.is_file() and ROOT in file.parents:
            return self.answer(file.read_bytes(), mimetypes.guess_type(file.name)[0] or "text/plain")
        locale = EN if path.startswith("/en") or "/en/" in self.headers.get("Referer", "") else ZH
        name = path.rsplit("/", 1)[-1]
        if name in ("lookup", "condition", "progress"):
            name = f"part_{name}"
        found = samples.pages(locale) | samples.parts(locale)
        if name not in found:
            links = "".join(f'<li><a href="/zh/{one}">{one}</a> <a href="/en/{one}">en</a>' for one in found)
            return self.answer(f"<ul>{links}</ul>".encode(), "text/html; charset=utf-8")
        page = found[name]
        html = self.env.get_template(page.template).render(p.context(page))
        return self.answer(html.encode(), "text/html; charset=utf-8")

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length", 0))
        self.rfile.read(size)
        self.path = "/zh/part_value"
        self.do_GET()

    def answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 8765), Preview).serve_forever()
