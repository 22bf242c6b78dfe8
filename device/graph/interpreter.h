#pragma once
#include <cstddef>
#include <cstdint>

#include "device/graph/model.h"
#include "device/graph/operator_table.h"
#include "device/graph/tensor.h"
#include "device/status.h"

namespace stapes {

// Runs a .tflite file from memory.
//
//   alignas(kArenaAlignment) static uint8_t arena[26 * 1024];
//
//   Interpreter interpreter;
//   Status status = interpreter.initialize(model_bytes, model_size, arena, sizeof(arena),
//                                          integer_operators());
//   if (!status.ok()) report(status.message, status.operator_index, status.tensor_index);
//   std::memcpy(interpreter.input(0).data, features, interpreter.input(0).bytes);
//   interpreter.reset();              // forget what the LSTM has heard; leave out for a stream
//   status = interpreter.invoke();
//   const auto* scores = static_cast<const int8_t*>(interpreter.output(0).data);
//
// Memory. The model bytes (they may lie in flash) and the arena are the caller's, and must outlive
// the interpreter unchanged. Weights are read where they lie in the file. The arena holds, in this
// order: a record per operator and tensor, the operators' prepared constants, the state, and the
// activations, which share memory according to their lifetimes (memory_plan.h). Nothing else is
// used; there is no heap.
//
// State. What an invoke() leaves for the next one is the contents of the variable tensors (the
// LSTM's hidden and cell state) and nothing else. They lie together in state(); reset() fills them
// with the stored value of real 0, i.e. an int8 hidden state with its zero point. initialize()
// resets.
//
// A file is untrusted: initialize() checks all of it before the first inference.
// Not thread-safe; several interpreters may share a file and not an arena.
class Interpreter {
 public:
  struct Options {
    bool keep_all_tensors = false;  // every tensor keeps its own memory, to be read after invoke()
    // The QUANTIZE that a model begins with is left to the caller where that can be
    // (quantized_input.h): input(0) is then its result, which the caller writes or makes by
    // quantize_input(), and the float32 values have no memory. Changes nothing for other models.
    bool quantized_input = false;
  };
  struct Region {
    uint8_t* data = nullptr;
    size_t bytes = 0;
  };

  // The exact arena that initialize() needs with the same arguments: it succeeds with `*bytes`, and
  // with one byte less it fails. Works in `workspace` (aligned like an arena), which needs room for
  // everything but the activations: kilobytes for a keyword model, workspace_bound(size) always
  // except for files made to abuse memory.
  static Status required_arena(const uint8_t* model, size_t size, const OperatorTable& operators,
                               const Options& options, void* workspace, size_t workspace_size,
                               size_t* bytes);
  // The same, and what lives while each operator runs: bytes of activations and scratch at one
  // time, their sizes rounded up to kArenaAlignment. `live_bytes`: [operators] of the file.
  static Status required_arena(const uint8_t* model, size_t size, const OperatorTable& operators,
                               const Options& options, void* workspace, size_t workspace_size,
                               size_t* bytes, uint32_t* live_bytes, int32_t live_count);
  static constexpr size_t workspace_bound(size_t model_size) { return 16 * model_size + 4096; }

  // REQUIRES: arena aligned to kArenaAlignment. A failed initialize() leaves the interpreter unable
  // to invoke; it may be initialized again, also with another model.
  Status initialize(const uint8_t* model, size_t size, void* arena, size_t arena_size,
                    const OperatorTable& operators);
  Status initialize(const uint8_t* model, size_t size, void* arena, size_t arena_size,
                    const OperatorTable& operators, const Options& options);

  void reset();
  // Inputs must be set before every invoke(): their memory is reused. Fails only where an operator
  // isn't defined for the values that it meets (RSQRT of a negative number).
  Status invoke();
  // One operator of an inference, for programs that measure each. Calling it for 0, 1, …,
  // operators() - 1 is an invoke(); any other order leaves the outputs undefined.
  Status invoke_operator(int32_t index);

  int32_t inputs() const { return model_.inputs().size(); }
  int32_t outputs() const { return model_.outputs().size(); }
  TensorView input(int32_t i) const {
    return tensor(i == 0 && has_quantized_input() ? quantized_input_ : model_.inputs()[i]);
  }
  TensorView output(int32_t i) const { return tensor(model_.outputs()[i]); }
  // Whether Options::quantized_input was asked for and the model has one.
  bool has_quantized_input() const { return quantized_input_ >= 0; }
  // What the QUANTIZE would do to elements `first` to `first + count` of the model's float32 input.
  // REQUIRES: has_quantized_input().
  void quantize_input(const float* values, int32_t first, int32_t count);
  // Any tensor by its index in the file. Only inputs (before invoke), outputs (after it), variables
  // and constants have defined contents, unless Options::keep_all_tensors.
  int32_t tensors() const { return model_.tensors(); }
  TensorView tensor(int32_t index) const;

  int32_t operators() const { return model_.operators(); }
  OperatorCode operator_code(int32_t index) const { return model_.operator_at(index).code; }

  // What initialize() made of an operator, for tools that write it out as source code: the kernel's
  // binding, what its prepare() left (operators/prepared.h), and its scratch memory or null.
  struct PreparedOperator {
    const OperatorKernel* kernel;
    const void* parameters;
    const void* scratch;
  };
  PreparedOperator prepared_operator(int32_t index) const {
    return {records_[index].kernel, records_[index].prepared, records_[index].scratch};
  }

  // May be copied out and back between invocations, to interleave several streams.
  Region state() const { return state_; }

  // Bytes, once initialized.
  size_t arena_used() const { return arena_used_; }              // equals required_arena()
  size_t persistent_bytes() const { return persistent_bytes_; }  // records, constants, state
  // What the plan places; it starts persistent_bytes() behind the arena's beginning.
  size_t activation_bytes() const { return activation_bytes_; }
  size_t activation_lower_bound() const { return activation_lower_bound_; }  // of any plan

 private:
  struct OperatorRecord {
    const OperatorKernel* kernel = nullptr;
    FlatVector<int32_t> inputs;
    FlatVector<int32_t> outputs;
    void* prepared = nullptr;
    void* scratch = nullptr;
    size_t scratch_bytes = 0;
    uint8_t in_place_inputs = 0;
  };

  Status prepare(const uint8_t* model, size_t size, Arena* arena, const OperatorTable& operators,
                 const Options& options);
  Status place_state(Arena* arena);
  Status place(Arena* arena, const Options& options, bool assign, uint32_t* live_bytes = nullptr);
  Status evaluate(int32_t index) const;

  static Status arena_too_small();

  Model model_;
  OperatorRecord* records_ = nullptr;
  void** tensor_data_ = nullptr;
  int32_t quantized_input_ = -1;
  Region state_;
  size_t arena_used_ = 0;
  size_t persistent_bytes_ = 0;
  size_t activation_bytes_ = 0;
  size_t activation_lower_bound_ = 0;
  bool ready_ = false;
};

}  // namespace stapes
