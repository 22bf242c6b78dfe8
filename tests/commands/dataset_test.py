"""stapes dataset synthesize, import, summarize and preview."""

import csv
import json
import signal
import subprocess
import time
import unittest

import recordings
from stapes import PROGRAM, CommandTest

SPECIFICATION = """version = 1
[classes]
keywords = ["yes", "no"]
[[data.sources]]
kind = "folders"
path = "."
[[network.layers]]
type = "dense"
[[network.layers]]
type = "softmax"
"""


class Synthesize(CommandTest):
    def arguments(self, output, clips=20):
        return ["dataset", "synthesize", "--words", "yes,no", "--output", output,
                "--clips-per-word", clips, "--unknown-clips", 10, "--no-noise"]

    def test_makes_words_and_makes_nothing_twice(self):
        self.assertIn("50 files made", self.succeeds(*self.arguments(self.folder / "data")))
        self.assertIn("50 were there", self.succeeds(*self.arguments(self.folder / "data")))
        summary = json.loads(self.succeeds("dataset", "summarize", self.folder / "data", "--json"))
        self.assertEqual([c["name"] for c in summary["classes"]], ["no", "yes", "_unknown_"])
        self.assertEqual(summary["classes"][0]["splits"]["train"]["clips"], 14)

    def test_goes_on_after_an_interruption(self):
        output = self.folder / "data"
        arguments = [str(a) for a in self.arguments(output, 400)]
        process = subprocess.Popen([PROGRAM, *arguments], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        while process.poll() is None and not list(output.glob("yes/*")):
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=60), 130)
        self.assertEqual(list(output.rglob(".*")), [])
        with open(output / "manifest.csv", newline="") as file:
            made = len(list(csv.DictReader(file)))
        self.assertLess(made, 810)
        self.assertIn(f"{810 - made} files made, {made} were there",
                      self.succeeds(*self.arguments(output, 400)))

    def test_says_what_is_missing(self):
        self.assertIn("--words", self.fails("dataset", "synthesize", code=2))
        self.assertIn("--output", self.fails("dataset", "synthesize", "--words", "yes", code=2))


class Import(CommandTest):
    def test_converts_links_and_skips(self):
        source = self.folder / "mine"
        recordings.word_folders(source, ["yes", "no"], 4)
        recordings.write(source / "yes/eight_nohash_0.wav", recordings.wav(rate=8000))
        recordings.write(source / "yes/stereo_nohash_0.wav", recordings.wav(channels=2))
        recordings.write(source / "yes/wide_nohash_0.wav", recordings.wav(width=3))
        recordings.write(source / "yes/float_nohash_0.wav", recordings.float_wav([0.1] * 4000))
        recordings.write(source / "yes/nan_nohash_0.wav",
                         recordings.float_wav([0.1] * 4000 + [float("nan")]))
        recordings.write(source / "yes/empty_nohash_0.wav", b"")
        recordings.write(source / "yes/text_nohash_0.wav", b"no sound")
        recordings.write(source / "yes/cut_nohash_0.wav", recordings.wav()[:3000])
        recordings.write(source / "_background_noise_/hum.wav", recordings.wav(1.0, 48000))
        output = self.folder / "data"
        text = self.succeeds("dataset", "import", source, "--output", output, "--licence", "CC0")
        self.assertIn("12 clips of 2 words and 8 speakers, 5 files converted, 1 files of noise",
                      text)
        self.assertIn("4 files are skipped", text)
        for name in ("nan", "empty", "text", "cut"):
            self.assertIn(f"{name}_nohash_0.wav: ", text)
        with open(output / "manifest.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual(len(rows), 13)
        self.assertEqual({row["licence"] for row in rows}, {"CC0"})
        linked = output / "no/speaker1_nohash_0.wav"
        self.assertTrue(linked.samefile(source / "no/speaker1_nohash_0.wav"))
        summary = json.loads(self.succeeds("dataset", "summarize", output, "--verify", "--json"))
        self.assertEqual(summary["skipped"], [])
        self.assertEqual(summary["ambient_files"]["train"], 1)

    def test_speakers_by_folder(self):
        for word in ("yes", "no"):
            for speaker in ("ann", "bob", "eve"):
                recordings.write(self.folder / "mine" / word / speaker / "1.wav", recordings.wav())
        output = self.folder / "data"
        self.assertIn("3 speakers", self.succeeds("dataset", "import", self.folder / "mine",
                                                  "--output", output, "--speaker", "folder",
                                                  "--copy"))
        self.assertTrue((output / "yes/ann_nohash_0.wav").exists())

    def test_a_word_without_a_usable_recording(self):
        recordings.word_folders(self.folder / "mine", ["yes"], 4)
        recordings.write(self.folder / "mine/no/1.wav", b"no sound")
        error = self.fails("dataset", "import", self.folder / "mine", "--output",
                           self.folder / "data")
        self.assertIn('no usable recording of the word "no"', error)
        self.assertFalse((self.folder / "data").exists())

    def test_leaves_what_is_there(self):
        recordings.word_folders(self.folder / "mine", ["yes", "no"], 4)
        recordings.write(self.folder / "data/notes.txt", b"mine")
        self.assertIn("not empty", self.fails("dataset", "import", self.folder / "mine",
                                              "--output", self.folder / "data"))
        self.assertEqual((self.folder / "data/notes.txt").read_bytes(), b"mine")


class Summarize(CommandTest):
    def specification(self):
        recordings.write(self.folder / "model.toml", SPECIFICATION.encode())
        return self.folder / "model.toml"

    def test_counts_of_a_specification(self):
        recordings.word_folders(self.folder / "data", ["yes", "no", "maybe"], 30)
        arguments = ["dataset", "summarize", self.specification(), "--data", self.folder / "data"]
        text = self.succeeds(*arguments)
        self.assertIn("_unknown_", text)
        summary = json.loads(self.succeeds(*arguments, "--json"))
        totals = summary["totals"]
        self.assertEqual(sum(totals[split]["clips"] for split in totals), 90)
        self.assertAlmostEqual(sum(totals[split]["seconds"] for split in totals), 90 * 0.25)
        self.assertEqual(sum(totals[split]["speakers"] for split in totals), 30)
        from_environment = self.succeeds("dataset", "summarize", self.specification(),
                                         environment={"STAPES_DATA": str(self.folder / "data")})
        self.assertEqual(from_environment, text)

    def test_one_speaker_cannot_be_split(self):
        recordings.word_folders(self.folder / "data", ["yes", "no", "maybe"], 1)
        error = self.fails("dataset", "summarize", self.specification(), "--data",
                           self.folder / "data")
        self.assertIn("cannot split by speaker", error)

    def test_no_data(self):
        error = self.fails("dataset", "summarize", self.specification(), "--data",
                           self.folder / "nowhere")
        self.assertIn("--data or $STAPES_DATA", error)

    def test_preview(self):
        recordings.word_folders(self.folder / "data", ["yes", "no", "maybe"], 30)
        overrides = ["--set", "augmentation.room_probability=0", "--set",
                     "augmentation.ambient_probability=0", "--set",
                     "augmentation.microphone_probability=0"]
        self.succeeds("dataset", "preview", self.specification(), "--data", self.folder / "data",
                      "--output", self.folder / "preview", "--clips", 4, *overrides)
        self.assertEqual(len(list((self.folder / "preview").glob("*.wav"))), 4)
        self.assertEqual(len(list((self.folder / "preview").glob("*.png"))), 4)


if __name__ == "__main__":
    unittest.main()
