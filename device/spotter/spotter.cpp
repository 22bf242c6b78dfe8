#include "device/spotter/spotter.h"

#include <cstring>

#include "device/frontend/model_input.h"
#include "device/spotter/spotter_layout.h"

namespace stapes {
namespace {

int16_t amplified(int16_t sample, float gain) {
  const float value = static_cast<float>(sample) * gain;
  if (value >= 32767.0F) return 32767;
  if (value <= -32768.0F) return -32768;
  return static_cast<int16_t>(value < 0.0F ? value - 0.5F : value + 0.5F);
}

}  // namespace

size_t Spotter::required_memory_without_model(const Settings& settings, int32_t classes) {
  if (classes <= 0) return 0;
  return round_up(FrontEnd::required_memory_without_tables(settings.front_end)) +
         SpotterLayout(settings, classes, false).total();
}

Status Spotter::initialize(const Settings& settings, const FrontEndTables& tables,
                           const RunnableModel& model, const char* const* labels, int32_t classes,
                           void* memory, size_t bytes) {
  Status status = check(settings, classes, memory);
  if (!status.ok()) return status;
  status = front_end_.initialize(settings.front_end, tables, memory, bytes);
  if (!status.ok()) return status;
  if (bytes < required_memory_without_model(settings, classes)) {
    return Status::failure("the spotter's memory is too small");
  }
  const size_t used = round_up(FrontEnd::required_memory_without_tables(settings.front_end));
  return finish(settings, model, labels, classes, static_cast<uint8_t*>(memory) + used);
}

Status Spotter::check(const Settings& settings, int32_t classes, const void* memory) const {
  if (memory == nullptr || reinterpret_cast<uintptr_t>(memory) % kAlignment != 0) {
    return Status::failure("the spotter's memory is missing or not aligned");
  }
  if (classes <= 0) return Status::failure("the spotter has no classes");
  if (settings.latency_ms < 0) return Status::failure("latency_ms is negative");
  if (!(settings.volume_gain >= 0.0F)) return Status::failure("volume_gain is negative");
  return Status::success();
}

// REQUIRES: the front end is initialized, and `memory` has SpotterLayout::total() bytes.
Status Spotter::finish(const Settings& settings, const RunnableModel& model,
                       const char* const* labels, int32_t classes, uint8_t* memory) {
  settings_ = settings;
  classes_ = classes;
  model_ = model;
  frames_ = frame_by_frame() ? 1 : settings.front_end.frames();
  channels_ = settings.front_end.filterbank_n_channels;
  if (frames_ < 1) return Status::failure("sample_length_ms is shorter than window_size_ms");
  const SpotterLayout layout(settings, classes, frame_by_frame());
  spectrogram_ = reinterpret_cast<uint16_t*>(memory);
  memory += layout.spectrogram;
  scores_ = memory;
  memory += layout.scores;
  Status status = detector_.initialize(settings.detector, labels, classes, memory, layout.detector);
  if (!status.ok()) return status;
  status = check_model();
  if (!status.ok()) return status;
  reset();
  return Status::success();
}

Status Spotter::check_model() const {
  if (int64_t{model_.input_elements} != int64_t{frames_} * channels_) {
    return Status::failure("the model's input does not have the front end's frames x channels", -1,
                           model_.input_tensor);
  }
  if (frame_by_frame() && settings_.normalization == Normalization::kMeanAndStd) {
    return Status::failure(
        "mean_and_std needs the whole window; train the model with normalization = \"rescale\"");
  }
  if (frame_by_frame() && model_.input_values == RunnableModel::Values::kInt8 &&
      settings_.front_end.quantize_dynamic_scale_enable) {
    return Status::failure(
        "quantize_dynamic_scale_enable needs the whole window; train the model without it");
  }
  if (model_.input_values == RunnableModel::Values::kInt8) {
    if (settings_.normalization != Normalization::kNone) {
      return Status::failure("a model with int8 input takes no normalized features", -1,
                             model_.input_tensor);
    }
  } else if (model_.input_values != RunnableModel::Values::kFloat32) {
    return Status::failure("the model's input is neither float32 nor int8", -1,
                           model_.input_tensor);
  }
  if (model_.output_elements != classes_) {
    return Status::failure("the model has not as many scores as there are classes", -1,
                           model_.output_tensor);
  }
  if (model_.output_values == RunnableModel::Values::kInt8) {
    if (model_.output_scale != 1.0F / 256.0F || model_.output_zero_point != -128) {
      return Status::failure("the model's int8 scores must have scale 1/256, zero point -128", -1,
                             model_.output_tensor);
    }
  } else if (model_.output_values != RunnableModel::Values::kFloat32) {
    return Status::failure("the model's output is neither float32 nor int8", -1,
                           model_.output_tensor);
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
  model_.reset(model_.self);
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
    if (frame_by_frame()) {
      // The model hears every row; what it says counts as it would for a window.
      fill_input();
      const Status status = model_.invoke(model_.self);
      if (!status.ok()) return status;
      if (!model_.has_scores(model_.self)) continue;
    } else if (!is_time_for_inference()) {
      continue;
    }
    if (settings_.front_end.activity_detection_enable && !front_end_.activity_was_detected()) {
      continue;
    }
    *inferred = true;
    return frame_by_frame() ? detect(inference) : infer(inference);
  }
  return Status::success();
}

bool Spotter::is_time_for_inference() {
  const int64_t now = time_ms();
  if (has_inferred_ && now - last_inference_ms_ < settings_.latency_ms) return false;
  has_inferred_ = true;
  last_inference_ms_ = now;
  return true;
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
  if (!settings_.keep_state) model_.reset(model_.self);
  const Status status = model_.invoke(model_.self);
  return status.ok() ? detect(inference) : status;
}

Status Spotter::detect(Inference* inference) {
  read_scores();
  *inference = Inference{};
  inference->time_ms = time_ms();
  inference->scores = scores_;
  const Status status = detector_.process(inference->time_ms, scores_, &inference->detection);
  // Without suppression the same sound would be detected again and again while it stays in the
  // window, so it is forgotten; as the reference does it.
  if (inference->detection.is_new && settings_.detector.suppression_ms <= 1) forget_sound();
  return status;
}

void Spotter::fill_input() {
  const int32_t count = frames_ * channels_;
  if (model_.input_values == RunnableModel::Values::kInt8) {
    quantize_spectrogram(settings_.front_end, spectrogram_, count,
                         static_cast<int8_t*>(model_.input));
    return;
  }
  FeatureScale scale;
  if (settings_.normalization == Normalization::kMeanAndStd) {
    scale = mean_and_std(spectrogram_, count);
  } else if (settings_.normalization == Normalization::kRescale) {
    scale.factor = settings_.rescale;
  }
  if (model_.quantize_input == nullptr) {
    scale_features(spectrogram_, count, scale, static_cast<float*>(model_.input));
    return;
  }
  constexpr int32_t kPiece = 64;
  float piece[kPiece];
  for (int32_t done = 0; done < count; done += kPiece) {
    const int32_t size = count - done < kPiece ? count - done : kPiece;
    scale_features(spectrogram_ + done, size, scale, piece);
    model_.quantize_input(model_.self, piece, done, size);
  }
}

void Spotter::read_scores() {
  for (int32_t i = 0; i < classes_; ++i) {
    scores_[i] = model_.output_values == RunnableModel::Values::kInt8
                     ? score_from_int8(static_cast<const int8_t*>(model_.output)[i])
                     : score_from_float(static_cast<const float*>(model_.output)[i]);
  }
}

}  // namespace stapes
