#pragma once
#include "device/graph/flatbuffer.h"
#include "device/graph/tensor.h"
#include "device/status.h"

// For functions that return a Status.
#define STAPES_RETURN_IF_ERROR(expression)                \
  do {                                                    \
    const ::stapes::Status stapes_status_ = (expression); \
    if (!stapes_status_.ok()) return stapes_status_;      \
  } while (false)

namespace stapes {

// One operator of a verified model.
struct OperatorView {
  OperatorCode code = OperatorCode::kCustom;
  int32_t version = 1;
  FlatVector<int32_t> inputs;  // tensor indices; -1: absent
  FlatVector<int32_t> outputs;
  FlatVector<int32_t> intermediates;  // only their scales mean something
  OptionsTag options_tag = OptionsTag::kNone;
  FlatTable options;  // absent in files that leave it out: every field then has its default
};

// A .tflite file in memory, seen without copying it. The bytes stay the caller's and must outlive
// the Model unchanged.
class Model {
 public:
  // Bounds on what a file may ask for, so that verifying and planning take bounded time.
  static constexpr int32_t kMaximumTensors = 4096;
  static constexpr int32_t kMaximumOperators = 4096;
  static constexpr int32_t kMaximumOperands = 64;          // inputs or outputs of one operator
  static constexpr size_t kMaximumTensorBytes = 1U << 30;  // 1 GiB

  Model() = default;
  Model(const Model&) = delete;  // views point into it
  Model& operator=(const Model&) = delete;

  // Checks the whole file before anything else may be asked of it: structure, indices, shapes,
  // sizes, types, quantization. That every tensor is written exactly once and before it is read is
  // checked when memory is planned; what an operator asks of its tensors, when it prepares.
  Status open(const uint8_t* data, size_t size);

  int32_t tensors() const { return tensors_.size(); }
  int32_t operators() const { return operators_.size(); }
  FlatVector<int32_t> inputs() const { return inputs_; }
  FlatVector<int32_t> outputs() const { return outputs_; }

  TensorView tensor(int32_t index) const;  // `data` is set only for constants
  OperatorView operator_at(int32_t index) const;

 private:
  Status open_subgraph();
  Status verify_tensors() const;
  Status verify_operators() const;
  Status verify_interface() const;

  FlatBuffer file_;
  FlatTableVector operator_codes_;
  FlatTableVector buffers_;
  FlatTableVector tensors_;
  FlatTableVector operators_;
  FlatVector<int32_t> inputs_;
  FlatVector<int32_t> outputs_;
};

}  // namespace stapes
