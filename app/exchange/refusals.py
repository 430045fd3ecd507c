"""Why a file cannot be read, in words that say what to do about it."""

from collections.abc import Mapping
from types import MappingProxyType

from app.core.errors import Refusal
from app.core.label import Label


class Unreadable(Refusal):
    """A file that cannot be taken as a table; `code` is one of WORDS."""

    status = 422
    code = "unreadable"


WORDS: Mapping[str, Label] = MappingProxyType(
    {
        "empty": Label("文件是空的，请检查后重新上传。", "The file is empty; check it and upload it again."),
        "binary": Label(
            "这不是表格文件。请上传 CSV、TXT 或 XLSX 文件。", "This is not a table. Upload a CSV, TXT or XLSX file."
        ),
        "nul": Label(
            "第 {line} 行含有空字符（NUL），文件可能已损坏。请重新导出后再上传。",
            "Line {line} holds a NUL character; the file may be damaged. Export it again.",
        ),
        "encoding": Label(
            "无法识别文字编码（第 {line} 行附近有不合规的字节）。请另存为 UTF-8 或 GB18030 编码后再上传。",
            "The text encoding is not recognised (bad bytes near line {line}). Save the file as UTF-8 or GB18030.",
        ),
        "line_too_long": Label(
            "第 {line} 行太长，不像表格。请检查换行符或重新导出。",
            "Line {line} is too long for a table. Check the line breaks or export the file again.",
        ),
        "quote": Label(
            "第 {line} 行有一个引号没有成对，其后的内容无法可靠读取。请补上或删去这个引号后再上传。",
            "Line {line} has a quote without its partner, so what follows cannot be read. Add or remove the quote.",
        ),
        "cell_too_long": Label(
            "第 {line} 行有一格超过 {most} 个字符，请缩短后再上传。",
            "A cell in line {line} is longer than {most} characters; shorten it.",
        ),
        "columns": Label(
            "第 {line} 行有 {found} 列，最多 {most} 列。请检查分隔符，或删去多余的列。",
            "Line {line} has {found} columns; at most {most} are read. Check the separator or remove columns.",
        ),
        "no_table": Label(
            "文件里没有找到表格内容。请确认数据在第一张可见的工作表里，并且有表头。",
            "No table was found in the file. Make sure it has a heading row and data.",
        ),
        "no_sheet": Label("工作簿里没有名为“{sheet}”的工作表。", "The workbook has no sheet named “{sheet}”."),
        "html": Label(
            "这个文件其实是网页表格。请用 Excel 或 WPS 打开，另存为 XLSX 后再上传。",
            "This file is really a web page. Open it in a spreadsheet program and save it as XLSX.",
        ),
        "workbook_kind": Label(
            "不支持这种工作簿格式。请另存为 XLSX 或 CSV 后再上传。",
            "This kind of workbook is not supported. Save it as XLSX or CSV.",
        ),
        "encrypted": Label(
            "工作簿设有密码。请去掉打开密码后再上传。",
            "The workbook is protected by a password. Remove it and upload again.",
        ),
        "broken": Label(
            "工作簿已损坏，无法打开。请在 Excel 或 WPS 中修复并另存后再上传。",
            "The workbook is damaged and cannot be opened. Repair it in a spreadsheet program and save it again.",
        ),
        "unsafe": Label(
            "工作簿内部的结构不安全，已拒绝读取。请另存为新的 XLSX 后再上传。",
            "The workbook's inner structure is unsafe and was refused. Save it as a new XLSX file.",
        ),
        "bomb": Label(
            "工作簿解压后过大（最多 {most} MB、{ratio} 倍），已拒绝读取。请拆分，或改用 CSV。",
            "The workbook unpacks to too much (at most {most} MB, {ratio} times its size). Split it or use CSV.",
        ),
        "too_many_rows": Label(
            "工作表超过 {most} 行。请拆分文件、删去表格下方的多余内容，或改用 CSV。",
            "The sheet has more than {most} rows. Split it, remove stray content below the table, or use CSV.",
        ),
        "too_large": Label(
            "工作簿展开后占用太多内存，已停止读取。请拆分，或改用 CSV。",
            "The workbook needs too much memory and was stopped. Split it or use CSV.",
        ),
        "too_slow": Label(
            "读取工作簿超过 {most} 秒，已停止。请拆分，或改用 CSV。",
            "Reading the workbook took more than {most} seconds and was stopped. Split it or use CSV.",
        ),
    }
)


def unreadable(code: str, **values: object) -> Unreadable:
    """The refusal of that code, its words filled with `values`."""
    return Unreadable(WORDS[code].format(**values), code)
