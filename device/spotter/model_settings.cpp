#include "device/spotter/model_settings.h"

#include "device/frontend/settings_fields.h"
#include "device/graph/model.h"
#include "device/spotter/metadata.h"

namespace stapes {
namespace {

constexpr int64_t kHour = 3600 * 1000;

// Reads values one after the other and remembers the first thing that is wrong.
class Reader {
 public:
  explicit Reader(const Metadata& metadata) : metadata_(metadata) {}

  void read(const char* prefix, const char* key, int32_t* value, int64_t low, int64_t high) {
    const Metadata::Value found = metadata_.find(prefix, key);
    if (found.kind == Metadata::Kind::kAbsent) return;
    const bool is_whole =
        found.kind == Metadata::Kind::kInteger || found.kind == Metadata::Kind::kBoolean;
    if (!is_whole || found.integer < low || found.integer > high) return fail();
    *value = static_cast<int32_t>(found.integer);
  }
  void read(const char* prefix, const char* key, float* value) {
    const Metadata::Value found = metadata_.find(prefix, key);
    if (found.kind == Metadata::Kind::kAbsent) return;
    if (!is_scalar(found)) return fail();
    *value = static_cast<float>(found.number);
  }
  void read(const char* prefix, const char* key, bool* value) {
    const Metadata::Value found = metadata_.find(prefix, key);
    if (found.kind == Metadata::Kind::kAbsent) return;
    if (!is_scalar(found)) return fail();
    *value = found.number != 0.0;
  }
  void fail() {
    status_ = Status::failure("a parameter in the model's metadata is of the wrong kind or range");
  }
  const Status& status() const { return status_; }

 private:
  static bool is_scalar(const Metadata::Value& value) {
    return value.kind == Metadata::Kind::kInteger || value.kind == Metadata::Kind::kNumber ||
           value.kind == Metadata::Kind::kBoolean;
  }

  const Metadata& metadata_;
  Status status_;
};

void read_front_end(Reader& reader, FrontEndSettings* front_end) {
  struct Visitor {
    Reader& reader;
    void operator()(const char* key, int32_t& value) const {
      reader.read("fe.", key, &value, INT32_MIN, INT32_MAX);
    }
    void operator()(const char* key, float& value) const { reader.read("fe.", key, &value); }
    void operator()(const char* key, bool& value) const { reader.read("fe.", key, &value); }
  };
  for_each_front_end_field(*front_end, Visitor{reader});
}

void read_normalization(Reader& reader, Spotter::Settings* spotter) {
  float rescale = 0.0F;
  bool mean_and_std = false;
  reader.read("samplewise_norm.", "rescale", &rescale);
  reader.read("samplewise_norm.", "mean_and_std", &mean_and_std);
  if (rescale != 0.0F) {
    spotter->normalization = Spotter::Normalization::kRescale;
    spotter->rescale = rescale;
  } else if (mean_and_std) {
    spotter->normalization = Spotter::Normalization::kMeanAndStd;
  }
}

void read_detector(Reader& reader, Spotter::Settings* spotter) {
  Detector::Settings& detector = spotter->detector;
  reader.read("", "latency_ms", &spotter->latency_ms, 0, kHour);
  reader.read("", "volume_gain", &spotter->volume_gain);
  reader.read("", "average_window_duration_ms", &detector.average_window_duration_ms, 0, kHour);
  reader.read("", "suppression_ms", &detector.suppression_ms, 0, kHour);
  reader.read("", "minimum_count", &detector.minimum_count, 0, 1000);
  int32_t threshold = detector.detection_threshold;
  reader.read("", "detection_threshold", &threshold, 0, 255);
  detector.detection_threshold = static_cast<uint8_t>(threshold);
}

Status read_labels(const Metadata& metadata, ModelSettings* settings) {
  const Metadata::Value list = metadata.find("", "classes");
  if (list.kind != Metadata::Kind::kTextList || list.size == 0) {
    return Status::failure("the model's metadata doesn't name its classes");
  }
  if (list.size > ModelSettings::kMaximumClasses) {
    return Status::failure("the model has too many classes");
  }
  for (int32_t i = 0; i < list.size; ++i) {
    settings->labels[i] = metadata.text_at(list, i);
    if (settings->labels[i] == nullptr) return Status::failure("a label of the model is damaged");
  }
  settings->classes = list.size;
  return Status::success();
}

Status read_thresholds(const Metadata& metadata, ModelSettings* settings) {
  const Metadata::Value list = metadata.find("", "detection_threshold_list");
  if (list.kind != Metadata::Kind::kIntegerList || list.size == 0) return Status::success();
  if (list.size != settings->classes) {
    return Status::failure("detection_threshold_list hasn't one threshold per class");
  }
  for (int32_t i = 0; i < list.size; ++i) {
    const int32_t value = metadata.integer_at(list, i);
    settings->thresholds[i] = static_cast<uint8_t>(value < 0 ? 0 : value > 255 ? 255 : value);
  }
  settings->spotter.detector.detection_thresholds = settings->thresholds;
  return Status::success();
}

}  // namespace

Status read_model_settings(const uint8_t* model, size_t size, ModelSettings* settings) {
  settings->spotter = Spotter::Settings();
  settings->classes = 0;
  Metadata metadata;
  if (!metadata.open(model, size)) {
    return Status::failure("the model has no metadata with its labels and front end");
  }
  if (metadata.find("fe.", "sample_rate_hz").kind == Metadata::Kind::kAbsent) {
    return Status::failure("the model's metadata doesn't describe its front end");
  }
  STAPES_RETURN_IF_ERROR(read_labels(metadata, settings));
  STAPES_RETURN_IF_ERROR(read_thresholds(metadata, settings));
  Reader reader(metadata);
  read_front_end(reader, &settings->spotter.front_end);
  read_normalization(reader, &settings->spotter);
  read_detector(reader, &settings->spotter);
  STAPES_RETURN_IF_ERROR(reader.status());
  return metadata.intact() ? Status::success() : Status::failure("the model's metadata is damaged");
}

}  // namespace stapes
