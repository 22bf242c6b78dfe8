#include "device/streaming/stream_interpreter.h"

#include <cstring>
#include <numeric>

#include "device/graph/lifetimes.h"
#include "device/graph/operators/prepared.h"
#include "device/graph/quantized_input.h"

namespace stapes {
namespace {

Status arena_too_small() { return Status::failure("the arena is too small"); }

}  // namespace

// Lies behind everything else in the arena, where activations and kept rows will be.
struct StreamInterpreter::Planning {
  RowTiming* timings = nullptr;   // [tensors]
  int32_t* row_counts = nullptr;  // [tensors]: what operators are told when they prepare
  size_t bytes = 0;
};

Status StreamInterpreter::required_arena(const uint8_t* model, size_t size,
                                         const OperatorTable& operators, const Options& options,
                                         void* workspace, size_t workspace_size, size_t* bytes,
                                         uint32_t* live_bytes, int32_t live_count) {
  StreamInterpreter stream;
  Arena arena(workspace, workspace_size);
  Planning planning;
  STAPES_RETURN_IF_ERROR(stream.prepare(model, size, &arena, operators, options, &planning));
  if (live_bytes != nullptr && live_count < stream.operators()) {
    return Status::failure("the model has more operators than live_bytes has room for");
  }
  STAPES_RETURN_IF_ERROR(stream.place(&arena, options, false, planning, live_bytes));
  *bytes = stream.arena_used_;
  return Status::success();
}

Status StreamInterpreter::initialize(const uint8_t* model, size_t size, void* arena_memory,
                                     size_t arena_size, const OperatorTable& operators) {
  return initialize(model, size, arena_memory, arena_size, operators, Options());
}

Status StreamInterpreter::initialize(const uint8_t* model, size_t size, void* arena_memory,
                                     size_t arena_size, const OperatorTable& operators,
                                     const Options& options) {
  ready_ = false;
  Arena arena(arena_memory, arena_size);
  Planning planning;
  STAPES_RETURN_IF_ERROR(prepare(model, size, &arena, operators, options, &planning));
  STAPES_RETURN_IF_ERROR(place(&arena, options, true, planning, nullptr));
  ready_ = true;
  reset();
  return Status::success();
}

// Records, prepared constants and state, from the front of the arena; the timings at its end.
Status StreamInterpreter::prepare(const uint8_t* model, size_t size, Arena* arena,
                                  const OperatorTable& operators, const Options& options,
                                  Planning* planning) {
  if (reinterpret_cast<uintptr_t>(arena->memory()) % kArenaAlignment != 0) {
    return Status::failure("the arena isn't aligned to 16 bytes");
  }
  quantized_input_ = -1;
  STAPES_RETURN_IF_ERROR(model_.open(model, size));
  if (options.quantized_input) quantized_input_ = quantized_input(model_);
  const int32_t tensors = model_.tensors();
  const auto count = static_cast<size_t>(tensors);
  planning->bytes = align_up(count * (sizeof(RowTiming) + sizeof(int32_t)));
  const size_t usable = arena->size() / kArenaAlignment * kArenaAlignment;
  if (usable < planning->bytes) return arena_too_small();
  Arena behind(arena->memory() + usable - planning->bytes, planning->bytes);
  planning->timings = behind.allocate_array<RowTiming>(tensors);
  planning->row_counts = behind.allocate_array<int32_t>(tensors);
  *arena = Arena(arena->memory(), usable - planning->bytes);

  STAPES_RETURN_IF_ERROR(find_timings(model_, planning->timings));
  for (int32_t t = 0; t < tensors; ++t) planning->row_counts[t] = planning->timings[t].has_time();

  records_ = arena->allocate_array<OperatorRecord>(model_.operators());
  tensor_data_ = arena->allocate_array<void*>(tensors);
  is_row_ = arena->allocate_array<uint8_t>(tensors);
  if (records_ == nullptr || tensor_data_ == nullptr || is_row_ == nullptr) {
    return arena_too_small();
  }
  for (int32_t t = 0; t < tensors; ++t) is_row_[t] = planning->timings[t].has_time() ? 1 : 0;
  output_operator_ = -1;
  for (int32_t i = 0; i < model_.operators(); ++i) {
    STAPES_RETURN_IF_ERROR(prepare_operator(i, arena, operators, planning));
  }
  if (output_operator_ < 0) return Status::failure("nothing computes the model's output");
  STAPES_RETURN_IF_ERROR(find_kept_rows(arena, *planning));
  return place_state(arena);
}

Status StreamInterpreter::prepare_operator(int32_t index, Arena* arena,
                                           const OperatorTable& operators, Planning* planning) {
  const OperatorView view = model_.operator_at(index);
  const TensorView first = model_.tensor(view.inputs.size() > 0 ? view.inputs[0] : -1);
  if (!first.present()) return Status::failure("an operator has no first input", index);
  const OperatorKernel* kernel = operators.find(view.code, first.type);
  if (kernel == nullptr) {
    return Status::failure("an operator isn't supported for this type of input", index,
                           first.index);
  }
  OperatorRecord& record = records_[index];
  const RowTiming& in = planning->timings[first.index];
  const RowTiming& out = planning->timings[view.outputs[0]];
  // What the operator is told of its operands' rows: one, but for windows over time, the padding
  // in front of them, and the step that is taken out of all.
  const bool with_time = in.has_time();
  int32_t* const input_rows = &planning->row_counts[first.index];
  int32_t* const output_rows = &planning->row_counts[view.outputs[0]];
  const bool takes_last = with_time && view.code == OperatorCode::kStridedSlice && !out.has_time();
  const bool pads = with_time && view.code == OperatorCode::kPad && out.past > 0;
  if (with_time && has_window(view.code)) {
    TimeWindow window;
    STAPES_RETURN_IF_ERROR(time_window(model_, index, &window));
    if (window.reach > in.rows) return Status::failure("a window is longer than its input", index);
    *input_rows = window.reach;
    record.reach_back = static_cast<uint32_t>(first.bytes / static_cast<size_t>(in.rows) *
                                              static_cast<size_t>(window.reach - 1));
  }
  if (takes_last) *input_rows = 0;
  if (pads) *output_rows = 1 + out.past;
  PrepareContext context(model_, index, *arena, planning->row_counts);
  const Status status = kernel->prepare(context);
  *input_rows = in.has_time();
  *output_rows = out.has_time();
  STAPES_RETURN_IF_ERROR(status);
  if (context.scratch_bytes() > Model::kMaximumTensorBytes) return arena_too_small();
  if (takes_last) {
    auto& slice = *static_cast<PreparedStridedCopy*>(context.prepared());
    slice.copy.start -= (in.rows - 1) * (first.shape.elements() / in.rows);
  }
  if (pads) static_cast<PreparedPad*>(context.prepared())->padded.before[kTimeAxis] = 0;

  record.kernel = kernel;
  record.inputs = view.inputs;
  record.outputs = view.outputs;
  record.prepared = context.prepared();
  record.scratch_bytes = static_cast<uint32_t>(context.scratch_bytes());
  record.in_place_inputs = context.in_place_inputs();
  record.period = out.period > 0 ? out.period : 1;
  record.delay = out.delay;
  for (int32_t k = 0; k < view.outputs.size(); ++k) {
    if (view.outputs[k] == model_.outputs()[0]) output_operator_ = index;
  }
  return Status::success();
}

// The tensors that windows read, with who writes them.
Status StreamInterpreter::find_kept_rows(Arena* arena, const Planning& planning) {
  kept_count_ = 0;
  input_kept_ = -1;
  for (int32_t t = 0; t < model_.tensors(); ++t) {
    if (planning.timings[t].history > 1) ++kept_count_;
  }
  kept_ = arena->allocate_array<KeptRows>(kept_count_);
  if (kept_ == nullptr && kept_count_ > 0) return arena_too_small();
  int32_t next = 0;
  for (int32_t t = 0; t < model_.tensors(); ++t) {
    const RowTiming& timing = planning.timings[t];
    if (timing.history <= 1) continue;
    const TensorView tensor = model_.tensor(t);
    KeptRows& kept = kept_[next];
    kept.tensor = t;
    kept.rows = timing.history;
    kept.row_bytes = static_cast<uint32_t>(tensor.bytes / static_cast<size_t>(timing.rows));
    kept.padding = tensor.zero_point;
    kept.element_bytes = static_cast<uint8_t>(size_of_element(tensor.type));
    if (t == input_tensor()) {
      input_kept_ = next++;  // end_frame() moves it up, whoever writes it
      continue;
    }
    for (int32_t i = 0; i < model_.operators(); ++i) {
      for (int32_t k = 0; k < records_[i].outputs.size(); ++k) {
        if (records_[i].outputs[k] != t) continue;
        if (k > 0 || next > INT16_MAX) {
          return Status::failure("a window reads an output behind the first", i, t);
        }
        records_[i].kept = static_cast<int16_t>(next);
      }
    }
    ++next;
  }
  return Status::success();
}

Status StreamInterpreter::place_state(Arena* arena) {
  state_bytes_ = 0;
  for (int32_t t = 0; t < model_.tensors(); ++t) {
    const TensorView tensor = model_.tensor(t);
    tensor_data_[t] = tensor.data;
    if (!tensor.is_variable || tensor.bytes == 0) continue;
    tensor_data_[t] = arena->allocate(tensor.bytes);
    if (tensor_data_[t] == nullptr) return arena_too_small();
    state_bytes_ += tensor.bytes;
  }
  return Status::success();
}

// Kept rows, activations and scratch in what remains of the arena. The plan is made in the memory
// that it will hand out.
Status StreamInterpreter::place(Arena* arena, const Options& options, bool assign,
                                const Planning& planning, uint32_t* live_bytes) {
  const size_t start = align_up(arena->used());
  const int32_t tensors = model_.tensors();
  const int32_t operators = model_.operators();
  const int32_t count = tensors + operators;
  auto* blocks = arena->allocate_array<MemoryBlock>(count, kArenaAlignment);
  if (blocks == nullptr) return arena_too_small();
  const size_t planning_bytes = align_up(arena->used() - start) + planning.bytes;
  STAPES_RETURN_IF_ERROR(find_lifetimes(model_, options.keep_all_tensors, blocks));
  if (has_quantized_input()) blocks[model_.inputs()[0]].bytes = 0;
  kept_bytes_ = 0;
  for (int32_t t = 0; t < tensors; ++t) {
    const RowTiming& timing = planning.timings[t];
    if (timing.has_time()) blocks[t].bytes /= static_cast<uint32_t>(timing.rows);
    if (timing.history <= 1) continue;
    blocks[t].bytes *= static_cast<uint32_t>(timing.history);
    blocks[t].first = 0;
    blocks[t].last = static_cast<int16_t>(operators - 1);
    kept_bytes_ += align_up(blocks[t].bytes);
  }
  for (int32_t i = 0; i < operators; ++i) {
    add_scratch(&blocks[tensors + i], i, records_[i].scratch_bytes);
    if (options.keep_all_tensors || records_[i].kept >= 0) continue;
    uint8_t inputs = records_[i].in_place_inputs;
    for (int32_t k = 0; k < 8 && k < records_[i].inputs.size(); ++k) {
      const int32_t t = records_[i].inputs[k];
      if (t >= 0 && planning.timings[t].history > 1) inputs &= static_cast<uint8_t>(~(1U << k));
    }
    share_in_place(model_, i, inputs, blocks);
  }
  const uint64_t activations = assign_offsets(blocks, count);
  for (int32_t i = 0; live_bytes != nullptr && i < operators; ++i) {
    live_bytes[i] = static_cast<uint32_t>(live_memory(blocks, count, i));
  }
  if (activations > SIZE_MAX / 2 - start) return arena_too_small();
  activation_bytes_ = static_cast<size_t>(activations);
  persistent_bytes_ = start;
  arena_used_ = start + (activation_bytes_ > planning_bytes ? activation_bytes_ : planning_bytes);
  if (!assign) return Status::success();
  if (arena_used_ > arena->size() + planning.bytes) return arena_too_small();

  uint8_t* base = arena->memory() + start;
  for (int32_t t = 0; t < tensors; ++t) {
    if (blocks[t].bytes > 0) tensor_data_[t] = base + blocks[t].offset;
  }
  for (int32_t i = 0; i < kept_count_; ++i) {
    KeptRows& kept = kept_[i];
    kept.first = static_cast<uint8_t*>(tensor_data_[kept.tensor]);
    tensor_data_[kept.tensor] =
        kept.first + static_cast<size_t>(kept.rows - 1) * size_t{kept.row_bytes};
  }
  for (int32_t i = 0; i < operators; ++i) {
    const MemoryBlock& scratch = blocks[tensors + i];
    records_[i].scratch = scratch.bytes > 0 ? base + scratch.offset : nullptr;
  }
  return Status::success();
}

void StreamInterpreter::reset() {
  if (!ready_) return;
  for (int32_t i = 0; i < kept_count_; ++i) {
    const KeptRows& kept = kept_[i];
    const size_t bytes = static_cast<size_t>(kept.rows) * size_t{kept.row_bytes};
    const auto value = static_cast<uint64_t>(int64_t{kept.padding});  // little-endian, as pad.cpp
    for (size_t at = 0; at + kept.element_bytes <= bytes; at += kept.element_bytes) {
      std::memcpy(kept.first + at, &value, kept.element_bytes);
    }
  }
  for (int32_t t = 0; t < model_.tensors(); ++t) {
    const TensorView variable = model_.tensor(t);
    if (!variable.is_variable || tensor_data_[t] == nullptr) continue;
    const int value = variable.type == TensorType::kInt8 ? variable.zero_point : 0;
    std::memset(tensor_data_[t], value, variable.bytes);
  }
  for (int32_t i = 0; i < model_.operators(); ++i) {
    records_[i].frames_left = records_[i].delay + 1;
    records_[i].ran = false;
  }
  has_new_output_ = false;
}

Status StreamInterpreter::step() {
  if (!ready_) return Status::failure("the interpreter isn't initialized");
  for (int32_t i = 0; i < model_.operators(); ++i) STAPES_RETURN_IF_ERROR(step_operator(i));
  end_frame();
  return Status::success();
}

Status StreamInterpreter::step_operator(int32_t index) {
  OperatorRecord& record = records_[index];
  record.ran = --record.frames_left == 0;
  if (!record.ran) return Status::success();
  record.frames_left = record.period;
  if (index == 0 && has_quantized_input()) return Status::success();
  if (record.kept >= 0) move_up(kept_[record.kept]);
  const EvaluateContext context(record.inputs, record.outputs, index, tensor_data_, record.prepared,
                                record.scratch);
  if (record.reach_back == 0) return record.kernel->evaluate(context);
  void*& rows = tensor_data_[record.inputs[0]];
  rows = static_cast<uint8_t*>(rows) - record.reach_back;
  const Status status = record.kernel->evaluate(context);
  rows = static_cast<uint8_t*>(rows) + record.reach_back;
  return status;
}

void StreamInterpreter::quantize_input(const float* values, int32_t first, int32_t count) {
  const auto& quantization = *static_cast<const PreparedAffine*>(records_[0].prepared);
  quantize_part(quantization, values, first, count, tensor_data_[quantized_input_]);
}

void StreamInterpreter::end_frame() {
  has_new_output_ = records_[output_operator_].ran;
  if (input_kept_ >= 0) move_up(kept_[input_kept_]);
}

// Makes room for the newest row. Moving some kilobytes costs little beside the products of a
// convolution that reads them, and its kernel finds them in order.
void StreamInterpreter::move_up(const KeptRows& kept) {
  std::memmove(kept.first, kept.first + kept.row_bytes,
               static_cast<size_t>(kept.rows - 1) * size_t{kept.row_bytes});
}

TensorView StreamInterpreter::tensor(int32_t index) const {
  TensorView view = model_.tensor(index);
  if (!ready_ || !view.present()) return view;
  if (is_row_[index] != 0) view.set_rows(1);
  view.data = tensor_data_[index];
  return view;
}

int32_t StreamInterpreter::pattern_frames() const {
  int64_t frames = 1;
  for (int32_t i = 0; i < model_.operators(); ++i) {
    frames = std::lcm(frames, int64_t{records_[i].period});
    if (frames > INT32_MAX) return INT32_MAX;
  }
  return static_cast<int32_t>(frames);
}

}  // namespace stapes
