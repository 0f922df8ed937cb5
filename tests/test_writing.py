"""Files are written whole or not at all; what a killed process left is removed, and nothing else."""

import errno
import os
import secrets
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from selenite.errors import SaveError
from selenite.writing import require_writable, write


def is_folder(descriptor):
    return stat.S_ISDIR(os.fstat(descriptor).st_mode)


def test_writing_syncs_the_file_renames_then_syncs_the_folder(tmp_path, monkeypatch):
    done = []
    real_sync, real_replace = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda fd: (done.append(("fsync", is_folder(fd))), real_sync(fd))[1])
    monkeypatch.setattr(Path, "replace", lambda a, b: (done.append("rename"), real_replace(a, b))[1])
    write(tmp_path / "m", b"new")
    assert done == [("fsync", False), "rename", ("fsync", True)]


@pytest.mark.parametrize("failing", ["write", "fsync", "replace"])
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, failing):
    path = tmp_path / "m"
    path.write_bytes(b"old")

    def fail(*args, **more):
        raise OSError(errno.ENOSPC, "No space left on device")

    if failing == "write":
        real = os.fdopen

        def full(descriptor, mode):
            file = real(descriptor, mode, buffering=0)
            os.close(descriptor)  # every write fails from here on
            return file

        monkeypatch.setattr(os, "fdopen", full)
    elif failing == "fsync":
        monkeypatch.setattr(os, "fsync", fail)
    else:
        monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(SaveError, match="cannot be written") as caught:
        write(path, b"new")
    assert caught.value.exit_code == 74
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_not_a_plain_file_is_not_replaced(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "astray").symlink_to(tmp_path / "folder")
    os.mkfifo(tmp_path / "pipe")
    for name, words in (
        ("folder", "it is a folder"),
        ("link", "it is a link; write to .*elsewhere itself"),
        ("loop", "it is a link, and not to a file"),
        ("astray", "it is a link, and not to a file"),
        ("pipe", "it is not a file"),
        ("no/m", "there is no folder"),
    ):
        for check in (require_writable, lambda path: write(path, b"new")):
            with pytest.raises(SaveError, match=words):
                check(tmp_path / name)
    assert not (tmp_path / "elsewhere").exists()


HOLDING = """
import os, signal, sys
from selenite import writing
def hold(descriptor):
    print("held", flush=True)
    sys.stdin.readline()
os.fsync = hold
writing.write(sys.argv[1], b"by the other")
"""


def held(path):
    """A process that stands between writing its temporary file and giving it its name."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDING, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    return process


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("next_step", [require_writable, lambda path: write(path, b"new")])
def test_what_a_killed_process_left_is_removed_by_the_next_to_the_same_name(tmp_path, next_step):
    with held(tmp_path / "m") as killed, held(tmp_path / "other") as other:
        for process in (killed, other):
            process.send_signal(signal.SIGKILL)
    assert len(names(tmp_path)) == 2
    before = set(names(tmp_path))
    next_step(tmp_path / "m")
    left = set(names(tmp_path)) - {"m"}
    assert len(left) == 1
    assert left < before
    next_step(tmp_path / "other")
    assert set(names(tmp_path)) <= {"m", "other"}


def test_what_a_living_process_works_on_stays_and_both_succeed(tmp_path):
    with held(tmp_path / "m") as other:
        write(tmp_path / "m", b"mine")
        assert (tmp_path / "m").read_bytes() == b"mine"
        assert len(names(tmp_path)) == 2
        other.communicate("go on\n", timeout=60)
    assert other.returncode == 0
    assert (tmp_path / "m").read_bytes() == b"by the other"
    assert names(tmp_path) == ["m"]


def test_files_of_others_are_never_removed(tmp_path):
    ours = f".selenite.{'0' * 12}.{'0' * 16}"
    kept = {".m.0123456789abcdef", ".m.selenite.backup", ours, ".selenite", "m.tmp"}
    for name in kept:
        (tmp_path / name).write_text("somebody's")
    write(tmp_path / "m", b"new")
    assert set(names(tmp_path)) == kept | {"m"}


def test_many_writers_of_one_name_do_not_disturb_each_other(tmp_path):
    failed = []

    def often(content):
        try:
            for _ in range(100):
                write(tmp_path / "m", content)
        except SaveError as error:
            failed.append(error)

    threads = [threading.Thread(target=often, args=(bytes([k]) * 5000,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert names(tmp_path) == ["m"]
    assert len(set((tmp_path / "m").read_bytes())) == 1


@pytest.mark.parametrize("name", ["a" * 255, "ж" * 127])
def test_long_names_that_the_system_allows_are_written(tmp_path, name):
    require_writable(tmp_path / name)
    assert names(tmp_path) == []
    write(tmp_path / name, b"new")
    assert names(tmp_path) == [name]


@pytest.mark.parametrize("name", ["a" * 256, "ж" * 128, "a\0b"])
def test_names_that_cannot_be_are_refused_before_the_work(tmp_path, name):
    for check in (require_writable, lambda path: write(path, b"new")):
        with pytest.raises(SaveError, match="cannot be written: "):
            check(tmp_path / name)
    assert names(tmp_path) == []


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.ENOSPC, errno.EDQUOT])
def test_a_folder_that_takes_no_file_is_found_out_before_the_work(tmp_path, monkeypatch, number):
    def refused(path, flags, *mode):
        raise OSError(number, os.strerror(number), path)

    monkeypatch.setattr(os, "open", refused)
    with pytest.raises(SaveError, match=f"m cannot be written: {os.strerror(number)}"):
        require_writable(tmp_path / "m")


def test_a_temporary_file_that_is_taken_away_is_made_again(tmp_path, monkeypatch):
    """Another process may take it for a dead one's before it is locked."""
    real, made = secrets.token_hex, []

    def named(size):
        made.append(real(size))
        return made[-1]

    real_open = os.open

    def taken(path, flags, *mode):
        descriptor = real_open(path, flags, *mode)
        if flags & os.O_CREAT and len(made) == 1:
            Path(path).unlink()
        return descriptor

    monkeypatch.setattr(secrets, "token_hex", named)
    monkeypatch.setattr(os, "open", taken)
    write(tmp_path / "m", b"new")
    assert len(made) == 2
    assert names(tmp_path) == ["m"]
