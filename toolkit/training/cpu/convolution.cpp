#include "toolkit/training/cpu/convolution.h"

#include <algorithm>

#include "toolkit/training/cpu/activated_rows.h"

namespace stapes::training::cpu {
namespace {

constexpr size_t kBlock = 48;  // rows: their values and a layer's weights fit into the L1 cache

// A matrix product over rows of `taps` frames.
class Convolution : public Step {
 public:
  Convolution(const ConvolutionSettings& settings, Value& input, Value& made)
      : Step(made),
        settings_(settings),
        input_(input),
        normalization_(settings.after, output),
        // Several frames lie side by side with their padding.
        depth_(settings.taps == 1 ? input.channels : settings.taps * input.columns),
        depth_columns_(settings.taps * input.columns) {
    bias_.zeros(output.columns);
    kernel_gradient_.with_size(output.channels * depth_columns_);
    gathered_.with_size(kBlock * depth_columns_);
    sums_gradient_.with_size(kBlock * output.columns);
    rows_gradient_.with_size(kBlock * depth_columns_);
  }

  void forward(const Pass& pass) override;
  void backward(const Pass& pass, GradientBuffers& gradients) override;

 private:
  bool one_to_one() const { return settings_.taps == 1 && settings_.stride == 1; }
  const float* rows_of_input(const Pass& pass, size_t first, size_t rows);
  void return_gradient(const Pass& pass, size_t first, size_t rows, bool fresh, float* gradient);

  ConvolutionSettings settings_;
  Value& input_;
  Normalization normalization_;
  size_t depth_;
  size_t depth_columns_;
  Buffer kernel_;             // [out, depth_columns]
  Buffer transposed_kernel_;  // [depth, output columns]
  Buffer bias_;
  Buffer kernel_gradient_;
  Buffer gathered_;
  Buffer sums_gradient_;
  Buffer rows_gradient_;
};

// What the output rows [first, first + rows) are made from: depth_columns_ values for each.
const float* Convolution::rows_of_input(const Pass& pass, size_t first, size_t rows) {
  if (one_to_one()) {
    if (input_.pending == nullptr) return input_.data.get() + first * input_.columns;
    read_rows(pass, input_, first, rows, gathered_.get());
    return gathered_.get();
  }
  float* to = gathered_.get();
  for (size_t row = first; row < first + rows; ++row) {
    const size_t example = row / output.frames;
    const size_t start = row % output.frames * settings_.stride;  // in padded frames
    for (size_t tap = 0; tap < settings_.taps; ++tap) {
      const size_t frame = start + tap - settings_.padding;  // before the first: very large
      if (frame < input_.frames) {
        std::copy_n(input_.data.get() + (example * input_.frames + frame) * input_.columns,
                    input_.columns, to);
      } else {
        std::fill_n(to, input_.columns, 0.0F);
      }
      to += input_.columns;
    }
  }
  return gathered_.get();
}

void Convolution::return_gradient(const Pass& pass, size_t first, size_t rows, bool fresh,
                                  float* gradient) {
  const float* from = rows_gradient_.get();
  if (one_to_one()) {
    return_rows(pass, input_, first, rows, from, fresh, gradient);
    return;
  }
  for (size_t row = first; row < first + rows; ++row) {
    const size_t example = row / output.frames;
    const size_t start = row % output.frames * settings_.stride;
    for (size_t tap = 0; tap < settings_.taps; ++tap, from += input_.columns) {
      const size_t frame = start + tap - settings_.padding;
      if (frame >= input_.frames) continue;
      float* to = gradient + (example * input_.frames + frame) * input_.columns;
      for (size_t c = 0; c < input_.columns; ++c) to[c] += from[c];
    }
  }
}

void Convolution::forward(const Pass& pass) {
  const size_t columns = output.columns;
  const float* kernel = settings_.kernel.in(pass.weights);
  const size_t frames = output.channels * settings_.taps;
  pad_rows(kernel, frames, input_.channels, input_.columns,
           kernel_.with_size(output.channels * depth_columns_));
  transpose_padded(kernel_.get(), output.channels, depth_columns_, columns,
                   transposed_kernel_.with_size(depth_columns_ * columns));
  if (settings_.bias.size > 0) {
    std::copy_n(settings_.bias.in(pass.weights), output.channels, bias_.get());
  }
  float* sums = normalization_.sums(pass.count);
  normalization_.begin_forward(pass);
  const size_t all = output.rows(pass.count);
  for (size_t first = 0; first < all; first += kBlock) {
    const size_t rows = std::min(kBlock, all - first);
    float* to = sums + first * columns;
    if (settings_.bias.size > 0) {
      for (size_t i = 0; i < rows; ++i) std::copy_n(bias_.get(), columns, to + i * columns);
    }
    pass.kernels.multiply(rows_of_input(pass, first, rows), depth_columns_, 1, rows, depth_,
                          transposed_kernel_.get(), columns, columns, to, columns,
                          settings_.bias.size > 0);
    normalization_.add(pass, to, rows);
  }
  normalization_.end_forward(pass);
}

void Convolution::backward(const Pass& pass, GradientBuffers& gradients) {
  const size_t columns = output.columns;
  normalization_.begin_backward(pass, gradients);
  std::fill_n(kernel_gradient_.get(), output.channels * depth_columns_, 0.0F);
  std::fill_n(bias_.get(), columns, 0.0F);
  float* gradient = nullptr;
  bool fresh = false;
  if (input_.needs_gradient) {
    gradient = one_to_one() ? gradients.of(input_, pass.count, fresh)
                            : gradients.to_add_to(input_, pass.count);
  }
  const size_t all = output.rows(pass.count);
  for (size_t first = 0; first < all; first += kBlock) {
    const size_t rows = std::min(kBlock, all - first);
    float* sums_gradient = sums_gradient_.get();
    normalization_.backward(pass, first, rows, sums_gradient);
    if (settings_.bias.size > 0) pass.kernels.add_rows(sums_gradient, rows, columns, bias_.get());
    pass.kernels.multiply(sums_gradient, 1, columns, output.channels, rows,
                          rows_of_input(pass, first, rows), depth_columns_, depth_columns_,
                          kernel_gradient_.get(), depth_columns_, true);
    if (gradient == nullptr) continue;
    pass.kernels.multiply(sums_gradient, columns, 1, rows, output.channels, kernel_.get(),
                          depth_columns_, depth_columns_, rows_gradient_.get(), depth_columns_,
                          false);
    return_gradient(pass, first, rows, fresh, gradient);
  }
  unpad_rows(kernel_gradient_.get(), output.channels * settings_.taps, input_.channels,
             input_.columns, settings_.kernel.in(pass.gradient));
  if (settings_.bias.size > 0) {
    std::copy_n(bias_.get(), output.channels, settings_.bias.in(pass.gradient));
  }
}

}  // namespace

std::unique_ptr<Step> make_convolution(const ConvolutionSettings& settings, Value& input,
                                       Value& output) {
  return std::make_unique<Convolution>(settings, input, output);
}

}  // namespace stapes::training::cpu
