#pragma once
#include <cstddef>
#include <cstdint>

#include "device/detection/detector.h"
#include "device/frontend/front_end.h"
#include "device/frontend/settings.h"
#include "device/frontend/tables.h"
#include "device/spotter/runnable_model.h"
#include "device/status.h"

namespace stapes {

struct OperatorTable;

// The whole way from sound to detected words: front end, model, detector.
//
//   alignas(Spotter::kAlignment) static uint8_t memory[64 * 1024];
//
//   Spotter::Settings settings;        // what the model was trained with
//   settings.front_end.filterbank_n_channels = 40;
//   settings.normalization = Spotter::Normalization::kMeanAndStd;
//   settings.detector.detection_threshold = 242;
//   Spotter spotter;
//   Status status = spotter.initialize(settings, model, model_bytes, integer_operators(), labels,
//                                      11, memory, sizeof memory);
//   while (status.ok()) {
//     read_microphone(samples, 160);   // any number of samples
//     status = spotter.push(samples, 160, [](const Spotter::Inference& inference) {
//       if (inference.detection.is_new) report(inference.detection.class_index);
//     });
//   }
//
// What it says depends on the samples and on nothing else: neither on how they are cut into calls
// nor on how fast they come. Time is counted in samples.
//
// The model sees the last sample_length_ms of sound as a spectrogram that slides on; before there
// is that much sound, silence (zeros) stands in its place. One inference is made as soon as a row
// of the spectrogram is complete and at least latency_ms have passed since the last one.
//
// The model is a .tflite that the interpreter runs, as above, or one that is compiled into the
// program (RunnableModel); both are heard through the same calls and answer the same. What
// `stapes compile --spotter` writes uses the latter, and links no interpreter.
//
// No heap; memory and model are the caller's and must outlive the spotter.
class Spotter {
 public:
  static constexpr size_t kAlignment = 32;
  static_assert(kAlignment % kTableAlignment == 0, "");

  // What is done with the spectrogram (uint16) before a float32 model sees it; what precisely says
  // device/frontend/model_input.h. A model with int8 input gets the spectrogram quantized as
  // front_end.quantize_dynamic_scale_enable says, and so needs kNone.
  enum class Normalization { kNone, kMeanAndStd, kRescale };

  struct Settings {
    FrontEndSettings front_end;
    Normalization normalization = Normalization::kNone;
    float rescale = 1.0F;
    Detector::Settings detector;
    int32_t latency_ms = 100;
    // Samples are multiplied by this, with saturation, if it is above 1.
    float volume_gain = 0.0F;
    // The windows of successive inferences overlap, so each starts from the reset state. True: the
    // LSTM's state lives on from one to the next, as it does in the reference toolkit.
    bool keep_state = false;
  };

  struct Inference {
    int64_t time_ms = 0;              // of sound heard until now
    const uint8_t* scores = nullptr;  // [classes], 255 = certain; valid during the call
    Detection detection;
  };

  // Bytes that the spotter needs besides the model's arena, 0 for settings that the front end
  // refuses. The arena is what Interpreter::required_arena says with Options::quantized_input: a
  // model that begins with QUANTIZE gets its input quantized as it is normalized, by that
  // operator's own kernel, and the arena holds no float32 spectrogram.
  static size_t required_memory(const Settings& settings, int32_t classes);

  // A .tflite. `memory`, aligned to kAlignment: required_memory(), and all that is left is the
  // arena.
  // `labels`: [classes]. Fails when a setting makes no sense, when the model is broken, or when it
  // does not fit the settings: it must have one input of frames x channels values (float32 or int8)
  // and one output with a score for each class (float32, or int8 with scale 1/256 and zero point
  // -128).
  Status initialize(const Settings& settings, const uint8_t* model, size_t model_bytes,
                    const OperatorTable& operators, const char* const* labels, int32_t classes,
                    void* memory, size_t bytes);

  // The same .tflite, run frame by frame (device/streaming): the model hears each row once, as it
  // comes, and each of its outputs goes to the detector; latency_ms and keep_state mean nothing.
  // Needs a model that can be run so, and features that do not depend on the whole window: no
  // kMeanAndStd, no quantize_dynamic_scale_enable. The arena behind the memory is what
  // StreamInterpreter::required_arena says with Options::quantized_input.
  static size_t required_stream_memory(const Settings& settings, int32_t classes);
  Status initialize_stream(const Settings& settings, const uint8_t* model, size_t model_bytes,
                           const OperatorTable& operators, const char* const* labels,
                           int32_t classes, void* memory, size_t bytes);

  // A model that is ready, with the front end's tables for these settings
  // (device/frontend/tables.h); both must outlive the spotter. Needs no interpreter and less
  // memory. Otherwise the same. REQUIRES: check_settings(settings.front_end) is ok.
  static size_t required_memory_without_model(const Settings& settings, int32_t classes);
  Status initialize(const Settings& settings, const FrontEndTables& tables,
                    const RunnableModel& model, const char* const* labels, int32_t classes,
                    void* memory, size_t bytes);

  // Takes samples until an inference has been made or none is left. `*taken` says how many it
  // took; `*inferred` whether `*inference` is set. REQUIRES: initialize() succeeded.
  Status take(const int16_t* samples, int32_t count, int32_t* taken, bool* inferred,
              Inference* inference);

  // Takes all samples and calls on_inference(const Inference&) for each inference.
  template <typename OnInference>
  Status push(const int16_t* samples, int32_t count, OnInference&& on_inference) {
    while (count > 0) {
      int32_t taken = 0;
      bool inferred = false;
      Inference inference;
      const Status status = take(samples, count, &taken, &inferred, &inference);
      if (!status.ok()) return status;
      samples += taken;
      count -= taken;
      if (inferred) on_inference(static_cast<const Inference&>(inference));
    }
    return Status::success();
  }

  // As after initialize(): no sound heard, time 0.
  void reset();

  // The spectrogram that the last inference saw, [frames, channels], oldest row first; frame by
  // frame it is one row.
  const uint16_t* spectrogram() const { return spectrogram_; }
  int32_t spectrogram_frames() const { return frames_; }
  const Settings& settings() const { return settings_; }
  int64_t time_ms() const { return samples_heard_ * 1000 / settings_.front_end.sample_rate_hz; }

 private:
  Status check(const Settings& settings, int32_t classes, const void* memory) const;
  Status finish(const Settings& settings, const RunnableModel& model, const char* const* labels,
                int32_t classes, uint8_t* memory);
  Status check_model() const;
  bool frame_by_frame() const { return model_.has_scores != nullptr; }
  bool is_time_for_inference();
  int32_t take_into_front_end(const int16_t* samples, int32_t count, const uint16_t** row);
  void append(const uint16_t* row);
  Status infer(Inference* inference);
  Status detect(Inference* inference);
  void fill_input();
  void read_scores();
  void forget_sound();

  Settings settings_;
  FrontEnd front_end_;
  RunnableModel model_;
  Detector detector_;
  int32_t classes_ = 0;
  int32_t frames_ = 0;
  int32_t channels_ = 0;
  uint16_t* spectrogram_ = nullptr;  // [frames, channels]
  uint8_t* scores_ = nullptr;        // [classes]
  int64_t samples_heard_ = 0;
  bool has_inferred_ = false;
  int64_t last_inference_ms_ = 0;
};

}  // namespace stapes
