#pragma once
#include <cstddef>
#include <cstdint>

#include "device/graph/model.h"
#include "device/graph/operator_table.h"
#include "device/graph/tensor.h"
#include "device/status.h"
#include "device/streaming/timing.h"

namespace stapes {

// Runs a .tflite for windows frame by frame: the same file as the Interpreter, the same kernels,
// and each row of each tensor computed once.
//
//   alignas(kArenaAlignment) static uint8_t arena[24 * 1024];
//
//   StreamInterpreter stream;
//   Status status = stream.initialize(model_bytes, model_size, arena, sizeof(arena),
//                                     integer_operators());
//   while (status.ok()) {
//     std::memcpy(stream.input().data, row, stream.input().bytes);   // one frame
//     status = stream.step();
//     if (stream.has_new_output()) use(stream.output(0));
//   }
//
// A tensor that a window (of a convolution or a pool) reads keeps as many of its last rows as the
// window reaches back to; operators behind strides run only with every second, fourth, ... frame;
// an LSTM keeps its state; what comes behind the window's last step runs with each new step.
// timing.h says which models can be run so, and when their rows exist.
//
// What it computes. After reset(), row r of a tensor has the bytes that the Interpreter gives it in
// a window that begins with the first frame, for as many frames as that window has; so the output
// of frame t is that of a window of t + 1 frames, or of the last frame before it at which there was
// an output. Padding in front of the window is what the kept rows begin with. Later on, rows depend
// on all frames that their windows and the LSTM's state reach back to. Where that is a number of
// frames (no LSTM) below the window's, the output is that of a window of the last frames, too.
//
// Memory. As with the Interpreter, the caller's: records, prepared constants, the LSTM's state,
// kept rows and activations lie in the arena, nothing is allocated later on. A model is untrusted.
class StreamInterpreter {
 public:
  struct Options {
    bool keep_all_tensors = false;  // every tensor keeps its own memory, to be read after step()
    bool quantized_input = false;   // as Interpreter::Options says, with input() for input(0)
  };

  // The exact arena that initialize() needs with the same arguments. Works in `workspace` (aligned
  // like an arena): workspace_bound(size) bytes always suffice except for files made to abuse
  // memory. `live_bytes` may be null: what activations, kept rows and scratch take while each
  // operator runs, [live_count >= operators of the file].
  static Status required_arena(const uint8_t* model, size_t size, const OperatorTable& operators,
                               const Options& options, void* workspace, size_t workspace_size,
                               size_t* bytes, uint32_t* live_bytes = nullptr,
                               int32_t live_count = 0);
  static constexpr size_t workspace_bound(size_t model_size) { return 24 * model_size + 4096; }

  // REQUIRES: arena aligned to kArenaAlignment.
  Status initialize(const uint8_t* model, size_t size, void* arena, size_t arena_size,
                    const OperatorTable& operators);
  Status initialize(const uint8_t* model, size_t size, void* arena, size_t arena_size,
                    const OperatorTable& operators, const Options& options);

  // As if no frame had come: kept rows of padding, LSTM's state 0.
  void reset();

  // Takes the frame that lies in input(), whose memory is reused. A failed step (an operator that
  // isn't defined for the values it meets) must be followed by reset().
  Status step();
  // Whether the last step computed output 0 anew; otherwise the outputs are undefined.
  bool has_new_output() const { return has_new_output_; }

  // One frame: the model's input with 1 in place of its frames.
  TensorView input() const { return tensor(input_tensor()); }
  // As the Interpreter's, of one frame.
  bool has_quantized_input() const { return quantized_input_ >= 0; }
  void quantize_input(const float* values, int32_t first, int32_t count);
  int32_t outputs() const { return model_.outputs().size(); }
  TensorView output(int32_t i) const { return tensor(model_.outputs()[i]); }
  // The newest row of any tensor by its index in the file; Interpreter::tensor() otherwise.
  TensorView tensor(int32_t index) const;

  int32_t window_frames() const { return model_.tensor(model_.inputs()[0]).shape[kTimeAxis]; }
  // Output 0 comes with frame output_delay() for the first time, then every output_period() frames.
  int32_t output_period() const { return records_[output_operator_].period; }
  int32_t output_delay() const { return records_[output_operator_].delay; }
  // After this many frames the operators run in the same pattern again; at most INT32_MAX.
  int32_t pattern_frames() const;

  // For programs that measure: one operator of a step. Called for 0, 1, ..., operators() - 1, each
  // runs if it is due, and end_frame() ends the step.
  int32_t operators() const { return model_.operators(); }
  OperatorCode operator_code(int32_t index) const { return model_.operator_at(index).code; }
  int32_t operator_period(int32_t index) const { return records_[index].period; }
  bool operator_ran(int32_t index) const { return records_[index].ran; }
  Status step_operator(int32_t index);
  void end_frame();

  // Bytes, once initialized.
  size_t arena_used() const { return arena_used_; }              // equals required_arena()
  size_t persistent_bytes() const { return persistent_bytes_; }  // records, constants, LSTM state
  size_t state_bytes() const { return state_bytes_; }            // of these, the LSTMs' states
  size_t kept_bytes() const { return kept_bytes_; }              // rows of the past
  size_t activation_bytes() const { return activation_bytes_; }  // with the kept rows

 private:
  // The last rows of a tensor, oldest first.
  struct KeptRows {
    uint8_t* first = nullptr;
    int32_t tensor = -1;
    int32_t rows = 0;
    uint32_t row_bytes = 0;
    int32_t padding = 0;  // the stored value of real 0
    uint8_t element_bytes = 0;
  };
  struct OperatorRecord {
    const OperatorKernel* kernel = nullptr;
    FlatVector<int32_t> inputs;
    FlatVector<int32_t> outputs;
    void* prepared = nullptr;
    void* scratch = nullptr;
    uint32_t scratch_bytes = 0;
    uint32_t reach_back = 0;  // from the newest row of input 0 to the first that it reads, in bytes
    int32_t period = 1;
    int32_t delay = 0;
    int32_t frames_left = 1;  // until it runs
    int16_t kept = -1;        // the KeptRows that its output joins
    uint8_t in_place_inputs = 0;
    bool ran = false;
  };
  struct Planning;  // what is only needed while initializing

  Status prepare(const uint8_t* model, size_t size, Arena* arena, const OperatorTable& operators,
                 const Options& options, Planning* planning);
  Status prepare_operator(int32_t index, Arena* arena, const OperatorTable& operators,
                          Planning* planning);
  Status place_state(Arena* arena);
  Status find_kept_rows(Arena* arena, const Planning& planning);
  Status place(Arena* arena, const Options& options, bool assign, const Planning& planning,
               uint32_t* live_bytes);
  int32_t input_tensor() const {
    return has_quantized_input() ? quantized_input_ : model_.inputs()[0];
  }
  static void move_up(const KeptRows& kept);

  Model model_;
  OperatorRecord* records_ = nullptr;
  void** tensor_data_ = nullptr;  // of tensors with kept rows: the newest
  uint8_t* is_row_ = nullptr;     // by tensor: it has a time axis
  KeptRows* kept_ = nullptr;
  int32_t kept_count_ = 0;
  int32_t input_kept_ = -1;
  int32_t quantized_input_ = -1;
  int32_t output_operator_ = -1;
  size_t arena_used_ = 0;
  size_t persistent_bytes_ = 0;
  size_t state_bytes_ = 0;
  size_t kept_bytes_ = 0;
  size_t activation_bytes_ = 0;
  bool has_new_output_ = false;
  bool ready_ = false;
};

}  // namespace stapes
