#pragma once
#include <cstdint>
#include <memory>

#include "toolkit/training/cpu/step.h"

// All steps but convolutions. They take little of a network's time.
namespace stapes::training::cpu {

struct LstmSettings {
  size_t units = 0;
  float cell_clip = 0;  // 0: none
  ParameterPlace kernel, recurrent_kernel, bias;
  ParameterPlace gamma;  // of the gates' layer normalization; size 0: none
};
std::unique_ptr<Step> make_lstm(const LstmSettings& settings, Value& input, Value& output);

struct LayerNormSettings {
  float epsilon = 0;
  ParameterPlace gamma, beta;
};
std::unique_ptr<Step> make_layer_norm(const LayerNormSettings& settings, Value& input,
                                      Value& output);

std::unique_ptr<Step> make_add(Value& a, Value& b, Value& output);
// `node`: by which the noise is keyed.
std::unique_ptr<Step> make_clamp(Bounds bounds, float rounding_noise, size_t node, Value& input,
                                 Value& output);
// The same values in another shape.
std::unique_ptr<Step> make_reshape(Value& input, Value& output);
std::unique_ptr<Step> make_last_step(Value& input, Value& output);
std::unique_ptr<Step> make_average_over_frames(Value& input, Value& output);
// `node` and `nodes`: by which the random numbers are keyed.
std::unique_ptr<Step> make_dropout(float rate, size_t node, size_t nodes, Value& input,
                                   Value& output);

}  // namespace stapes::training::cpu
