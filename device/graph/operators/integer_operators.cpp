#include "device/graph/operator_table.h"
#include "device/graph/operators/operators.h"

namespace stapes {
namespace {

const OperatorKernel* const kOperators[] = {
    &kConv2DInt8,
    &kDepthwiseConv2DInt8,
    &kFullyConnectedInt8,
    &kLstmInt8,
    &kAddInt8,
    &kSubInt8,
    &kMulInt8,
    &kSquaredDifferenceInt8,
    &kMeanInt8,
    &kRsqrtInt8,
    &kSoftmaxInt8,
    &kQuantizeFloat32,
    &kRequantizeInt8,
    &kRequantizeInt16,
    &kDequantizeInt8,
    &kDequantizeInt16,
    &kReshape,
    &kSqueeze,
    &kExpandDims,
    &kTranspose,
    &kStridedSlice,
};

}  // namespace

OperatorTable integer_operators() { return make_table(kOperators); }

}  // namespace stapes
