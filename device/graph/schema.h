#pragma once
#include <cstdint>

namespace stapes {

// Numbers of the .tflite file format (schema version 3) that we use. They are written in files, so
// they never change.

enum class TensorType : int8_t {
  kFloat32 = 0,
  kFloat16 = 1,
  kInt32 = 2,
  kUint8 = 3,
  kInt64 = 4,
  kString = 5,
  kBool = 6,
  kInt16 = 7,
  kInt8 = 9,
  kFloat64 = 10,
};

// Custom operators of ours have numbers that no file can hold (a file's are -128 or more); in the
// file each is a CUSTOM operator with this name as its custom code.
constexpr const char* kExtendedLstmName = "STAPES_LSTM";

enum class OperatorCode : int32_t {
  kExtendedLstm = -1000,
  kAdd = 0,
  kAveragePool2D = 1,
  kConcatenation = 2,
  kConv2D = 3,
  kDepthwiseConv2D = 4,
  kDequantize = 6,
  kFullyConnected = 9,
  kL2Normalization = 11,
  kLogistic = 14,
  kMaxPool2D = 17,
  kMul = 18,
  kRelu = 19,
  kRelu6 = 21,
  kReshape = 22,
  kSoftmax = 25,
  kTanh = 28,
  kCustom = 32,
  kPad = 34,
  kTranspose = 39,
  kMean = 40,
  kSub = 41,
  kSqueeze = 43,
  kUnidirectionalSequenceLstm = 44,
  kStridedSlice = 45,
  kSplit = 49,
  kCast = 53,
  kExpandDims = 70,
  kSum = 74,
  kRsqrt = 76,
  kShape = 77,
  kPack = 83,
  kSquaredDifference = 99,
  kQuantize = 114,
};

enum class Padding : int8_t { kSame = 0, kValid = 1 };

enum class Activation : int8_t {
  kNone = 0,
  kRelu = 1,
  kReluN1To1 = 2,
  kRelu6 = 3,
  kTanh = 4,
  kSignBit = 5,
};

// Tags of the union BuiltinOptions.
enum class OptionsTag : uint8_t {
  kNone = 0,
  kConv2D = 1,
  kDepthwiseConv2D = 2,
  kPool2D = 5,
  kFullyConnected = 8,
  kSoftmax = 9,
  kConcatenation = 10,
  kAdd = 11,
  kL2Norm = 12,
  kReshape = 17,
  kMul = 21,
  kPad = 22,
  kTranspose = 26,
  kReducer = 27,
  kSub = 28,
  kSqueeze = 30,
  kStridedSlice = 32,
  kSplit = 35,
  kDequantize = 38,
  kUnidirectionalSequenceLstm = 71,
  kSquaredDifference = 76,
  kQuantize = 89,
};

}  // namespace stapes
