"""What benchmarks share that learn from a part of the recordings: folders of links to them."""
import pathlib
import tomllib

MODELS = pathlib.Path(__file__).resolve().parent.parent / "models"


def link(source: pathlib.Path, place: pathlib.Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    if not place.is_symlink():
        place.symlink_to(source)


def link_what_is_used_whole(speech: pathlib.Path, folder: pathlib.Path) -> None:
    for name in ("noise", "rir", "other_words", "splits.csv"):
        link(speech / name, folder / name)


def keywords_of_commands12() -> list[str]:
    return tomllib.loads((MODELS / "commands12.toml").read_text())["classes"]["keywords"]


def split_lists(commands: pathlib.Path) -> dict[str, list[str]]:
    """Speech Commands' lists of the validation and the test split: word/clip, with suffix."""
    return {name: (commands / f"{name}_list.txt").read_text().split()
            for name in ("validation", "testing")}


def stems(lines: list[str]) -> set[str]:
    return {line.rsplit(".", 1)[0] for line in lines}
