"""The reference's own audio front end: the compiled part of silabs-mltk, without the rest of it.

Importing the package `mltk` would import TensorFlow; the compiled module needs only numpy.
"""
import importlib.util
import pathlib
import sysconfig

import numpy

VERSION = "0.20.0"
SETTINGS = {  # the package's defaults
    "sample_rate_hz": 16000, "sample_length_ms": 1000, "window_size_ms": 25, "window_step_ms": 10,
    "filterbank_n_channels": 32, "filterbank_upper_band_limit": 7500.0,
    "filterbank_lower_band_limit": 125.0, "noise_reduction_enable": 0,
    "noise_reduction_smoothing_bits": 10, "noise_reduction_even_smoothing": 0.025,
    "noise_reduction_odd_smoothing": 0.06, "noise_reduction_min_signal_remaining": 0.05,
    "pcan_enable": 0, "pcan_strength": 0.95, "pcan_offset": 80.0, "pcan_gain_bits": 21,
    "log_scale_enable": 1, "log_scale_shift": 6, "activity_detection_enable": 0,
    "activity_detection_alpha_a": 0.5, "activity_detection_alpha_b": 0.8,
    "activity_detection_arm_threshold": 0.75, "activity_detection_trip_threshold": 0.8,
    "dc_notch_filter_enable": 0, "dc_notch_filter_coefficient": 0.95,
    "quantize_dynamic_scale_enable": 0, "quantize_dynamic_scale_range_db": 40.0,
}
KEYWORD_SPOTTING_NUMBERS = SETTINGS | {
    "window_size_ms": 30, "filterbank_n_channels": 40, "noise_reduction_enable": 1,
    "noise_reduction_min_signal_remaining": 0.40, "dc_notch_filter_enable": 1,
}


def load():
    """The compiled module, or None where silabs-mltk is not installed."""
    folder = pathlib.Path(sysconfig.get_paths()["platlib"])
    folder /= "mltk/core/preprocess/audio/audio_feature_generator"
    for file in folder.glob("_audio_feature_generator_wrapper.*.so"):
        spec = importlib.util.spec_from_file_location("_audio_feature_generator_wrapper", file)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    return None


class FrontEnd:
    def __init__(self, module, settings):
        self.settings = settings
        self.generator = module.AudioFeatureGeneratorWrapper(
            {f"fe.{key}": value for key, value in settings.items()})

    def samples(self, key):
        return self.settings["sample_rate_hz"] * self.settings[key] // 1000

    def frames(self):
        step = self.samples("window_step_ms")
        return (self.samples("sample_length_ms") - self.samples("window_size_ms")) // step + 1

    def spectrogram(self, samples):
        """samples: int16, exactly sample_length_ms of them. The state is reset first."""
        rows = numpy.zeros((self.frames(), self.settings["filterbank_n_channels"]), numpy.uint16)
        self.generator.process_sample(samples, rows)
        return rows
