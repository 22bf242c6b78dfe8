#include "device/graph/operator_table.h"
#include "device/graph/operators/operators.h"

namespace stapes {
namespace {

const OperatorKernel* const kOperators[] = {
    &kConv2DInt8,
    &kDepthwiseConv2DInt8,
    &kFullyConnectedInt8,
    &kLstmInt8,
    &kExtendedLstmInt8,
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
    &kLogisticInt8,
    &kTanhInt8,
    &kReluInt8,
    &kRelu6Int8,
    &kL2NormalizationInt8,
    &kAveragePool2DInt8,
    &kMaxPool2DInt8,
    &kConv2DInt16,
    &kDepthwiseConv2DInt16,
    &kFullyConnectedInt16,
    &kLstmInt16,
    &kAddInt16,
    &kSubInt16,
    &kMulInt16,
    &kSquaredDifferenceInt16,
    &kMeanInt16,
    &kSoftmaxInt16,
    &kLogisticInt16,
    &kTanhInt16,
    &kReluInt16,
    &kRelu6Int16,
    &kAveragePool2DInt16,
    &kMaxPool2DInt16,
    &kReshape,
    &kSqueeze,
    &kExpandDims,
    &kTranspose,
    &kStridedSlice,
    &kPad,
    &kConcatenation,
    &kSplit,
};

}  // namespace

OperatorTable integer_operators() { return make_table(kOperators); }

}  // namespace stapes
