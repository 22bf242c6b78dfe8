#pragma once
#include "device/graph/operator_kernel.h"

// Every OperatorKernel there is, by name, for tables that link only what they list. Named after the
// operator and its element type; those without a type move elements of any type.
namespace stapes {

// int8 (int8/, kernels in device/kernels/reference)
extern const OperatorKernel kConv2DInt8;
extern const OperatorKernel kDepthwiseConv2DInt8;
extern const OperatorKernel kFullyConnectedInt8;
extern const OperatorKernel kLstmInt8;
extern const OperatorKernel kExtendedLstmInt8;
extern const OperatorKernel kAddInt8;
extern const OperatorKernel kSubInt8;
extern const OperatorKernel kMulInt8;
extern const OperatorKernel kSquaredDifferenceInt8;
extern const OperatorKernel kMeanInt8;
extern const OperatorKernel kRsqrtInt8;
extern const OperatorKernel kSoftmaxInt8;
extern const OperatorKernel kQuantizeFloat32;
extern const OperatorKernel kRequantizeInt8;
extern const OperatorKernel kRequantizeInt16;
extern const OperatorKernel kDequantizeInt8;
extern const OperatorKernel kDequantizeInt16;
extern const OperatorKernel kLogisticInt8;
extern const OperatorKernel kTanhInt8;
extern const OperatorKernel kReluInt8;
extern const OperatorKernel kRelu6Int8;
extern const OperatorKernel kL2NormalizationInt8;
extern const OperatorKernel kAveragePool2DInt8;
extern const OperatorKernel kMaxPool2DInt8;

// int16 activations, int8 weights (int8/, which prepares both)
extern const OperatorKernel kConv2DInt16;
extern const OperatorKernel kDepthwiseConv2DInt16;
extern const OperatorKernel kFullyConnectedInt16;
extern const OperatorKernel kLstmInt16;
extern const OperatorKernel kAddInt16;
extern const OperatorKernel kSubInt16;
extern const OperatorKernel kMulInt16;
extern const OperatorKernel kSquaredDifferenceInt16;
extern const OperatorKernel kMeanInt16;
extern const OperatorKernel kSoftmaxInt16;
extern const OperatorKernel kLogisticInt16;
extern const OperatorKernel kTanhInt16;
extern const OperatorKernel kReluInt16;
extern const OperatorKernel kRelu6Int16;
extern const OperatorKernel kAveragePool2DInt16;
extern const OperatorKernel kMaxPool2DInt16;

// any type (any/)
extern const OperatorKernel kReshape;
extern const OperatorKernel kSqueeze;
extern const OperatorKernel kExpandDims;
extern const OperatorKernel kTranspose;
extern const OperatorKernel kStridedSlice;
extern const OperatorKernel kPad;
extern const OperatorKernel kConcatenation;
extern const OperatorKernel kSplit;

// float32 (float32/, kernels in device/kernels/float32)
extern const OperatorKernel kConv2DFloat32;
extern const OperatorKernel kDepthwiseConv2DFloat32;
extern const OperatorKernel kFullyConnectedFloat32;
extern const OperatorKernel kUnidirectionalSequenceLstmFloat32;
extern const OperatorKernel kAddFloat32;
extern const OperatorKernel kSubFloat32;
extern const OperatorKernel kMulFloat32;
extern const OperatorKernel kSquaredDifferenceFloat32;
extern const OperatorKernel kMeanFloat32;
extern const OperatorKernel kSumFloat32;
extern const OperatorKernel kSoftmaxFloat32;
extern const OperatorKernel kL2NormalizationFloat32;
extern const OperatorKernel kLogisticFloat32;
extern const OperatorKernel kTanhFloat32;
extern const OperatorKernel kRsqrtFloat32;
extern const OperatorKernel kReluFloat32;
extern const OperatorKernel kRelu6Float32;
extern const OperatorKernel kAveragePool2DFloat32;
extern const OperatorKernel kMaxPool2DFloat32;

}  // namespace stapes
