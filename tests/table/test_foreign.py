"""Files that are no text tables are refused by what they are, with the step that works, never with a wrong one."""

import bz2
import gzip
import io
import lzma
import pickle
import sys
import zipfile

import numpy as np
import pandas as pd
import pytest

from selenite.errors import TableError
from selenite.table import ReadOptions, read_table

FRAME = pd.DataFrame({"a": [1, 2, 3], "b": ["x", "y", "z"]})
CSV = b"a,b\n1,x\n2,y\n"


def written(write):
    """Return the bytes that a function writes to a file."""
    out = io.BytesIO()
    write(out)
    return out.getvalue()


def zipped(*names):
    def write(out):
        with zipfile.ZipFile(out, "w") as archive:
            for name in names:
                archive.writestr(name, "x")

    return written(write)


FOREIGN = {
    "bzip2": (bz2.compress(CSV), "compressed with bzip2; unpack it first, as with bunzip2 -k FILE"),
    "xz": (lzma.compress(CSV), "compressed with xz; unpack it first"),
    "zstd": (b"\x28\xb5\x2f\xfd\x04\x00", "compressed with Zstandard; unpack it first"),
    "gzip": (gzip.compress(CSV), "compressed with gzip"),
    "feather": (written(FRAME.to_feather), "Arrow (Feather) file"),
    "parquet": (written(FRAME.to_parquet), "a Parquet file; "),
    "orc": (written(FRAME.to_orc), "an ORC file"),
    "stata": (written(lambda out: FRAME.to_stata(out, write_index=False)), "a Stata file"),
    "stata 117": (written(lambda out: FRAME.to_stata(out, write_index=False, version=118)), "a Stata file"),
    "pickle": (pickle.dumps(FRAME), "a Python pickle, which is not safe to open"),
    "npy": (written(lambda out: np.save(out, np.eye(3))), "a NumPy array"),
    "npz": (written(lambda out: np.savez(out, a=np.eye(3))), "NumPy arrays (.npz)"),
    "xlsx": (zipped("[Content_Types].xml", "xl/workbook.xml"), "is no spreadsheet, or a damaged one"),
    "numbers": (zipped("Index/Document.iwa"), "a Numbers file; save the sheet as CSV"),
    "zip": (zipped("people.csv"), "a zip archive"),
    "odt": (b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.text", "an OpenDocument file, and no spreadsheet"),
    "ods": (b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "is no spreadsheet, or a damaged one"),
    "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "is no spreadsheet, or a damaged one"),
    "hdf5": (b"\x89HDF\r\n\x1a\n\0\0", "an HDF5 file"),
    "matlab": (b"MATLAB 5.0 MAT-file, Platform: GLNXA64" + b" " * 80 + b"\0\1IM", "a MATLAB file"),
    "rds": (gzip.compress(b"X\n\0\0\0\3\0\4"), "an R file"),
    "rdata": (gzip.compress(b"RDX3\nX\n\0\0\0\3"), "an R file"),
    "spss": (b"$FL2@(#) SPSS DATA FILE" + b"\0" * 9, "an SPSS file"),
    "sas": (b"\0" * 12 + b"\xc2\xea\x81\x60" + b"\0" * 99, "a SAS file"),
    "sas transport": (b"HEADER RECORD*******LIBRARY HEADER RECORD", "a SAS transport file"),
    "json of columns": (FRAME.to_json().encode(), "one JSON object of columns, and no rows: write one object a line"),
    "json, indented": (FRAME.to_json(indent=2).encode(), "write one object a line"),
    "json, split": (b'[[1, "x"],\n[2, "y"]]', "no object: write one object a line"),
    "html": (b"\n<!DOCTYPE html>\n<html><body>404</body>", "a web page (HTML)"),
    "html table": (FRAME.to_html().encode(), "a web page (HTML)"),
    "xml": (b'<?xml version="1.0"?><rows/>', "an XML document"),
    "arff": (b"% a comment\n@RELATION people\n@ATTRIBUTE a NUMERIC\n", "an ARFF file"),
    "git lfs": (b"version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 3\n", "git lfs pull"),
    "sqlite": (b"SQLite format 3\0", "a database"),
    "model": ((300).to_bytes(8, "little") + b'{"__metadata__":{}}', "a model file"),
    "utf-16-le": ("a,b\n1,é\n".encode("utf-16-le"), "Add --encoding utf-16-le"),
    "utf-16-be": ("a,b\n1,é\n".encode("utf-16-be"), "Add --encoding utf-16-be"),
    "utf-32-le": ("a,b\n1,é\n".encode("utf-32-le"), "Add --encoding utf-32-le"),
    "utf-32-be": ("a,b\n1,é\n".encode("utf-32-be"), "Add --encoding utf-32-be"),
    "rows as JSON": (b'[1,"u"]\n[2,"v"]\n', "is not JSON: Extra data at letter 9; write one object a line"),
    "HTML comment": (b"\n<!-- of May -->\n<table>", "a web page"),
    "Markdown": (b"| a | b |\n|---|--:|\n| 1 | 2 |\n", "a typeset table (Markdown)"),
    "psql": (b" a | b \n---+---\n 1 | 2 \n", "a typeset table"),
    "SVMlight": (b"1 1:0.5 4:2\n-1 3:1\n", "sklearn.datasets.load_svmlight_file"),
    "utf-32": ("a,b\n1,é\n".encode("utf-32"), "Add --encoding utf-32"),
}


@pytest.mark.parametrize("on_disk", [True, False])
@pytest.mark.parametrize("case", FOREIGN)
def test_files_that_are_no_text_are_refused_by_what_they_are(case, on_disk, tmp_path, monkeypatch):
    content, words = FOREIGN[case]
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    with pytest.raises(TableError) as error:
        read_table(path if on_disk else "-")
    assert words in str(error.value)
    assert "latin-1" not in str(error.value)
    assert ("name it" in str(error.value)) == (on_disk and case in ("gzip", "parquet"))


@pytest.mark.parametrize(
    ("text", "encoding", "words"),
    [
        ("a,b\n1,café\n", "latin-1", "Add --encoding latin-1"),
        ("a,b\n1,“café”\n", "cp1252", "Add --encoding cp1252"),
        ("a,b\n" + "1,Москва и область\n" * 9, "cp1251", "such as cp1251, gb18030 or shift_jis"),
    ],
)
def test_text_in_another_encoding_is_told_a_likely_one(text, encoding, words):
    with pytest.raises(TableError) as error:
        read_table(io.BytesIO(text.encode(encoding)))
    assert words in str(error.value)
    assert read_table(io.BytesIO(text.encode(encoding)), ReadOptions(encoding=encoding)).n_rows >= 1


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "cp1251", "shift_jis"])
def test_utf_8_read_as_another_encoding_is_refused(encoding):
    content = ("a,b\n" + "1,x\n" * 400_000 + "1,café\n").encode()
    with pytest.raises(TableError, match=f"written in UTF-8, not in {encoding}. Leave out --encoding"):
        read_table(io.BytesIO(content), ReadOptions(encoding=encoding))


def test_two_encodings_in_one_file_are_told():
    with pytest.raises(
        TableError, match="line 2: byte 0xFC is not utf-8. Other letters near are UTF-8: was the file put"
    ):
        read_table(io.BytesIO("city\nZürich\n".encode("latin-1") + "Köln\n".encode()))


def test_utf_16_cut_off_is_told():
    with pytest.raises(TableError, match="ends within a letter. Was the file cut off"):
        read_table(io.BytesIO("a,b\n1,2\n".encode("utf-16")[:-1]), ReadOptions(encoding="utf-16"))


def test_bytes_that_are_no_text_are_not_told_an_encoding():
    noise = np.random.default_rng(0).integers(1, 256, 3000).astype(np.uint8).tobytes()
    with pytest.raises(TableError, match="is no text"):
        read_table(io.BytesIO(b"a,b\n1,2\n" + noise))


def test_a_letter_cut_off_at_the_end_is_told():
    with pytest.raises(TableError, match="line 2 ends within a letter. Was the file cut off"):
        read_table(io.BytesIO("a,b\n1,é".encode()[:-1]))


@pytest.mark.parametrize("name", ["ORC", "CDF", "RDX", "PAR1", "MATLAB", "BZh", "Obj", "FEA1", "GIF", "PK", "version"])
def test_names_that_begin_as_foreign_files_do_are_read(name):
    assert read_table(io.BytesIO(f"{name},y\n1,2\n".encode())).names == (name, "y")
