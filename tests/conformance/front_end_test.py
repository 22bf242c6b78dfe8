"""`stapes features` against silabs-mltk: random settings and sounds, every value equal.

usage: front_end_test.py STAPES [ROUNDS] [SEED]
"""
import pathlib
import subprocess
import sys
import tempfile
import wave

import numpy

import mltk_front_end


def random_settings(rng):
    settings = dict(mltk_front_end.SETTINGS)
    rate = int(rng.choice([8000, 16000, 16000, 44100, 48000]))
    window = int(rng.choice([3, 5, 8, 10, 16, 20, 25, 30, 32, 40, 64, 100, 170]))
    noise_reduction = int(rng.integers(2))
    settings.update(
        sample_rate_hz=rate, window_size_ms=window,
        window_step_ms=int(rng.integers(1, window + 1)),
        filterbank_n_channels=int(rng.integers(1, 110)),
        filterbank_upper_band_limit=rng.uniform(0.2, 0.47) * rate,
        filterbank_lower_band_limit=rng.uniform(1, 400),
        noise_reduction_enable=noise_reduction,
        noise_reduction_smoothing_bits=int(rng.integers(7, 15)),
        noise_reduction_even_smoothing=rng.uniform(0.001, 1),
        noise_reduction_odd_smoothing=rng.uniform(0.001, 1),
        noise_reduction_min_signal_remaining=rng.uniform(0.01, 1),
        pcan_enable=noise_reduction * int(rng.integers(2)),
        pcan_strength=rng.uniform(0.2, 1.5), pcan_offset=rng.uniform(5, 200),
        pcan_gain_bits=int(rng.integers(19, 25)), log_scale_enable=int(rng.integers(2)),
        log_scale_shift=int(rng.integers(1, 10)),
        activity_detection_enable=int(rng.integers(2)),
        activity_detection_alpha_a=rng.uniform(0, 1),
        activity_detection_alpha_b=rng.uniform(0, 1),
        activity_detection_arm_threshold=rng.uniform(0.3, 1.5),
        activity_detection_trip_threshold=rng.uniform(0.3, 1.5),
        dc_notch_filter_enable=int(rng.integers(2)),
        dc_notch_filter_coefficient=rng.uniform(0.01, 0.999))
    # As both sides see them.
    return {key: float(numpy.float32(value)) if isinstance(value, float) else value
            for key, value in settings.items()}


def random_sound(rng, count):
    time = numpy.arange(count)
    sound = [
        lambda: rng.integers(-32768, 32768, count),
        lambda: numpy.where((time // rng.integers(1, 80)) % 2 == 0, 32767, -32768),
        lambda: numpy.full(count, rng.choice([0, 1, -1, 32767, -32768, 12345])),
        lambda: rng.normal(0, 10 ** rng.uniform(-0.5, 4), count),
        lambda: 32767 * numpy.sin(2 * numpy.pi * rng.uniform(0.0001, 0.5) * time),
        lambda: numpy.where(rng.random(count) < 0.003, rng.choice([32767, -32768], count), 0),
        lambda: rng.normal(0, 10, count) * (1 + time // 4000 % 2 * rng.uniform(1, 2000)),
    ][rng.integers(7)]()
    return numpy.clip(sound, -32768, 32767).astype(numpy.int16)


def main():
    stapes = sys.argv[1]
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    rng = numpy.random.default_rng(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    module = mltk_front_end.load()
    if module is None:
        print("skipped: silabs-mltk is not installed in this environment")
        return 0
    values = 0
    for number in range(rounds):
        settings = random_settings(rng)
        reference = mltk_front_end.FrontEnd(module, settings)
        sound = random_sound(rng, reference.samples("sample_length_ms"))
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            with wave.open(str(folder / "sound.wav"), "wb") as file:
                file.setparams((1, 2, settings["sample_rate_hz"], 0, "NONE", ""))
                file.writeframes(sound.tobytes())
            (folder / "settings.txt").write_text(
                "".join(f"fe.{key} {value!r}\n" for key, value in settings.items()))
            result = subprocess.run(
                [stapes, "features", folder / "sound.wav", "--settings", folder / "settings.txt",
                 "--output", folder / "rows.npy"], capture_output=True, text=True, check=False)
            if result.returncode != 0:
                sys.exit(f"round {number}: {result.stderr}{settings}")
            ours = numpy.load(folder / "rows.npy")
        expected = reference.spectrogram(sound)
        if not numpy.array_equal(ours, expected):
            sys.exit(f"round {number}: spectrograms differ: {settings}")
        if settings["activity_detection_enable"]:
            if ("detected: yes" in result.stderr) != reference.generator.activity_was_detected():
                sys.exit(f"round {number}: activity differs: {settings}")
        values += expected.size
    print(f"{rounds} settings, {values} values, all equal")
    return 0


if __name__ == "__main__":
    sys.exit(main())
