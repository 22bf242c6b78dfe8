#pragma once
#include "device/graph/operator_kernel.h"
#include "device/graph/operators/shapes.h"
#include "device/kernels/reference/lstm.h"

// What the integer LSTMs share in turning scales into the kernels' constants.
namespace stapes {

constexpr double kLstmGateScale = 1.0 / 4096;  // Q3.12

// The cell state is int16 with zero point 0 and a power of two up to 1 as its scale. Fills in
// cell_scale_power, cell_clip and cell_multiplier.
Status prepare_cell(const PrepareContext& context, const TensorView& cell,
                    const LstmOptions& options, reference::LstmParameters* parameters);

// From tanh(cell) * output gate, Q0.30, to a tensor with this scale.
Status hidden_multiplier(const PrepareContext& context, float scale,
                         reference::Multiplier* multiplier);

}  // namespace stapes
