"""The steps of augmentation_benchmark with the libraries that the reference toolkit uses for them:
librosa, SciPy, audiomentations, and the reference toolkit's own compiled front end.

    pip install librosa audiomentations soundfile && pip install --no-deps silabs-mltk==0.20.0
    bin/augmentation_benchmark --specification SPEC --data FOLDER --list files.csv
    python benchmarks/augmentation_peer.py files.csv

One process, one thread; prints clips per second of processor time, as augmentation_benchmark does.
Written from the documentation of those libraries; sound files are decoded once and kept, except the
clips, as there.
"""

import argparse
import csv
import importlib
import importlib.util
import pathlib
import sys
import time
import types
import warnings

import audiomentations
import librosa
import numpy
import scipy.signal
import soundfile


def reference_front_end_package():
    """The package of the front end without the packages around it, which want TensorFlow."""
    folder = pathlib.Path(importlib.util.find_spec("mltk").origin).parent
    name = ""
    for part in ("mltk", "core", "preprocess", "audio"):
        name = f"{name}.{part}".lstrip(".")
        folder = folder if part == "mltk" else folder / part
        module = types.ModuleType(name)
        module.__path__ = [str(folder)]
        sys.modules[name] = module
    return importlib.import_module(name + ".audio_feature_generator")


RATE = 16000
LEAD_IN = 16000
WINDOW = 16000


def read_list(path):
    files = {"clip": [], "room": [], "ambient": [], "microphone": []}
    with open(path, newline="", encoding="utf-8") as table:
        for kind, name in csv.reader(table):
            files[kind].append(name)
    return files


def front_end():
    package = reference_front_end_package()
    settings = package.AudioFeatureGeneratorSettings()
    settings.sample_rate_hz = RATE
    settings.sample_length_ms = 1000 * (LEAD_IN + WINDOW) // RATE
    settings.window_size_ms = 30
    settings.window_step_ms = 10
    settings.filterbank_n_channels = 40
    settings.noise_reduction_enable = True
    settings.noise_reduction_min_signal_remaining = 0.40
    settings.dc_notch_filter_enable = True
    return package.AudioFeatureGenerator(settings)


class Augmentation:
    def __init__(self, files):
        self.random = numpy.random.default_rng(1)
        self.rooms = [soundfile.read(name, dtype="float32")[0] for name in files["room"]]
        self.generator = front_end()
        self.mix = audiomentations.Compose(
            [
                audiomentations.Gain(min_gain_db=0.95, max_gain_db=1.2, p=1.0),
                audiomentations.AddBackgroundNoise(
                    files["ambient"], min_snr_db=-1.0, max_snr_db=35.0, p=1.0
                ),
                audiomentations.AddBackgroundNoise(
                    files["microphone"],
                    noise_rms="absolute",
                    min_absolute_rms_db=-75.0,
                    max_absolute_rms_db=-60.0,
                    p=1.0,
                ),
            ]
        )

    def waveform(self, name):
        samples, _ = soundfile.read(name, dtype="float32")
        speed = self.random.uniform(0.85, 1.15)
        samples = librosa.resample(
            samples, orig_sr=RATE, target_sr=RATE / speed, res_type="soxr_mq"
        )
        room = self.rooms[self.random.integers(len(self.rooms))]
        samples = scipy.signal.fftconvolve(samples, room).astype(numpy.float32)
        samples, _ = librosa.effects.trim(samples, top_db=30)
        difference = abs(WINDOW - len(samples))
        start = int(difference * self.random.uniform())
        buffer = numpy.zeros(LEAD_IN + WINDOW, numpy.float32)
        if len(samples) > WINDOW:
            buffer[LEAD_IN:] = samples[start : start + WINDOW]
        else:
            buffer[LEAD_IN + start : LEAD_IN + start + len(samples)] = samples
        return self.mix(samples=buffer, sample_rate=RATE)

    def features(self, name):
        samples = numpy.clip(self.waveform(name) * 32768, -32768, 32767).astype(numpy.int16)
        rows = self.generator.process_sample(samples)[-98:].astype(numpy.float32)
        rows = (rows - rows.mean()) / (rows.std() + 1e-6)
        for axis, widest in ((0, 25), (0, 25), (1, 7), (1, 7)):
            width = self.random.integers(widest + 1)
            begin = self.random.integers(rows.shape[axis] - width + 1)
            if axis == 0:
                rows[begin : begin + width] = 0
            else:
                rows[:, begin : begin + width] = 0
        return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("list", help="what augmentation_benchmark --list wrote")
    parser.add_argument("--examples", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")  # of silent stretches of noise, one line each
    files = read_list(arguments.list)
    augmentation = Augmentation(files)
    clips = files["clip"]
    for name in clips[:20]:
        augmentation.features(name)
    best = 0.0
    for _ in range(arguments.rounds):
        start = time.process_time()
        for i in range(arguments.examples):
            augmentation.features(clips[i % len(clips)])
        best = max(best, arguments.examples / (time.process_time() - start))
    print(f"the reference toolkit's libraries: {best:.0f} clips/s per core")


if __name__ == "__main__":
    main()
