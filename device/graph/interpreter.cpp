#include "device/graph/interpreter.h"

#include <cstring>

#include "device/graph/lifetimes.h"
#include "device/graph/memory_plan.h"
#include "device/graph/operators/prepared.h"
#include "device/graph/quantized_input.h"

namespace stapes {

Status Interpreter::required_arena(const uint8_t* model, size_t size,
                                   const OperatorTable& operators, const Options& options,
                                   void* workspace, size_t workspace_size, size_t* bytes) {
  return required_arena(model, size, operators, options, workspace, workspace_size, bytes, nullptr,
                        0);
}

Status Interpreter::required_arena(const uint8_t* model, size_t size,
                                   const OperatorTable& operators, const Options& options,
                                   void* workspace, size_t workspace_size, size_t* bytes,
                                   uint32_t* live_bytes, int32_t live_count) {
  Interpreter interpreter;
  Arena arena(workspace, workspace_size);
  STAPES_RETURN_IF_ERROR(interpreter.prepare(model, size, &arena, operators, options));
  if (live_bytes != nullptr && live_count < interpreter.operators()) {
    return Status::failure("the model has more operators than live_bytes has room for");
  }
  STAPES_RETURN_IF_ERROR(interpreter.place(&arena, options, false, live_bytes));
  *bytes = interpreter.arena_used_;
  return Status::success();
}

Status Interpreter::initialize(const uint8_t* model, size_t size, void* arena_memory,
                               size_t arena_size, const OperatorTable& operators) {
  return initialize(model, size, arena_memory, arena_size, operators, Options());
}

Status Interpreter::initialize(const uint8_t* model, size_t size, void* arena_memory,
                               size_t arena_size, const OperatorTable& operators,
                               const Options& options) {
  ready_ = false;
  Arena arena(arena_memory, arena_size);
  STAPES_RETURN_IF_ERROR(prepare(model, size, &arena, operators, options));
  STAPES_RETURN_IF_ERROR(place(&arena, options, true));
  ready_ = true;
  reset();
  return Status::success();
}

// Records, prepared constants and state, from the front of the arena.
Status Interpreter::prepare(const uint8_t* model, size_t size, Arena* arena,
                            const OperatorTable& operators, const Options& options) {
  if (reinterpret_cast<uintptr_t>(arena->memory()) % kArenaAlignment != 0) {
    return Status::failure("the arena isn't aligned to 16 bytes");
  }
  quantized_input_ = -1;
  STAPES_RETURN_IF_ERROR(model_.open(model, size));
  if (options.quantized_input) quantized_input_ = quantized_input(model_);
  records_ = arena->allocate_array<OperatorRecord>(model_.operators());
  tensor_data_ = arena->allocate_array<void*>(model_.tensors());
  if (records_ == nullptr || tensor_data_ == nullptr) return arena_too_small();
  for (int32_t i = 0; i < model_.operators(); ++i) {
    const OperatorView view = model_.operator_at(i);
    const TensorView first = model_.tensor(view.inputs.size() > 0 ? view.inputs[0] : -1);
    if (!first.present()) return Status::failure("an operator has no first input", i);
    const OperatorKernel* kernel = operators.find(view.code, first.type);
    if (kernel == nullptr) {
      return Status::failure("an operator isn't supported for this type of input", i, first.index);
    }
    PrepareContext context(model_, i, *arena);
    STAPES_RETURN_IF_ERROR(kernel->prepare(context));
    if (context.scratch_bytes() > Model::kMaximumTensorBytes) return arena_too_small();
    records_[i].kernel = kernel;
    records_[i].inputs = view.inputs;
    records_[i].outputs = view.outputs;
    records_[i].prepared = context.prepared();
    records_[i].scratch_bytes = context.scratch_bytes();
    records_[i].in_place_inputs = context.in_place_inputs();
  }
  return place_state(arena);
}

// Variables lie together, so that state() is one region.
Status Interpreter::place_state(Arena* arena) {
  state_ = Region();
  for (int32_t i = 0; i < model_.tensors(); ++i) {
    const TensorView tensor = model_.tensor(i);
    tensor_data_[i] = tensor.data;
    if (!tensor.is_variable || tensor.bytes == 0) continue;
    auto* data = static_cast<uint8_t*>(arena->allocate(tensor.bytes));
    if (data == nullptr) return arena_too_small();
    tensor_data_[i] = data;
    if (state_.data == nullptr) state_.data = data;
    state_.bytes = static_cast<size_t>(data - state_.data) + tensor.bytes;
  }
  return Status::success();
}

// Activations and scratch in what remains of the arena. The plan is made in the memory that it
// will hand out.
Status Interpreter::place(Arena* arena, const Options& options, bool assign, uint32_t* live_bytes) {
  const size_t start = align_up(arena->used());
  const int32_t tensors = model_.tensors();
  const int32_t operators = model_.operators();
  const int32_t count = tensors + operators;
  auto* blocks = arena->allocate_array<MemoryBlock>(count, kArenaAlignment);
  if (blocks == nullptr) return arena_too_small();
  const size_t planning_bytes = arena->used() - start;
  STAPES_RETURN_IF_ERROR(find_lifetimes(model_, options.keep_all_tensors, blocks));
  if (has_quantized_input()) blocks[model_.inputs()[0]].bytes = 0;
  for (int32_t i = 0; i < operators; ++i) {
    add_scratch(&blocks[tensors + i], i, records_[i].scratch_bytes);
    if (!options.keep_all_tensors) {
      share_in_place(model_, i, records_[i].in_place_inputs, blocks);
    }
  }
  const uint64_t activations = assign_offsets(blocks, count);
  activation_lower_bound_ = static_cast<size_t>(memory_lower_bound(blocks, count, operators));
  for (int32_t i = 0; live_bytes != nullptr && i < operators; ++i) {
    live_bytes[i] = static_cast<uint32_t>(live_memory(blocks, count, i));
  }
  if (activations > SIZE_MAX / 2 - start) return arena_too_small();
  activation_bytes_ = static_cast<size_t>(activations);
  persistent_bytes_ = start;
  arena_used_ = start + (activation_bytes_ > planning_bytes ? activation_bytes_ : planning_bytes);
  if (!assign) return Status::success();
  if (arena_used_ > arena->size()) return arena_too_small();
  uint8_t* base = arena->memory() + start;
  for (int32_t i = 0; i < tensors; ++i) {
    if (blocks[i].bytes > 0) tensor_data_[i] = base + blocks[i].offset;
  }
  for (int32_t i = 0; i < operators; ++i) {
    const MemoryBlock& scratch = blocks[tensors + i];
    records_[i].scratch = scratch.bytes > 0 ? base + scratch.offset : nullptr;
  }
  return Status::success();
}

void Interpreter::reset() {
  if (!ready_) return;
  const auto first = reinterpret_cast<uintptr_t>(state_.data);
  for (int32_t i = 0; i < model_.tensors() && state_.bytes > 0; ++i) {
    // Most tensors are no variables, which is quicker to see from where they lie.
    if (reinterpret_cast<uintptr_t>(tensor_data_[i]) - first >= state_.bytes) continue;
    const TensorView variable = tensor(i);
    if (!variable.is_variable || variable.data == nullptr) continue;
    const int value = variable.type == TensorType::kInt8 ? variable.zero_point : 0;
    std::memset(variable.data, value, variable.bytes);
  }
}

Status Interpreter::invoke() {
  if (!ready_) return Status::failure("the interpreter isn't initialized");
  for (int32_t i = 0; i < model_.operators(); ++i) STAPES_RETURN_IF_ERROR(evaluate(i));
  return Status::success();
}

Status Interpreter::invoke_operator(int32_t index) {
  if (!ready_) return Status::failure("the interpreter isn't initialized");
  if (index < 0 || index >= model_.operators()) return Status::failure("no such operator", index);
  return evaluate(index);
}

Status Interpreter::evaluate(int32_t index) const {
  if (index == 0 && has_quantized_input()) return Status::success();
  const OperatorRecord& record = records_[index];
  const EvaluateContext context(record.inputs, record.outputs, index, tensor_data_, record.prepared,
                                record.scratch);
  return record.kernel->evaluate(context);
}

void Interpreter::quantize_input(const float* values, int32_t first, int32_t count) {
  const auto& quantization = *static_cast<const PreparedAffine*>(records_[0].prepared);
  quantize_part(quantization, values, first, count, tensor_data_[quantized_input_]);
}

TensorView Interpreter::tensor(int32_t index) const {
  TensorView view = model_.tensor(index);
  if (ready_ && view.present()) view.data = tensor_data_[index];
  return view;
}

Status Interpreter::arena_too_small() { return Status::failure("the arena is too small"); }

}  // namespace stapes
