"""Makes the task on which parts of a recipe are compared (docs/results.md, "Each part alone").

    python3 benchmarks/held_out_words.py SPEECH FOLDER

SPEECH is laid out as models/commands12.toml expects it. FOLDER gets links to it, the noise of the
validation split in validation_noise, and held_out_words.toml: commands12's network and recipe with eight
of its twelve words for keywords. The other four are in no training clip; 250 recordings of each are
unknown words of the validation split, which has only 108 otherwise. The same people say other words in
training, which is the same for all that is compared. Nothing of the test split is used.

What no `--set` changes has a specification beside it:

    larger.toml      a network of 64 channels and units
    taught.toml      commands12's network, taught by the larger one in ../out/larger
    unbounded.toml   the tutorial's network without bounds and noise
    noiseless.toml   commands12's network with bounds, without rounding noise
    small.toml       commands12_small's network and recipe, 40 epochs, taught by the first network in
                     ../out/as_it_is; its synthesized speech, without the held-out words, is in
                     FOLDER/synthesized
    added.toml       the clips of FOLDER/added, too, as other words of the training split
"""
import csv
import hashlib
import pathlib
import re
import sys
from collections.abc import Iterable

from linked_speech import (MODELS, keywords_of_commands12, link, link_what_is_used_whole,
                           split_lists, stems)

HELD_OUT = ("go", "up", "cat", "right")
CLIPS = 250

SPECIFICATION = """extends = "{models}/{extended}.toml"
description = "Eight commands, and four words that were never heard"

[classes]
keywords = {words}

[data]
[[data.sources]]
kind = "speech_commands"
path = "speech_commands_subset"

[[data.sources]]
path = "other_words"
splits = "splits.csv"
unknown = true
repeat = 2

[[data.sources]]
kind = "speech_commands"
path = "speech_commands_subset"
words = {others}
only_splits = ["train"]
repeat = 2

[[data.sources]]
path = "held_out"
splits = "held_out.csv"
unknown = true
{more}
[training]
epochs = {epochs}
best_by = "last"
{teacher}"""

ADDED = """
[[data.sources]]
path = "added"
unknown = true
only_splits = ["train"]
"""

SYNTHESIZED = """
[[data.sources]]
path = "synthesized"
only_splits = ["train"]
"""

TEACHER = """
[training.distillation]
teachers = ["../out/{folder}"]
specification = "{specification}.toml"
weight = 0.8
"""


def changed_network(pattern: str, replacement: str) -> str:
    """The layers of commands12.toml, with whole lines that match exchanged."""
    text = (MODELS / "commands12.toml").read_text()
    layers = text[text.index("[[network.layers]]"):text.index("[training]")]
    return "\n" + re.sub(pattern, replacement, layers, flags=re.MULTILINE).rstrip() + "\n"


def specifications(words: str, others: str) -> dict[str, str]:
    def text(extended: str = "commands12", more: str = "", teacher: str = "", epochs: int = 30) -> str:
        return SPECIFICATION.format(models=MODELS, extended=extended, words=words, others=others,
                                    more=more, teacher=teacher, epochs=epochs)

    larger = changed_network(r"^(channels|units) = 40$", r"\1 = 64")
    noiseless = changed_network(r"^rounding_noise = .*$", "rounding_noise = 0")
    return {"held_out_words": text(), "larger": text(more=larger),
            "taught": text(teacher=TEACHER.format(folder="larger", specification="larger")),
            "unbounded": text(extended="commands12_tutorial"), "noiseless": text(more=noiseless),
            "small": text(extended="commands12_small", more=SYNTHESIZED, epochs=40,
                          teacher=TEACHER.format(folder="as_it_is", specification="held_out_words")),
            "added": text(more=ADDED)}


def link_validation_noise(speech: pathlib.Path, folder: pathlib.Path) -> None:
    with (speech / "splits.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            path = pathlib.PurePath(row["path"])
            if row["split"] == "validation" and path.parts[0] == "noise":
                link(speech / path, folder / "validation_noise" / "-".join(path.parts[1:]))


def array(words: Iterable[str]) -> str:
    return "[" + ", ".join(f'"{word}"' for word in words) + "]"


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    speech, folder = (pathlib.Path(name).resolve() for name in sys.argv[1:])
    keywords = keywords_of_commands12()
    link_what_is_used_whole(speech, folder)
    commands = speech / "speech_commands_subset"
    of_split = {name: stems(lines) for name, lines in split_lists(commands).items()}
    held_out = []
    others = []
    validation = []
    for word in sorted(path for path in commands.iterdir() if path.is_dir()):
        clips = {f"{word.name}/{clip.stem}": clip for clip in sorted(word.iterdir())}
        names = [name for name in clips if name not in of_split["testing"]]
        if word.name in HELD_OUT:
            names.sort(key=lambda name: hashlib.sha1(clips[name].name.encode()).hexdigest())
            for name in names[:CLIPS]:
                path = f"held_out/{word.name}/{clips[name].name}"
                link(clips[name], folder / path)
                held_out.append(f"{path},validation,held_out_{len(held_out)},speech_commands")
            continue
        if word.name not in keywords and any(name not in of_split["validation"] for name in names):
            others.append(word.name)
        for name in names:
            link(clips[name], folder / "speech_commands_subset" / word.name / clips[name].name)
            if name in of_split["validation"]:
                validation.append(f"{word.name}/{clips[name].name}")
    commands = folder / "speech_commands_subset"
    (commands / "validation_list.txt").write_text("".join(line + "\n" for line in validation))
    (commands / "testing_list.txt").write_text("")
    (folder / "held_out.csv").write_text(
        "".join(line + "\n" for line in ["path,split,speaker,source", *held_out]))
    link_validation_noise(speech, folder)
    words = array(word for word in keywords if word not in HELD_OUT)
    for name, text in specifications(words, array(others)).items():
        (folder / f"{name}.toml").write_text(text)


if __name__ == "__main__":
    main()
