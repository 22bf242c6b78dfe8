#include "device/graph/operator_table.h"
#include "device/graph/operators/operators.h"

namespace stapes {
namespace {

// Integer operators first: integer_operators() is the table up to kIntegerOperators.
const OperatorKernel* const kOperators[] = {
    &kReshape,
    &kSqueeze,
    &kExpandDims,
    // float32 operators from here on
    &kConv2DFloat32,
    &kDepthwiseConv2DFloat32,
    &kFullyConnectedFloat32,
    &kUnidirectionalSequenceLstmFloat32,
    &kAddFloat32,
    &kSubFloat32,
    &kMulFloat32,
    &kSquaredDifferenceFloat32,
    &kMeanFloat32,
    &kSumFloat32,
    &kSoftmaxFloat32,
    &kL2NormalizationFloat32,
    &kLogisticFloat32,
    &kTanhFloat32,
    &kRsqrtFloat32,
    &kReluFloat32,
    &kRelu6Float32,
    &kAveragePool2DFloat32,
    &kMaxPool2DFloat32,
};
constexpr int32_t kIntegerOperators = 3;

}  // namespace

OperatorTable all_operators() { return make_table(kOperators); }
OperatorTable integer_operators() { return {kOperators, kIntegerOperators}; }

}  // namespace stapes
