"""Makes the task on which ways to synthesize speech are compared (docs/results.md).

    python3 benchmarks/few_recordings.py SPEECH FOLDER

SPEECH is laid out as models/commands12.toml expects it. FOLDER gets links to it, with six recordings of
each of the twelve commands for training and all of validation, and few_recordings.toml: the words are
learnt from the synthesized speech in FOLDER/synthesized and those six, much as the digits of
models/keyword_spotting_numbers.toml are, but can be judged by 681 validation clips instead of some 200, of
which nearly all are of four digits.
"""
import hashlib
import pathlib
import sys

from linked_speech import (MODELS, keywords_of_commands12, link, link_what_is_used_whole,
                           split_lists, stems)

CLIPS = 6

SPECIFICATION = """extends = "{models}/commands12.toml"

[data]
[[data.sources]]
kind = "speech_commands"
path = "few"

[[data.sources]]
path = "other_words"
splits = "splits.csv"
unknown = true

[[data.sources]]
path = "synthesized"
only_splits = ["train"]

[[data.sources]]
kind = "speech_commands"
path = "few"
words = {words}
only_splits = ["train"]
repeat = 24

[data.unknown]
maximum_clips = 3500
cropped_keyword_probability = 0.12
spliced_keyword_probability = 0.08

[augmentation]
speed_percent = 18.0
room_probability = 0.3
ambient_probability = 0.8
frequency_masks = 2

[training]
epochs = 20
restart_epochs = []
best_by = "loss"
"""


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    speech, folder = (pathlib.Path(name).resolve() for name in sys.argv[1:])
    keywords = keywords_of_commands12()
    link_what_is_used_whole(speech, folder)
    commands = speech / "speech_commands_subset"
    lists = split_lists(commands)
    of_split = {name: stems(lines) for name, lines in lists.items()}
    there = []
    for word in sorted(path for path in commands.iterdir() if path.is_dir()):
        clips = {f"{word.name}/{clip.stem}": clip for clip in sorted(word.iterdir())}
        validation = [name for name in clips if name in of_split["validation"]]
        training = [name for name in clips
                    if name not in of_split["validation"] and name not in of_split["testing"]]
        if word.name in keywords:
            training.sort(key=lambda name: hashlib.sha1(clips[name].name.encode()).hexdigest())
            training = training[:CLIPS]
        there += validation
        for name in training + validation:
            link(clips[name], folder / "few" / word.name / clips[name].name)
    (folder / "few" / "validation_list.txt").write_text(
        "".join(line + "\n" for line in lists["validation"] if line.rsplit(".", 1)[0] in there))
    (folder / "few" / "testing_list.txt").write_text("")
    words = "[" + ", ".join(f'"{word}"' for word in keywords) + "]"
    (folder / "few_recordings.toml").write_text(SPECIFICATION.format(models=MODELS, words=words))


if __name__ == "__main__":
    main()
