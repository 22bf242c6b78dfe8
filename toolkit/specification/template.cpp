#include "toolkit/specification/template.h"

#include <fmt/format.h>

namespace stapes {
namespace {

constexpr const char* kTemplate = R"(# A keyword spotter for: {words}
#
#   stapes dataset synthesize {name}.toml   speech to begin with; add recordings to the folders
#   stapes dataset summarize {name}.toml    what is there, and how it is split
#   stapes train {name}.toml                -> out/{name}/{name}_float.tflite
#   stapes quantize out/{name}/{name}_float.tflite
#   stapes evaluate out/{name}/{name}_int8.tflite
#   stapes classify out/{name}/{name}_int8.tflite --microphone
#
# Every key has a default; docs/specification.md explains them all.
version = 1
description = "Keyword spotting: {words}"

[classes]
keywords = [{quoted}]

[data]
root = "data/{name}"        # or --data FOLDER, or $STAPES_DATA
class_weights = "balanced"  # rare words count as much as frequent ones

# A folder per word. Folders of other words, and the folder _unknown_, become the unknown class.
[[data.sources]]
kind = "folders"
path = "."

# A few recordings of people help most when they count as often as the synthesized ones (docs/data.md):
#
# [[data.sources]]
# path = "../recordings"   # beside the folder above, laid out alike
# repeat = 50

# All recordings of one speaker are in the same split, so that the test is a test on new voices.
[data.split]
validation = 0.15
test = 0.15
seed = 42

[data.unknown]
label = "_unknown_"                 # "" for a model without this class
silence_probability = 0.03          # some unknown examples are replaced by silence …
cropped_keyword_probability = 0.12  # … or by the first half of a keyword

[data.noise]
ambient = ["_background_noise_/ambient"]        # mixed in at a signal-to-noise ratio
microphone = ["_background_noise_/microphone"]  # mixed in at an absolute level
rooms = ["_rooms_"]                             # impulse responses

# Fixed-point features, the same bits on the PC and on the board.
[frontend]
sample_rate_hz = 16000
sample_length_ms = 1000  # what one inference sees
window_size_ms = 30
window_step_ms = 10
filterbank_n_channels = 40
noise_reduction_enable = true
noise_reduction_min_signal_remaining = 0.40
dc_notch_filter_enable = true
normalization = "mean_and_std"

# What happens to a recording before the network sees it; anew in every epoch.
[augmentation]
speed_probability = 0.5
speed_percent = 10.0
room_probability = 0.3
ambient_probability = 0.8
ambient_snr_db = [-1.0, 35.0]
microphone_probability = 1.0
microphone_level_db = [-75.0, -60.0]
gain_db = [-6.0, 6.0]

# TENet (a convolutional network over time), layer norm, LSTM: 205,000 parameters, 5.1 M
# multiply-accumulates. Halve the channels for a quarter of that. The bounds of the activations and, in
# training, the noise of sixteen int8 steps make int8 decide as float does.
[[network.layers]]
type = "tenet"
channels = 40
blocks = 4
block_depth = 4
expansion = 3
kernel = 9
activation = "relu6"
contraction = "relu_n1_to_1"
rounding_noise = 16

[[network.layers]]
type = "sequence"

[[network.layers]]
type = "layer_norm"

[[network.layers]]
type = "lstm"
units = 40

[[network.layers]]
type = "layer_norm"

[[network.layers]]
type = "last_step"

[[network.layers]]
type = "dense"

[[network.layers]]
type = "layer_norm"

[[network.layers]]
type = "softmax"

[training]
optimizer = "adam"
learning_rate = 2.5e-3
schedule = "cosine"
warmup_epochs = 1
batch_size = 64
epochs = 40
label_smoothing = 0.1
best_by = "balanced_accuracy"  # on the validation split; the test split is never looked at
seed = 1

[quantization]
calibration = "auto"  # or minmax, mse, percentile; auto measures which of the first two is better
representative_clips = 500
# representative_noise_db = [10]  # calibrate and choose on each clip in noise, too

# What `stapes finetune` does: it trains the int8 model itself towards the float model's scores, and keeps
# the epoch that is nearest, which may be the model as calibrated.
[finetuning]
epochs = 3

# When scores become a detection. Threshold: 0 … 255.
[detector]
average_window_duration_ms = 300
detection_threshold = 180
suppression_ms = 1000
minimum_count = 5
latency_ms = 20
)";

}  // namespace

std::string specification_template(const std::string& name, const std::vector<std::string>& words) {
  std::string listed;
  std::string quoted;
  for (const std::string& word : words) {
    listed += (listed.empty() ? "" : ", ") + word;
    quoted += (quoted.empty() ? "\"" : ", \"") + word + "\"";
  }
  return fmt::format(kTemplate, fmt::arg("name", name), fmt::arg("words", listed),
                     fmt::arg("quoted", quoted));
}

}  // namespace stapes
