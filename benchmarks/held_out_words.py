"""Makes the task on which parts of a recipe are compared (docs/results.md, "Each part alone").

    python3 benchmarks/held_out_words.py SPEECH FOLDER

SPEECH is laid out as models/commands12.toml expects it. FOLDER gets links to it and held_out_words.toml:
commands12's network and recipe with eight of its twelve words for keywords. The other four are in no
training clip; 250 recordings of each are unknown words of the validation split, which has only 108
otherwise. The same people say other words in training, which is the same for all that is compared.
Nothing of the test split is used.
"""
import hashlib
import pathlib
import sys
from collections.abc import Iterable

from linked_speech import (MODELS, keywords_of_commands12, link, link_what_is_used_whole,
                           split_lists, stems)

HELD_OUT = ("go", "up", "cat", "right")
CLIPS = 250

SPECIFICATION = """extends = "{models}/commands12.toml"
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

[training]
epochs = 30
best_by = "last"
"""


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
    (folder / "held_out_words.toml").write_text(SPECIFICATION.format(
        models=MODELS, words=array(word for word in keywords if word not in HELD_OUT),
        others=array(others)))


if __name__ == "__main__":
    main()
