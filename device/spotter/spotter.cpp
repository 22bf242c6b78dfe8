#include "device/spotter/spotter.h"

#include <cstring>

#include "device/frontend/model_input.h"

namespace stapes {
namespace {

constexpr size_t round_up(size_t bytes) {
  return (bytes + Spotter::kAlignment - 1) / Spotter::kAlignment * Spotter::kAlignment;
}

// As many results as the detector's window can hold, within reason.
int32_t detector_results(const Spotter::Settings& settings) {
  constexpr int64_t kMost = 1024;
  if (settings.detector.faults.full_queue_drops_newest) return Detector::kReferenceResults;
  const int64_t step = settings.front_end.window_step_ms;
  int64_t interval = settings.latency_ms > step ? settings.latency_ms : step;
  if (interval < 1) interval = 1;
  int64_t results = settings.detector.average_window_duration_ms / interval + 2;
  if (results < settings.detector.minimum_count) results = settings.detector.minimum_count;
  return static_cast<int32_t>(results < kMost ? (results > 1 ? results : 1) : kMost);
}

// The parts of the memory in their order; each begins aligned.
struct Layout {
  size_t front_end = 0;
  size_t spectrogram = 0;
  size_t scores = 0;
  size_t detector = 0;

  Layout(const Spotter::Settings& settings, int32_t classes) {
    const FrontEndSettings& fe = settings.front_end;
    front_end = round_up(FrontEnd::required_memory(fe));
    if (front_end == 0 || classes <= 0) return;
    spectrogram = round_up(static_cast<size_t>(fe.frames()) *
                           static_cast<size_t>(fe.filterbank_n_channels) * sizeof(uint16_t));
    scores = round_up(static_cast<size_t>(classes));
    detector = round_up(Detector::memory_bytes(classes, detector_results(settings)));
  }
  size_t total() const { return front_end + spectrogram + scores + detector; }
};

int16_t amplified(int16_t sample, float gain) {
  const float value = static_cast<float>(sample) * gain;
  if (value >= 32767.0F) return 32767;
  if (value <= -32768.0F) return -32768;
  return static_cast<int16_t>(value < 0.0F ? value - 0.5F : value + 0.5F);
}

}  // namespace

size_t Spotter::required_memory(const Settings& settings, int32_t classes) {
  if (FrontEnd::required_memory(settings.front_end) == 0) return 0;
  return Layout(settings, classes).total();
}

Status Spotter::initialize(const Settings& settings, const uint8_t* model, size_t model_bytes,
                           const OperatorTable& operators, const char* const* labels,
                           int32_t classes, void* memory, size_t bytes) {
  if (memory == nullptr || reinterpret_cast<uintptr_t>(memory) % kAlignment != 0) {
    return Status::failure("the spotter's memory is missing or not aligned");
  }
  if (classes <= 0) return Status::failure("the spotter has no classes");
  if (settings.latency_ms < 0) return Status::failure("latency_ms is negative");
  if (!(settings.volume_gain >= 0.0F)) return Status::failure("volume_gain is negative");
  settings_ = settings;
  classes_ = classes;
  const Layout layout(settings, classes);
  uint8_t* next = static_cast<uint8_t*>(memory);

  // The front end judges its settings; they have no layout if it refuses them.
  Status status = front_end_.initialize(settings.front_end, next, bytes);
  if (!status.ok()) return status;
  frames_ = settings.front_end.frames();
  channels_ = settings.front_end.filterbank_n_channels;
  if (frames_ < 1) return Status::failure("sample_length_ms is shorter than window_size_ms");
  if (bytes < layout.total()) return Status::failure("the spotter's memory is too small");

  next += layout.front_end;
  spectrogram_ = reinterpret_cast<uint16_t*>(next);
  next += layout.spectrogram;
  scores_ = next;
  next += layout.scores;
  status = detector_.initialize(settings.detector, labels, classes, next, layout.detector);
  if (!status.ok()) return status;
  next += layout.detector;
  status = interpreter_.initialize(model, model_bytes, next, bytes - layout.total(), operators);
  if (!status.ok()) return status;
  status = check_model();
  if (!status.ok()) return status;
  reset();
  return Status::success();
}

Status Spotter::check_model() const {
  if (interpreter_.inputs() != 1 || interpreter_.outputs() != 1) {
    return Status::failure("the model must have one input and one output");
  }
  const TensorView input = interpreter_.input(0);
  const TensorView output = interpreter_.output(0);
  if (int64_t{input.shape.elements()} != int64_t{frames_} * channels_) {
    return Status::failure("the model's input does not have the front end's frames x channels", -1,
                           input.index);
  }
  if (input.type == TensorType::kInt8) {
    if (settings_.normalization != Normalization::kNone) {
      return Status::failure("a model with int8 input takes no normalized features", -1,
                             input.index);
    }
  } else if (input.type != TensorType::kFloat32) {
    return Status::failure("the model's input is neither float32 nor int8", -1, input.index);
  }
  if (output.shape.elements() != classes_) {
    return Status::failure("the model has not as many scores as there are classes", -1,
                           output.index);
  }
  if (output.type == TensorType::kInt8) {
    if (output.scale != 1.0F / 256.0F || output.zero_point != -128) {
      return Status::failure("the model's int8 scores must have scale 1/256, zero point -128", -1,
                             output.index);
    }
  } else if (output.type != TensorType::kFloat32) {
    return Status::failure("the model's output is neither float32 nor int8", -1, output.index);
  }
  return Status::success();
}

void Spotter::reset() {
  forget_sound();
  detector_.reset();
  samples_heard_ = 0;
  has_inferred_ = false;
  last_inference_ms_ = 0;
}

void Spotter::forget_sound() {
  front_end_.reset();
  interpreter_.reset();
  std::memset(spectrogram_, 0,
              static_cast<size_t>(frames_) * static_cast<size_t>(channels_) * sizeof(uint16_t));
}

Status Spotter::take(const int16_t* samples, int32_t count, int32_t* taken, bool* inferred,
                     Inference* inference) {
  *taken = 0;
  *inferred = false;
  while (*taken < count) {
    const uint16_t* row = nullptr;
    const int32_t step = take_into_front_end(samples + *taken, count - *taken, &row);
    *taken += step;
    samples_heard_ += step;
    if (row == nullptr) continue;
    append(row);
    const int64_t now = time_ms();
    if (has_inferred_ && now - last_inference_ms_ < settings_.latency_ms) continue;
    has_inferred_ = true;
    last_inference_ms_ = now;
    if (settings_.front_end.activity_detection_enable && !front_end_.activity_was_detected()) {
      continue;
    }
    *inferred = true;
    return infer(inference);
  }
  return Status::success();
}

int32_t Spotter::take_into_front_end(const int16_t* samples, int32_t count, const uint16_t** row) {
  if (!(settings_.volume_gain > 1.0F)) return front_end_.take(samples, count, row);
  constexpr int32_t kPiece = 64;
  int16_t piece[kPiece];
  const int32_t size = count < kPiece ? count : kPiece;
  for (int32_t i = 0; i < size; ++i) piece[i] = amplified(samples[i], settings_.volume_gain);
  return front_end_.take(piece, size, row);
}

// Moves the rows up instead of running round a ring: the model needs them in order, and moving
// some kilobytes is cheap beside computing a row.
void Spotter::append(const uint16_t* row) {
  const size_t row_values = static_cast<size_t>(channels_);
  const size_t kept = (static_cast<size_t>(frames_) - 1) * row_values;
  std::memmove(spectrogram_, spectrogram_ + row_values, kept * sizeof(uint16_t));
  std::memcpy(spectrogram_ + kept, row, row_values * sizeof(uint16_t));
}

Status Spotter::infer(Inference* inference) {
  fill_input();
  if (!settings_.keep_state) interpreter_.reset();
  Status status = interpreter_.invoke();
  if (!status.ok()) return status;
  read_scores();
  *inference = Inference{};
  inference->time_ms = time_ms();
  inference->scores = scores_;
  status = detector_.process(inference->time_ms, scores_, &inference->detection);
  // Without suppression the same sound would be detected again and again while it stays in the
  // window, so it is forgotten; as the reference does it.
  if (inference->detection.is_new && settings_.detector.suppression_ms <= 1) forget_sound();
  return status;
}

void Spotter::fill_input() {
  const int32_t count = frames_ * channels_;
  const TensorView input = interpreter_.input(0);
  if (input.type == TensorType::kInt8) {
    quantize_spectrogram(settings_.front_end, spectrogram_, count,
                         static_cast<int8_t*>(input.data));
    return;
  }
  auto* const values = static_cast<float*>(input.data);
  switch (settings_.normalization) {
    case Normalization::kMeanAndStd:
      normalize_mean_and_std(spectrogram_, count, values);
      break;
    case Normalization::kRescale:
      rescale(spectrogram_, count, settings_.rescale, values);
      break;
    case Normalization::kNone:
      rescale(spectrogram_, count, 1.0F, values);
      break;
  }
}

void Spotter::read_scores() {
  const TensorView output = interpreter_.output(0);
  for (int32_t i = 0; i < classes_; ++i) {
    scores_[i] = output.type == TensorType::kInt8
                     ? score_from_int8(static_cast<const int8_t*>(output.data)[i])
                     : score_from_float(static_cast<const float*>(output.data)[i]);
  }
}

}  // namespace stapes
