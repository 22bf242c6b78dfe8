#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "device/frontend/settings.h"
#include "toolkit/base/files.h"

namespace stapes {

// The model specification: one TOML file that says everything about a model (docs/specification.md
// lists every key). Unknown keys are errors that name the nearest known key. Each structure below
// is one table of the file; the initial values are the defaults.

// [[data.sources]]
struct DataSource {
  enum class Kind {
    kFolders,         // a folder per word
    kSpeechCommands,  // the same with validation_list.txt and testing_list.txt, which give the
                      // split
  };
  Kind kind = Kind::kFolders;
  Path path;                       // relative to the data root
  std::vector<std::string> words;  // only these folders; empty: all
  std::string splits;  // CSV file (path,split,speaker,source; paths relative to the data
                       // root) that gives split and speaker; else: a manifest.csv in the
                       // folder, else speaker from the file name and hashed split
  std::vector<std::string> only_splits;  // use only clips of these splits; empty: all
  bool unknown = false;  // every clip counts as the unknown class, whatever its folder
  int32_t repeat = 1;    // training clips appear this often in one epoch
};

// [data.split]: for sources that bring no split of their own. By speaker: all clips of a speaker
// are in one split.
struct SplitSettings {
  double validation = 0.15;
  double test = 0.15;
  uint64_t seed = 42;
};

// [data.unknown]
struct UnknownSettings {
  std::string label = "_unknown_";    // "" : no unknown class
  int32_t maximum_clips = 0;          // training clips of other words, 0: all; chosen by seed
  double silence_probability = 0.03;  // an unknown training example is replaced by silence …
  double cropped_keyword_probability = 0.12;  // … or by the beginning of a keyword …
  double spliced_keyword_probability = 0.0;  // … or by the beginning of one and the end of another
  double reversed_keyword_probability = 0.0;  // … or by a keyword played backwards
};

// Sound that is mixed in; every list holds files or folders (searched recursively), relative to the
// data root. Files of a split CSV count only in their own split.
struct NoiseSettings {
  std::vector<Path> ambient;
  std::vector<Path> microphone;
  std::vector<Path> rooms;  // impulse responses
  std::string splits;       // like DataSource::splits
};

// [data]
struct DataSettings {
  Path root;  // --data, else $STAPES_DATA, else this, relative to the specification's folder
  std::vector<DataSource> sources;
  SplitSettings split;
  UnknownSettings unknown;
  NoiseSettings noise;
  std::string class_weights = "balanced";  // balanced | none
};

struct Range {
  double low = 0;
  double high = 0;
};

// [augmentation]: what happens to a training clip, in this order. Probability 0 switches a step
// off.
struct AugmentationSettings {
  int32_t lead_in_ms = 1000;  // sound before the clip that warms the noise estimator
  double speed_probability = 0.0;
  double speed_percent = 15.0;    // faster or slower by up to this
  double room_probability = 0.8;  // convolve with a room impulse response
  int32_t room_maximum_clip_ms = 3000;
  double trim_db = 30.0;          // silence this far below the peak is cut off; 0: no trimming
  bool shift = true;              // a shorter clip starts anywhere; false: centred
  double maximum_shift_ms = 0.0;  // > 0: at most this far from the centre
  double crop_trim_db = 15.0;     // cropped keywords (UnknownSettings)
  int32_t crop_maximum_ms = 700;
  Range crop_fraction = {0.20, 0.50};
  double gain_probability = 1.0;
  Range gain_db = {0.95, 1.2};
  double ambient_probability = 0.8;
  Range ambient_snr_db = {-1.0, 35.0};
  double microphone_probability = 1.0;
  Range microphone_level_db = {-75.0, -60.0};  // RMS, dB full scale
  // On the spectrogram: formants together, and each by itself, higher or lower by up to this.
  double vocal_tract_probability = 0.0;
  double vocal_tract_percent = 10.0;
  double formant_percent = 0.0;
  // SpecAugment, on the normalized spectrogram; masks are filled with 0, its mean.
  int32_t time_masks = 0;
  int32_t time_mask_frames = 25;
  int32_t frequency_masks = 0;
  int32_t frequency_mask_channels = 7;
};

enum class Normalization { kNone, kMeanAndStd, kRescale };

// [frontend]
struct FeatureSettings {
  FrontEndSettings front_end;
  Normalization normalization = Normalization::kMeanAndStd;  // "mean_and_std" | "none" | "rescale"
  double rescale = 1.0;
};

// [[network.layers]]: a layer's type and its other keys; toolkit/network knows what each type
// takes.
struct LayerSettings {
  using Value = std::variant<bool, int64_t, double, std::string, std::vector<int64_t>>;
  std::string type;
  std::map<std::string, Value> values;
  std::string where;  // "models/x.toml, line 40", for messages
};

struct NetworkSettings {
  std::vector<LayerSettings> layers;
};

// [training]
struct TrainingSettings {
  // [training.distillation]: learning from networks that were trained before.
  struct Distillation {
    std::vector<Path> teachers;  // output folders of their trainings, relative to this file
    Path specification;          // theirs, relative to this file; empty: this one's network
    double weight = 0.7;         // of what they say against the labels
    double temperature = 1.0;    // above 1: what they think of the other classes counts more
  };
  std::string optimizer = "adam";  // adam | adamw | sgd
  double learning_rate = 1e-3;     // peak, for the cosine schedule
  double weight_decay = 0.0;
  double momentum = 0.9;  // sgd
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-8;
  double gradient_clip = 0.0;  // global norm; 0: none
  int32_t batch_size = 64;
  int32_t shards = 4;  // a batch is cut into this many parts, see docs/training.md
  int32_t epochs = 30;
  std::string schedule = "cosine";  // cosine | steps | constant
  double warmup_epochs = 1.0;
  double final_learning_rate = 0.0;     // cosine ends here
  std::vector<int32_t> restart_epochs;  // cosine ends after these, too, and then goes on from above
  struct Step {
    int64_t steps = 0;
    double learning_rate = 0;
  };
  std::vector<Step> steps;  // schedule "steps": this many steps at this rate, in order
  double label_smoothing = 0.0;
  double mixup_probability = 0.0;  // an example is mixed with another one of its shard
  double ema_decay = 0.0;          // exponential moving average of the weights; 0: none
  uint64_t seed = 1;
  int32_t keep_checkpoints = 2;
  std::string best_by =
      "balanced_accuracy";  // accuracy | balanced_accuracy | loss, on validation; last
  Distillation distillation;
};

// [quantization]
struct QuantizationSettings {
  std::string calibration = "auto";  // auto | minmax | percentile | mse
  double percentile = 99.99;
  int32_t representative_clips = 1000;           // of the validation split
  std::vector<int32_t> representative_noise_db;  // each of them with noise at these ratios, too
  std::string layer_norm = "auto";               // auto | decomposed | l2 | float
  bool carry_state = false;
  std::string lstm_state = "int8";      // int8 | int16: the hidden state that is fed back
  std::string lstm_weights = "tensor";  // tensor | row: what has a scale of its own
  std::string rounding = "joint";       // auto | nearest | joint, of weights
  std::string weights = "standard";     // standard | tensor | row: scales of weights
  bool int8_io = false;                 // int8 model input and output instead of float32
};

// [detector]: what is done with the scores of successive inferences (docs/detector.md).
struct DetectorSettings {
  int32_t average_window_duration_ms = 1000;
  int32_t detection_threshold = 185;              // 0 … 255
  std::vector<int32_t> detection_threshold_list;  // one per class, overrides the former
  int32_t suppression_ms = 1500;
  int32_t minimum_count = 3;
  int32_t latency_ms = 100;
  double volume_gain = 0.0;
  bool verbose_model_output_logs = false;
};

struct Specification {
  Path file;
  std::string name;  // the file's, without extension
  int32_t version = 1;
  std::string description;
  std::vector<std::string> keywords;  // [classes] keywords
  DataSettings data;
  AugmentationSettings augmentation;
  FeatureSettings features;
  NetworkSettings network;
  TrainingSettings training;
  QuantizationSettings quantization;
  DetectorSettings detector;
  std::map<std::string, std::variant<bool, int64_t, double, std::string>>
      parameters;  // [parameters]: extra metadata

  // The settings that a trained model depends on, as canonical TOML: all tables but the detector,
  // the quantization, the extra parameters and the place of the data.
  std::string trained_settings;

  // Keywords in their order, then the unknown label if there is one.
  std::vector<std::string> classes() const;
  int unknown_class() const;  // its index, or -1
};

// A file may begin with extends = "other.toml" (relative to itself): it then changes only what it
// names; tables are merged, lists replaced.
// Overrides: "training.epochs=3" and so on, as --set gives them; checked like the file's own keys.
Specification read_specification(const Path& file, const std::vector<std::string>& overrides = {});
Specification parse_specification(const std::string& text, const std::string& name,
                                  const std::vector<std::string>& overrides = {});

// Where the sources' paths start: `option` (--data) if not empty, else $STAPES_DATA, else
// data.root relative to the specification's folder.
Path data_root(const Specification& specification, const Path& option);

// SHA-256 of trained_settings; a checkpoint carries it.
std::string fingerprint(const Specification& specification);

}  // namespace stapes
