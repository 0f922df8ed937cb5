"""Tells by its first bytes what a file is that holds no text table, and which step makes one of it."""

from __future__ import annotations

import codecs
import re
import zlib

_SAVE = "save the table as CSV or Parquet with the program that wrote it"
_SHEET = "save the sheet as CSV"
_FRAME = "write the table as CSV or Parquet"
_PICKLE = f"a Python pickle, which is not safe to open; {_FRAME}"
_STATA = f"a Stata file; {_FRAME}, as with pandas.read_stata(FILE).to_csv(...)"
_R = f"an R file; {_FRAME}, as with R's write.csv(x, FILE, row.names = FALSE)"
_SPSS = f"an SPSS file; {_SAVE}"
_SVM = "sklearn.datasets.load_svmlight_file"
_UNPACK = "unpack it first, as with {} FILE"
_MARKS: tuple[tuple[bytes, str], ...] = (
    (b"BZh91AY&SY", "compressed with bzip2; " + _UNPACK.format("bunzip2 -k")),
    (b"\xfd7zXZ\0", "compressed with xz; " + _UNPACK.format("unxz -k")),
    (b"\x28\xb5\x2f\xfd", "compressed with Zstandard; " + _UNPACK.format("unzstd")),
    (b"\x04\x22\x4d\x18", "compressed with LZ4; " + _UNPACK.format("unlz4")),
    (b"\x1f\x9d", "compressed with compress; " + _UNPACK.format("gunzip")),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it and name the table in it"),
    (b"Rar!\x1a", "a rar archive; unpack it and name the table in it"),
    (b"ARROW1\0\0", f"an Arrow (Feather) file; {_FRAME}, as with pandas.read_feather(FILE).to_parquet(...)"),
    (b"FEA1\0\0\0\0", f"a Feather file; {_FRAME}, as with pandas.read_feather(FILE).to_parquet(...)"),
    (b"\xff\xff\xff\xff", f"an Arrow stream; {_FRAME}"),
    (b"Obj\x01", f"an Avro file; {_FRAME}"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", f"an old Excel file (.xls); {_SHEET}"),
    (b"\x89HDF\r\n\x1a\n", f"an HDF5 file (or MATLAB's, or netCDF); {_FRAME}"),
    (b"CDF\x01", f"a netCDF file; {_FRAME}"),
    (b"MATLAB 5.0 MAT-file", f"a MATLAB file; {_FRAME}, as with MATLAB's writetable"),
    (b"\x93NUMPY", f"a NumPy array; {_FRAME}, or give the array to SeleniteClassifier in Python"),
    *((mark, _R) for mark in (b"RDX2\n", b"RDX3\n", b"RDA2\n", b"RDA3\n", b"X\n\0\0\0")),
    (b"<stata_dta>", _STATA),
    (b"$FL2", _SPSS),
    (b"$FL3", _SPSS),
    (b"HEADER RECORD*******", f"a SAS transport file; {_SAVE}"),
    (b"\0" * 12 + b"\xc2\xea\x81\x60", f"a SAS file; {_SAVE}"),
    (b"SQLite format", "a database; export the table as CSV"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF89a", "a picture"),
    (b"%PDF-", "a PDF document"),
    (b"{\\rtf", "a text document (RTF); save the table as CSV"),
    (b"version https://git-lfs", "the place holder that Git LFS left for a file; fetch it with git lfs pull"),
)
_IN_ZIP = (
    (b"opendocument", f"an OpenDocument file, and no spreadsheet (.ods); {_SHEET}"),
    (b"[Content_Types].xml", f"an Excel file (.xlsx); {_SHEET}"),
    (b"xl/", f"an Excel file (.xlsx); {_SHEET}"),
    (b"Index/", f"a Numbers file; {_SHEET}"),
    (b".npy", f"NumPy arrays (.npz); {_FRAME}, or give the arrays to SeleniteClassifier in Python"),
)
_PATTERNS = (  # of text, behind blanks
    (
        rb"(?i)<(!doctype\s+)?html|<table|<!--",
        "a web page (HTML); was it saved in place of the file? Save the table as CSV",
    ),
    (rb"(?i)<\?xml", "an XML document; save the table as CSV"),
    (rb"[^\n]*\|[^\n]*\r?\n[ \t]*[|:+-][ \t|:+-]*--[ \t|:+-]*\r?\n", f"a typeset table (Markdown); {_FRAME}"),
    (
        rb"[+-]?[\d.]+( \d+:[+-]?\d\S*)+\s*\n",
        f"SVMlight (LIBSVM) data; give SeleniteClassifier in Python what {_SVM} reads",
    ),
    (rb"(?i)(%[^\n]*\n\s*)*@relation\b", f"an ARFF file; {_FRAME}, as with scipy.io.arff.loadarff"),
)
_NULS = 0.4  # share of NUL bytes at even or at odd places from which on text is taken for UTF-16
_HIGH, _FEWEST_LETTERS = 0.3, 20  # from this share of bytes beyond ASCII on, text is in another alphabet than ours


def what_it_is(start: bytes, on_disk: bool = True) -> str:
    """Return what begins with these bytes, if it is plainly no table of text, and what to do; "" otherwise.

    >>> what_it_is(b"BZh91AY&SY")
    'compressed with bzip2; unpack it first, as with bunzip2 -k FILE'
    """
    if start.startswith(b"\x1f\x8b"):
        inner = what_it_is(_unzipped(start))
        return inner or f"compressed with gzip; {'name it .csv.gz' if on_disk else _UNPACK.format('gunzip -c')}"
    if start.startswith(b"PK\x03\x04"):
        inside = (what for mark, what in _IN_ZIP if mark in start[:4096])
        return next(inside, f"a zip archive or an Excel file; unpack it, or {_SHEET}")
    if start.startswith(b"PAR1\x15"):
        return f"a Parquet file; {'name it .parquet' if on_disk else 'save it under a name that ends in .parquet'}"
    for mark, what in _MARKS:
        if start.startswith(mark):
            return what
    if re.match(rb"\x80[\x02-\x05]", start):
        return _PICKLE
    if re.match(rb"[\x69-\x73][\x01\x02]\x01\0", start):
        return _STATA
    if start[8:12] == b"DUCK":
        return "a DuckDB database; export the table as CSV or Parquet"
    if start[4:8] == b"\0\0\0\0" and start[8:10] == b'{"':
        return "a model file; selenite predict takes it, a table behind it"
    if re.match(rb"(?s)ORC.{,20}[\0-\x08\x0e-\x1f]", start):
        return f"an ORC file; {_FRAME}, as with pandas.read_orc(FILE).to_parquet(...)"
    text = start.removeprefix(codecs.BOM_UTF8).lstrip()
    return next((what for pattern, what in _PATTERNS if re.match(pattern, text)), "")


def wide_encoding(start: bytes) -> str:
    """Return the encoding of two or four bytes a letter that bytes are written in, or "".

    >>> wide_encoding("a,b\\n1,2\\n".encode("utf-16-be")), wide_encoding(b"a,b\\n1,2\\n")
    ('utf-16-be', '')
    """
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    start = start[:4096]
    quarters = [start[first::4].count(0) > _NULS * len(start) / 4 for first in range(4)]
    if sum(quarters) == 3:
        return "utf-32-be" if quarters[0] else "utf-32-le"
    even, odd = (start[first::2].count(0) / max(len(start) // 2, 1) for first in (0, 1))
    if max(even, odd) < _NULS or min(even, odd) > _NULS / 2:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def encoding_advice(text: bytes, is_utf_8: bool = True) -> tuple[str, str]:
    """Say what would help with bytes that are not in the encoding expected, UTF-8 or another one; name the likeliest.

    >>> encoding_advice("a,b\\n1,caf\\xe9\\n".encode("latin-1"))
    ('Add --encoding latin-1 (or the encoding it was written in)', 'latin-1')
    """
    if text.translate(None, bytes(range(9)) + bytes(range(14, 26)) + b"\x1c\x1d\x1e\x1f") != text:
        return "It holds control characters, too, and is no text. Write the table as CSV or Parquet", ""
    if not is_utf_8:
        return "Add the --encoding it was written in", ""
    others, n_of_utf_8 = re.subn(
        rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}", b"", text
    )
    if len(re.findall(rb"[\x80-\xff]", others)) <= n_of_utf_8:
        return "Other letters near are UTF-8: was the file put together from two encodings? Write all of it in one", ""
    letters = len(re.findall(rb"[A-Za-z\x80-\xff]", text))
    if letters >= _FEWEST_LETTERS and len(re.findall(rb"[\x80-\xff]", text)) > _HIGH * letters:
        return "Add the --encoding it was written in, such as cp1251, gb18030 or shift_jis", ""
    likely = "cp1252" if re.search(rb"[\x80-\x9f]", text) else "latin-1"
    return f"Add --encoding {likely} (or the encoding it was written in)", likely


def _unzipped(start: bytes) -> bytes:
    try:
        return zlib.decompressobj(31).decompress(start, 4096)
    except zlib.error:
        return b""
