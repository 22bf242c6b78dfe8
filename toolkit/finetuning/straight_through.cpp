#include "toolkit/finetuning/straight_through.h"

#include <torch/csrc/autograd/custom_function.h>

namespace stapes::finetuning {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct RangedStep : torch::autograd::Function<RangedStep> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& low,
                            const at::Tensor& /*high*/, const at::Tensor& y, double scale,
                            int64_t zero_point) {
    context->save_for_backward({x, y});
    context->saved_data["scale"] = scale;
    context->saved_data["zero_point"] = zero_point;
    context->saved_data["learns"] = low.requires_grad();
    return y.clone();
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor& x = saved[0];
    const at::Tensor& y = saved[1];
    const double scale = context->saved_data["scale"].toDouble();
    const auto zero_point = static_cast<double>(context->saved_data["zero_point"].toInt());
    // Half a step beyond the last value still rounds to it.
    const at::Tensor below = x < scale * (-128.5 - zero_point);
    const at::Tensor above = x > scale * (127.5 - zero_point);
    const at::Tensor& gradient = gradients[0];
    const at::Tensor inside = gradient.masked_fill(below.logical_or(above), 0);
    at::Tensor of_low;
    at::Tensor of_high;
    if (context->saved_data["learns"].toBool()) {
      const at::Tensor rounding = (inside * (y - x)).sum() / (255.0 * scale);
      of_low = (gradient * below).sum() - rounding;
      of_high = (gradient * above).sum() + rounding;
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
  const auto scale = static_cast<double>(affine.scale);
  const at::Tensor y = (stored.to(at::kFloat) - affine.zero_point) * scale;
  const at::Tensor none = at::zeros({});
  return RangedStep::apply(x, low.defined() ? low : none, high.defined() ? high : none, y, scale,
                           int64_t{affine.zero_point});
}

at::Tensor straight_through(const at::Tensor& x, const at::Tensor& y) {
  return PlainStep::apply(x, y);
}

}  // namespace stapes::finetuning
