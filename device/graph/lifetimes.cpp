#include "device/graph/lifetimes.h"

namespace stapes {
namespace {

constexpr int16_t kNeverWritten = -1;

Status mark_written(const Model& model, int32_t tensor, int32_t step, int32_t operator_index,
                    MemoryBlock* blocks) {
  MemoryBlock& block = blocks[tensor];
  if (block.first != kNeverWritten) {
    return Status::failure("a tensor is written twice", operator_index, tensor);
  }
  block.bytes = static_cast<uint32_t>(model.tensor(tensor).bytes);
  block.first = block.last = static_cast<int16_t>(step);
  return Status::success();
}

bool is_model_output(const Model& model, int32_t tensor) {
  for (int32_t k = 0; k < model.outputs().size(); ++k) {
    if (model.outputs()[k] == tensor) return true;
  }
  return false;
}

}  // namespace

Status find_lifetimes(const Model& model, bool keep_all, MemoryBlock* blocks) {
  const int32_t last_step = model.operators() > 0 ? model.operators() - 1 : 0;
  for (int32_t t = 0; t < model.tensors(); ++t) {
    blocks[t] = MemoryBlock();
    blocks[t].first = blocks[t].last = kNeverWritten;
  }
  for (int32_t k = 0; k < model.inputs().size(); ++k) {
    STAPES_RETURN_IF_ERROR(mark_written(model, model.inputs()[k], 0, -1, blocks));
  }
  for (int32_t i = 0; i < model.operators(); ++i) {
    const OperatorView view = model.operator_at(i);
    for (int32_t k = 0; k < view.inputs.size(); ++k) {
      const int32_t t = view.inputs[k];
      if (t < 0) continue;
      if (blocks[t].first != kNeverWritten) {
        blocks[t].last = static_cast<int16_t>(i);
        continue;
      }
      const TensorView tensor = model.tensor(t);
      if (!tensor.is_constant && !tensor.is_variable) {
        return Status::failure("an operator reads a tensor that nothing has written", i, t);
      }
    }
    for (int32_t k = 0; k < view.outputs.size(); ++k) {
      STAPES_RETURN_IF_ERROR(mark_written(model, view.outputs[k], i, i, blocks));
    }
  }
  for (int32_t k = 0; k < model.outputs().size(); ++k) {
    const int32_t t = model.outputs()[k];
    if (blocks[t].first == kNeverWritten) {
      return Status::failure("nothing writes an output of the model", -1, t);
    }
    blocks[t].last = static_cast<int16_t>(last_step);
  }
  for (int32_t t = 0; keep_all && t < model.tensors(); ++t) {
    blocks[t].first = 0;
    blocks[t].last = static_cast<int16_t>(last_step);
  }
  return Status::success();
}

void add_scratch(MemoryBlock* block, int32_t operator_index, size_t bytes) {
  *block = MemoryBlock();
  block->bytes = static_cast<uint32_t>(bytes);
  block->first = block->last = static_cast<int16_t>(operator_index);
}

void share_in_place(const Model& model, int32_t operator_index, uint8_t inputs,
                    MemoryBlock* blocks) {
  const OperatorView view = model.operator_at(operator_index);
  const int32_t output = view.outputs.size() > 0 ? view.outputs[0] : -1;
  if (output < 0) return;
  for (int32_t k = 0; k < 8 && k < view.inputs.size(); ++k) {
    const int32_t t = view.inputs[k];
    if ((inputs >> k & 1) == 0 || t < 0 || blocks[t].bytes != blocks[output].bytes ||
        blocks[t].last != operator_index || is_model_output(model, t)) {
      continue;
    }
    share_memory(blocks, static_cast<int16_t>(output), static_cast<int16_t>(t));
    return;
  }
}

}  // namespace stapes
