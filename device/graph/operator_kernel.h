#pragma once
#include "device/graph/arena.h"
#include "device/graph/model.h"
#include "device/graph/tensor.h"
#include "device/status.h"

namespace stapes {

// How an operator of a .tflite file becomes a call of a kernel. Two layers:
//
// 1. A *kernel* (device/kernels/) is a pure function of a parameter struct and pointers. It knows
//    nothing of files, tensors or arenas, trusts its arguments and cannot fail:
//
//      void reference::conv_2d(const Conv2DParameters&, const int8_t* input, const int8_t* filter,
//                              const int32_t* bias, int8_t* output);
//
// 2. An OperatorKernel (device/graph/operators/) binds it to the graph: prepare() checks everything
//    that the kernel trusts — number, types, shapes and scales of the tensors, options — and leaves
//    the parameter struct and its tables in the arena; evaluate() calls the kernel.
//
//      namespace {
//      struct Prepared { reference::Conv2DParameters parameters; };  // plain data
//
//      Status prepare(PrepareContext& context) {
//        STAPES_RETURN_IF_ERROR(expect_operands(context, 2, 3, 1));  // operators/checks.h
//        const TensorView input = context.input(0);
//        ...
//        auto* prepared = context.allocate_prepared<Prepared>();
//        if (prepared == nullptr) return context.out_of_memory();
//        ...
//        return Status::success();
//      }
//
//      Status evaluate(const EvaluateContext& context) {
//        const auto& prepared = context.prepared<Prepared>();
//        reference::conv_2d(prepared.parameters, context.input<int8_t>(0), ...,
//                           context.output<int8_t>(0));
//        return Status::success();
//      }
//      }  // namespace
//
//      const OperatorKernel kConv2DInt8 = {OperatorCode::kConv2D, TensorType::kInt8, prepare,
//                                          evaluate};
//
// A program links only the OperatorKernels that its table names (operator_table.h).
class PrepareContext;
class EvaluateContext;

struct OperatorKernel {
  OperatorCode code;
  TensorType input_type;  // of the operator's first input; ignored when any_type
  Status (*prepare)(PrepareContext& context);
  Status (*evaluate)(const EvaluateContext& context);
  bool any_type = false;  // for an operator that only moves elements, whatever they are
};

// What prepare() may see and ask for. The model is verified: tensor indices are valid, every
// operand has at least one element and less than Model::kMaximumTensorBytes, scales are finite and
// positive, zero points lie in the range of the tensor's type.
class PrepareContext {
 public:
  // `row_counts`: null, or for each tensor how long its axis 1 is held to be; 0: as in the file.
  PrepareContext(const Model& model, int32_t operator_index, Arena& arena,
                 const int32_t* row_counts = nullptr)
      : model_(model),
        operator_(model.operator_at(operator_index)),
        operator_index_(operator_index),
        arena_(arena),
        row_counts_(row_counts) {}

  OperatorCode code() const { return operator_.code; }
  int32_t inputs() const { return operator_.inputs.size(); }
  int32_t outputs() const { return operator_.outputs.size(); }
  // present() == false for an absent operand. `data` is set for constants only.
  TensorView input(int32_t i) const { return tensor(i < inputs() ? operator_.inputs[i] : -1); }
  TensorView output(int32_t i) const { return tensor(i < outputs() ? operator_.outputs[i] : -1); }
  // A tensor that carries a scale and has no values; it may have no elements and any type.
  TensorView intermediate(int32_t i) const {
    return model_.tensor(i < operator_.intermediates.size() ? operator_.intermediates[i] : -1);
  }
  // Absent options read as their defaults; options of another operator count as absent.
  FlatTable options(OptionsTag tag) const {
    return operator_.options_tag == tag ? operator_.options : FlatTable();
  }

  // Memory that keeps its contents until the interpreter is initialized anew; null when the arena
  // is full. What allocate_prepared() gave last, evaluate() finds as prepared<T>().
  template <typename T>
  T* allocate_prepared() {
    T* block = allocate<T>(1);
    prepared_ = block;
    return block;
  }
  template <typename T>
  T* allocate(int32_t count) {
    return arena_.allocate_array<T>(count);
  }

  // Memory that evaluate() finds as scratch(); contents are lost between operators.
  void request_scratch(size_t bytes) { scratch_bytes_ = bytes; }

  // evaluate() also works when output 0 and input `i` are the same memory. Both have the same
  // number of bytes.
  void allow_in_place(int32_t i) { in_place_inputs_ |= static_cast<uint8_t>(1U << i); }

  Status failure(const char* message) const { return Status::failure(message, operator_index_); }
  Status failure(const char* message, const TensorView& tensor) const {
    return Status::failure(message, operator_index_, tensor.index);
  }
  Status out_of_memory() const { return failure("the arena is too small for prepared constants"); }

  void* prepared() const { return prepared_; }
  size_t scratch_bytes() const { return scratch_bytes_; }
  uint8_t in_place_inputs() const { return in_place_inputs_; }

 private:
  TensorView tensor(int32_t index) const {
    TensorView view = model_.tensor(index);
    if (row_counts_ != nullptr && index >= 0 && row_counts_[index] > 0) {
      view.set_rows(row_counts_[index]);
    }
    return view;
  }

  const Model& model_;
  OperatorView operator_;
  int32_t operator_index_;
  Arena& arena_;
  const int32_t* row_counts_;
  void* prepared_ = nullptr;
  size_t scratch_bytes_ = 0;
  uint8_t in_place_inputs_ = 0;
};

// What evaluate() works on: pointers only, everything else was settled by prepare().
class EvaluateContext {
 public:
  EvaluateContext(const FlatVector<int32_t>& inputs, const FlatVector<int32_t>& outputs,
                  int32_t operator_index, void* const* tensor_data, const void* prepared,
                  void* scratch)
      : inputs_(inputs),
        outputs_(outputs),
        operator_index_(operator_index),
        tensor_data_(tensor_data),
        prepared_(prepared),
        scratch_(scratch) {}

  template <typename T>
  const T& prepared() const {
    return *static_cast<const T*>(prepared_);
  }
  template <typename T>
  const T* input(int32_t i) const {  // null when absent
    return static_cast<const T*>(data(inputs_, i));
  }
  template <typename T>
  T* variable(int32_t i) const {  // input i, which prepare() found to be a variable tensor
    return static_cast<T*>(data(inputs_, i));
  }
  template <typename T>
  T* output(int32_t i) const {
    return static_cast<T*>(data(outputs_, i));
  }
  template <typename T>
  T* scratch() const {
    return static_cast<T*>(scratch_);
  }
  Status failure(const char* message) const { return Status::failure(message, operator_index_); }

 private:
  void* data(const FlatVector<int32_t>& operands, int32_t i) const {
    const int32_t tensor = i < operands.size() ? operands[i] : -1;
    return tensor < 0 ? nullptr : tensor_data_[tensor];
  }

  const FlatVector<int32_t>& inputs_;
  const FlatVector<int32_t>& outputs_;
  int32_t operator_index_;
  void* const* tensor_data_;
  const void* prepared_;
  void* scratch_;
};

}  // namespace stapes
