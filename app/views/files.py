"""Files of records on their way out, and how much may come in."""

from contextlib import suppress

import structlog
from flask import Blueprint, Flask, Response, g, request, send_file
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import RequestEntityTooLarge

from app.core.errors import NotFound
from app.core.label import Label
from app.heads import door, errors
from app.heads.house import house
from app.records import files, read
from app.records.event import note
from app.records.shelf import megabytes

LOG = structlog.get_logger("forecourt.files")
MIB = 1024 * 1024
ADMINISTRATOR = "administrator"
SENDING = ("multipart/form-data", "application/octet-stream")
DRAINED = 64 * MIB  # of a body that is too large: a browser reads the answer only when it was allowed to finish
TOO_LARGE = Label(
    "上传的内容超过了 {limit} 的上限。请返回上一页，换一个较小的文件；您填写的内容还在。",
    "What was sent is larger than the limit of {limit}. Go back and choose a smaller file; what you typed is there.",
)
LOST = Label(
    "文件的内容不在服务器上，请联系管理员。", "The file's content is not on the server; tell an administrator."
)

downloads = Blueprint("files", __name__)


def install(app: Flask) -> None:
    """Registers the download, and the limits of uploads."""
    app.register_blueprint(downloads)
    app.before_request_funcs.setdefault(None, []).insert(0, widen)
    app.register_error_handler(RequestEntityTooLarge, too_large)


@downloads.get("/data/<entity>/<int:pk>/file/<field>")
@door.through_door
def download(entity: str, pk: int, field: str) -> Response:
    """The file a record holds: pictures inline, `?small=1` a small one, all others to be saved."""
    door.signed_in()
    context = door.context()
    found = context.entity(entity)
    g.entity = found
    record = read.get(context, found, pk)
    upload = files.held(context, found, record, field)
    if found.by_name[field].sealed:
        note(context.connection, "open", found, record=pk, store=record.store, details={"fields": [field]})
    return sent(upload, small=upload.picture and request.args.get("small") == "1")


def sent(upload: files.Upload, *, small: bool) -> Response:
    """The bytes, named as they came; the headers of every answer keep browsers from running them."""
    kept = house().shelf
    path = kept.small(upload.sha256) if small else kept.path(upload.sha256)
    if not path.is_file():
        LOG.error("upload_lost", upload=upload.id)
        raise NotFound(LOST)
    return send_file(
        path,
        mimetype="image/webp" if small else upload.media_type,
        as_attachment=not upload.picture,
        download_name=upload.name,
        etag=False,
    )


def widen() -> None:
    """Lets an administrator send more than others; asked only when a body is larger than theirs."""
    config = house().config
    if (request.content_length or 0) <= config.upload_limit_mb * MIB or request.mimetype not in SENDING:
        return
    with suppress(DBAPIError), door.opened():  # without a database the usual limit holds
        if ADMINISTRATOR in door.actor().roles:
            request.max_content_length = config.admin_upload_limit_mb * MIB


def too_large(_error: RequestEntityTooLarge) -> Response:
    """The limit in words, once the sender had his say."""
    limit = request.max_content_length or 0
    left = min(request.content_length or 0, DRAINED)
    with suppress(OSError):
        while left > 0 and (piece := request.environ["wsgi.input"].read(min(left, MIB))):
            left -= len(piece)
    large = (request.content_length or 0) > limit
    label = TOO_LARGE.format(limit=megabytes(limit)) if large else errors.WORDS[413]
    return errors.answer(413, label, "http_413")
