#include <cmath>

#include "toolkit/training/cpu/steps.h"

namespace stapes::training::cpu {
namespace {

// y = normalized x * gamma + beta, over the channels of each row.
class LayerNorm : public Step {
 public:
  LayerNorm(const LayerNormSettings& settings, Value& input, Value& made)
      : Step(made), settings_(settings), input_(input) {}

  void forward(const Pass& pass) override {
    const float* gamma = settings_.gamma.in(pass.weights);
    const float* beta = settings_.beta.in(pass.weights);
    const size_t rows = output.rows(pass.count);
    const size_t channels = output.channels;
    const auto size = static_cast<float>(channels);
    float* inverse_deviations = inverse_deviations_.with_size(rows);
    float* normalized = normalized_.with_size(output.size(pass.count));
    float* to = output.data.zeros(output.size(pass.count));
    for (size_t row = 0; row < rows; ++row) {
      const float* x = input_.data.get() + row * output.columns;
      float* n = normalized + row * output.columns;
      float* y = to + row * output.columns;
      float mean = 0;
      for (size_t c = 0; c < channels; ++c) mean += x[c];
      mean /= size;
      float squares = 0;
      for (size_t c = 0; c < channels; ++c) squares += (x[c] - mean) * (x[c] - mean);
      inverse_deviations[row] = 1.0F / std::sqrt(squares / size + settings_.epsilon);
      for (size_t c = 0; c < channels; ++c) {
        n[c] = (x[c] - mean) * inverse_deviations[row];
        y[c] = n[c] * gamma[c] + beta[c];
      }
    }
  }

  void backward(const Pass& pass, GradientBuffers& gradients) override {
    const float* gamma = settings_.gamma.in(pass.weights);
    float* gamma_gradient = settings_.gamma.in(pass.gradient);
    float* beta_gradient = settings_.beta.in(pass.gradient);
    const size_t channels = output.channels;
    const auto size = static_cast<float>(channels);
    float* to = input_.needs_gradient ? gradients.to_add_to(input_, pass.count) : nullptr;
    for (size_t row = 0; row < output.rows(pass.count); ++row) {
      const float* dy = output.gradient->get() + row * output.columns;
      const float* n = normalized_.get() + row * output.columns;
      float sum = 0;
      float product = 0;
      for (size_t c = 0; c < channels; ++c) {
        gamma_gradient[c] += dy[c] * n[c];
        beta_gradient[c] += dy[c];
        sum += dy[c] * gamma[c];
        product += dy[c] * gamma[c] * n[c];
      }
      if (to == nullptr) continue;
      float* dx = to + row * output.columns;
      for (size_t c = 0; c < channels; ++c) {
        dx[c] +=
            (dy[c] * gamma[c] - (sum + n[c] * product) / size) * inverse_deviations_.get()[row];
      }
    }
  }

 private:
  LayerNormSettings settings_;
  Value& input_;
  Buffer inverse_deviations_;
  Buffer normalized_;
};

}  // namespace

std::unique_ptr<Step> make_layer_norm(const LayerNormSettings& settings, Value& input,
                                      Value& output) {
  return std::make_unique<LayerNorm>(settings, input, output);
}

}  // namespace stapes::training::cpu
