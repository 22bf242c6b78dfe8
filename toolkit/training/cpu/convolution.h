#pragma once
#include <memory>

#include "toolkit/training/cpu/normalization.h"

// Convolutions along time (kernel [taps, 1]) with what follows them. They read each value once: a
// block of rows is taken through everything while it is in the cache.
namespace stapes::training::cpu {

struct ConvolutionSettings {
  size_t taps = 1;
  size_t stride = 1;
  size_t padding = 0;  // frames of zeros before the first
  ParameterPlace kernel;
  ParameterPlace bias;
  Normalization::Settings after;
};

// kernel [out, taps, in]; taps = stride = 1 for a dense layer.
std::unique_ptr<Step> make_convolution(const ConvolutionSettings& settings, Value& input,
                                       Value& output);
// kernel [taps, channels]
std::unique_ptr<Step> make_depthwise(const ConvolutionSettings& settings, Value& input,
                                     Value& output);

}  // namespace stapes::training::cpu
