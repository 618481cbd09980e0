"""What a reader refuses. Doubts it can live with are `imported.Doubt`, not errors."""

from cfp.errors import CfpError


class FormatError(CfpError, ValueError):
    """A file or a stored program that cannot be read.

    Keys: `format.bytes` (offset, byte), `format.size` (limit), `format.empty`, `format.unknown`
    (format), `format.json` (reason), `format.version` (found, known), `format.field` (path,
    expected), `format.columns` (missing), `format.csv` (reason), `format.submissions` (none found),
    `format.anchor` (anchor: two talks share it), `format.order` (title: ends before it starts),
    `format.zone` (zone), `format.xml` (reason), `format.doctype`, `format.zip` (no workbook),
    `format.rows` (limit),
    `format.shape` (format: JSON or XML that holds something else), `format.pdf` (typst is not
    installed), `bounce.none`, `bounce.unnamed`. Of the command line's own tables and lists:
    `table.*`, `items.*`, in `cli/words.py`.
    """

    def __init__(self, key: str, line: int | None = None, **data: object) -> None:
        super().__init__(key, **data)
        self.line = line
