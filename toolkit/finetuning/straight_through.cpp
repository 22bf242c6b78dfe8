#include "toolkit/finetuning/straight_through.h"

#include <torch/csrc/autograd/custom_function.h>

namespace stapes::finetuning {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// One pass over the values where a chain of torch's operators would need a dozen.
struct RangeSums {
  double rounding = 0;  // of gradient * (y - x) inside the range
  double below = 0;     // of the gradient, where x lies below the range
  double above = 0;
};

RangeSums pass_gradient(const float* gradient, const float* x, const float* y, int64_t count,
                        float low, float high, float* inside) {
  RangeSums sums;
  for (int64_t i = 0; i < count; ++i) {
    const float g = gradient[i];
    const bool is_below = x[i] < low;
    const bool is_above = x[i] > high;
    const float kept = is_below || is_above ? 0.0F : g;
    inside[i] = kept;
    sums.rounding += static_cast<double>(kept * (y[i] - x[i]));
    sums.below += is_below ? static_cast<double>(g) : 0.0;
    sums.above += is_above ? static_cast<double>(g) : 0.0;
  }
  return sums;
}

struct RangedStep : torch::autograd::Function<RangedStep> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& low,
                            const at::Tensor& /*high*/, const at::Tensor& stored, double scale,
                            int64_t zero_point) {
    at::Tensor y = at::empty(stored.sizes(), at::kFloat);
    const int8_t* from = stored.data_ptr<int8_t>();
    float* to = y.data_ptr<float>();
    const auto step = static_cast<float>(scale);
    for (int64_t i = 0; i < y.numel(); ++i) {
      to[i] = static_cast<float>(from[i] - static_cast<int32_t>(zero_point)) * step;
    }
    context->save_for_backward({x, y});
    context->saved_data["scale"] = scale;
    context->saved_data["zero_point"] = zero_point;
    context->saved_data["learns"] = low.requires_grad();
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor x = saved[0].contiguous();
    const at::Tensor& y = saved[1];
    const at::Tensor gradient = gradients[0].contiguous();
    const double scale = context->saved_data["scale"].toDouble();
    const auto zero_point = static_cast<double>(context->saved_data["zero_point"].toInt());
    at::Tensor inside = at::empty(y.sizes(), at::kFloat);
    // Half a step beyond the last value still rounds to it.
    const RangeSums sums =
        pass_gradient(gradient.data_ptr<float>(), x.data_ptr<float>(), y.data_ptr<float>(),
                      y.numel(), static_cast<float>(scale * (-128.5 - zero_point)),
                      static_cast<float>(scale * (127.5 - zero_point)), inside.data_ptr<float>());
    at::Tensor of_low;
    at::Tensor of_high;
    if (context->saved_data["learns"].toBool()) {
      const double rounding = sums.rounding / (255.0 * scale);
      of_low = at::scalar_tensor(sums.below - rounding, at::kFloat);
      of_high = at::scalar_tensor(sums.above + rounding, at::kFloat);
    }
    return {inside, of_low, of_high, {}, {}, {}};
  }
};

struct PlainStep : torch::autograd::Function<PlainStep> {
  static at::Tensor forward(AutogradContext* /*context*/, const at::Tensor& /*x*/,
                            const at::Tensor& y) {
    return y.clone();
  }
  static variable_list backward(AutogradContext* /*context*/, variable_list gradients) {
    return {gradients[0], {}};
  }
};

}  // namespace

at::Tensor straight_through(const at::Tensor& x, const at::Tensor& stored,
                            quantization::Affine affine, const at::Tensor& low,
                            const at::Tensor& high) {
  const at::Tensor none = at::zeros({});
  return RangedStep::apply(x, low.defined() ? low : none, high.defined() ? high : none, stored,
                           static_cast<double>(affine.scale), int64_t{affine.zero_point});
}

at::Tensor straight_through(const at::Tensor& x, const at::Tensor& y) {
  return PlainStep::apply(x, y);
}

}  // namespace stapes::finetuning
