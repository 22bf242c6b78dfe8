#pragma once
#include "device/graph/memory_plan.h"
#include "device/graph/model.h"

namespace stapes {

// From a model to the blocks that memory_plan.h places. Step i is operator i. Block t is tensor t;
// constants and variables have 0 bytes, because they lie elsewhere. Inputs of the model live from
// step 0 on, its outputs to the last step. With keep_all, everything lives all the time.
// Fails when a tensor is written twice, or read without having been written.
Status find_lifetimes(const Model& model, bool keep_all, MemoryBlock* blocks);

// Memory that an operator needs while it runs.
void add_scratch(MemoryBlock* block, int32_t operator_index, size_t bytes);

// Puts the operator's first output over one of the inputs of the bit mask, when that input is of
// the same size and nobody reads it later. To be called for operators in their order.
void share_in_place(const Model& model, int32_t operator_index, uint8_t inputs,
                    MemoryBlock* blocks);

}  // namespace stapes
