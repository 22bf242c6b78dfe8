#include <algorithm>

#include "toolkit/training/cpu/activated_rows.h"
#include "toolkit/training/cpu/convolution.h"

namespace stapes::training::cpu {
namespace {

// An example at a time.
class DepthwiseConvolution : public Step {
 public:
  DepthwiseConvolution(const ConvolutionSettings& settings, Value& input, Value& made)
      : Step(made),
        settings_(settings),
        input_(input),
        normalization_(settings.after, output),
        shape_{output.frames, settings.taps, settings.stride},
        // With what the last output frame reaches; a stride may leave frames of the input out.
        frames_(std::max((output.frames - 1) * settings.stride + settings.taps,
                         settings.padding + input.frames)) {
    bias_.zeros(output.columns);
    frames_buffer_.zeros(frames_ * output.columns);
    sums_gradient_.with_size(output.frames * output.columns);
    frames_gradient_.with_size(frames_ * output.columns);
  }

  void forward(const Pass& pass) override;
  void backward(const Pass& pass, GradientBuffers& gradients) override;

 private:
  const float* padded_example(const Pass& pass, size_t example) {
    read_rows(pass, input_, example * input_.frames, input_.frames,
              frames_buffer_.get() + settings_.padding * input_.columns);
    return frames_buffer_.get();
  }

  ConvolutionSettings settings_;
  Value& input_;
  Normalization normalization_;
  Depthwise shape_;
  size_t frames_;
  Buffer kernel_;
  Buffer bias_;
  Buffer kernel_gradient_;
  Buffer frames_buffer_;  // zeros around the example's frames
  Buffer sums_gradient_;
  Buffer frames_gradient_;
};

void DepthwiseConvolution::forward(const Pass& pass) {
  const size_t columns = output.columns;
  pad_rows(settings_.kernel.in(pass.weights), settings_.taps, output.channels, columns,
           kernel_.with_size(settings_.taps * columns));
  if (settings_.bias.size > 0) {
    std::copy_n(settings_.bias.in(pass.weights), output.channels, bias_.get());
  }
  float* sums = normalization_.sums(pass.count);
  normalization_.begin_forward(pass);
  for (size_t example = 0; example < pass.count; ++example) {
    float* to = sums + example * output.frames * columns;
    pass.kernels.depthwise(shape_, padded_example(pass, example), kernel_.get(), columns, to);
    if (settings_.bias.size > 0) {
      for (size_t i = 0; i < output.frames * columns; ++i) to[i] += bias_.get()[i % columns];
    }
    normalization_.add(pass, to, output.frames);
  }
  normalization_.end_forward(pass);
}

void DepthwiseConvolution::backward(const Pass& pass, GradientBuffers& gradients) {
  const size_t columns = output.columns;
  normalization_.begin_backward(pass, gradients);
  float* kernel_gradient = kernel_gradient_.zeros(settings_.taps * columns);
  std::fill_n(bias_.get(), columns, 0.0F);
  bool fresh = false;
  float* gradient = input_.needs_gradient ? gradients.of(input_, pass.count, fresh) : nullptr;
  for (size_t example = 0; example < pass.count; ++example) {
    normalization_.backward(pass, example * output.frames, output.frames, sums_gradient_.get());
    if (settings_.bias.size > 0) {
      pass.kernels.add_rows(sums_gradient_.get(), output.frames, columns, bias_.get());
    }
    float* frames_gradient =
        gradient == nullptr ? nullptr : frames_gradient_.zeros(frames_ * columns);
    pass.kernels.depthwise_backward(shape_, padded_example(pass, example), kernel_.get(),
                                    sums_gradient_.get(), columns, frames_gradient,
                                    kernel_gradient);
    if (gradient == nullptr) continue;
    return_rows(pass, input_, example * input_.frames, input_.frames,
                frames_gradient + settings_.padding * columns, fresh, gradient);
  }
  unpad_rows(kernel_gradient, settings_.taps, output.channels, columns,
             settings_.kernel.in(pass.gradient));
  if (settings_.bias.size > 0) {
    std::copy_n(bias_.get(), output.channels, settings_.bias.in(pass.gradient));
  }
}

}  // namespace

std::unique_ptr<Step> make_depthwise(const ConvolutionSettings& settings, Value& input,
                                     Value& output) {
  return std::make_unique<DepthwiseConvolution>(settings, input, output);
}

}  // namespace stapes::training::cpu
