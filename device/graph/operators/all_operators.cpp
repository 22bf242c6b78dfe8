#include "device/graph/operator_table.h"
#include "device/graph/operators/operators.h"

namespace stapes {
namespace {

const OperatorKernel* const kFloat32Operators[] = {
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

}  // namespace

OperatorTable all_operators() {
  OperatorTable table = make_table(kFloat32Operators);
  table.rest = integer_operators;
  return table;
}

}  // namespace stapes
