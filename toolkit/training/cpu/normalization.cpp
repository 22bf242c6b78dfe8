#include "toolkit/training/cpu/normalization.h"

#include <algorithm>
#include <cmath>

#include "toolkit/training/rounding_noise.h"

namespace stapes::training::cpu {
namespace {

// Arrays in columns_.
enum Column : size_t {
  kMean,
  kDeviations,
  kScale,
  kShift,
  kGradientSum,
  kGradientProduct,
  kOfGradient,
  kOfSums,
  kConstant,
  kNoise,
  kColumns,
};

}  // namespace

Normalization::Normalization(Settings settings, Value& output)
    : settings_(settings), output_(output) {
  columns_.zeros(kColumns * output.columns);
  activation_ = {{column(kScale), column(kShift)},
                 column(kMean),
                 settings.bounded,
                 settings.bounds,
                 {},
                 column(kGradientSum),
                 column(kGradientProduct)};
  std::fill_n(column(kNoise), output.channels, settings.rounding_noise);
  if (!settings.written) output.pending = &activation_;
}

float* Normalization::sums(size_t count) {
  Buffer& buffer = settings_.written ? sums_ : output_.data;
  return buffer.with_size(output_.size(count));
}

void Normalization::begin_forward(const Pass& pass) {
  activation_.noise = {};
  if (pass.training() && settings_.rounding_noise > 0) {
    noise_keys_.clear();
    for (const uint32_t key : pass.noise_keys)
      noise_keys_.push_back(noise_key(key, settings_.node));
    activation_.noise = {column(kNoise), noise_keys_.data(), output_.frames, 0};
  }
  std::fill_n(column(kMean), 2 * output_.columns, 0.0F);
  moments_ = {0, column(kMean), column(kDeviations)};
}

void Normalization::add(const Pass& pass, const float* rows, size_t count) {
  if (settings_.batch_norm && pass.training()) {
    pass.kernels.add_moments(rows, count, output_.columns, moments_);
  }
}

void Normalization::end_forward(const Pass& pass) {
  const size_t channels = output_.channels;
  if (settings_.batch_norm) {
    const float* gamma = settings_.gamma.in(pass.weights);
    const float* beta = settings_.beta.in(pass.weights);
    const auto rows = static_cast<float>(output_.rows(pass.count));
    float* mean = column(kMean);
    float* variance = column(kDeviations);
    for (size_t c = 0; c < channels; ++c) {
      if (pass.training()) {
        variance[c] /= rows;
      } else {
        mean[c] = settings_.moving_mean.in(pass.weights)[c];
        variance[c] = settings_.moving_variance.in(pass.weights)[c];
      }
      column(kScale)[c] = gamma[c] / std::sqrt(variance[c] + settings_.epsilon);
      column(kShift)[c] = beta[c] - mean[c] * column(kScale)[c];
    }
    if (pass.training()) {
      const float unbiased = rows > 1 ? rows / (rows - 1) : 1.0F;
      for (size_t c = 0; c < channels; ++c) {
        settings_.moving_mean.in(pass.gradient)[c] = mean[c] * pass.share();
        settings_.moving_variance.in(pass.gradient)[c] = variance[c] * unbiased * pass.share();
      }
    }
  } else {
    std::fill_n(column(kScale), channels, 1.0F);
  }
  if (settings_.written) {
    const float* shortcut =
        settings_.shortcut == nullptr ? nullptr : settings_.shortcut->data.get();
    pass.kernels.normalize(sums(), output_.rows(pass.count), output_.columns, activation_.affine,
                           {shortcut, settings_.bounds_before_shortcut}, activation_.noise,
                           settings_.bounds, output_.data.with_size(output_.size(pass.count)));
  }
  std::fill_n(column(kGradientSum), 2 * output_.columns, 0.0F);
}

void Normalization::begin_backward(const Pass& pass, GradientBuffers& gradients) {
  float* gradient = output_.gradient->get();
  masked_ = gradient;
  const size_t rows = output_.rows(pass.count);
  if (settings_.written) {
    const auto mask = [&](const float* output, Bounds bounds, Column sum, Column product) {
      pass.kernels.mask(gradient, sums(), output, rows, output_.columns, activation_.affine, {},
                        bounds, column(kMean), gradient, column(sum), column(product));
    };
    const float* output = settings_.bounded ? output_.data.get() : nullptr;
    if (settings_.bounded_before_shortcut) {  // then the sums of the second mask count
      mask(output, settings_.bounds, kOfGradient, kOfSums);
    } else {
      mask(output, settings_.bounds, kGradientSum, kGradientProduct);
    }
    if (settings_.shortcut != nullptr && settings_.shortcut->needs_gradient) {
      bool fresh = false;
      float* to = gradients.of(*settings_.shortcut, pass.count, fresh);
      const size_t size = output_.size(pass.count);
      if (fresh) {
        std::copy_n(gradient, size, to);
      } else {
        for (size_t i = 0; i < size; ++i) to[i] += gradient[i];
      }
    }
    if (settings_.bounded_before_shortcut) {
      mask(sums(), settings_.bounds_before_shortcut, kGradientSum, kGradientProduct);
    }
  }
  if (!settings_.batch_norm) return;
  // The gradient of z is scale * (g - mean(g) - normalized z * mean(g * normalized z)): for each
  // column linear in g and z.
  const auto count = static_cast<float>(rows);
  const float* gamma = settings_.gamma.in(pass.weights);
  for (size_t c = 0; c < output_.channels; ++c) {
    const float inverse_deviation = 1.0F / std::sqrt(column(kDeviations)[c] + settings_.epsilon);
    const float scale = gamma[c] * inverse_deviation;
    const float gamma_gradient = column(kGradientProduct)[c] * inverse_deviation;
    const float beta_gradient = column(kGradientSum)[c];
    settings_.gamma.in(pass.gradient)[c] = gamma_gradient;
    settings_.beta.in(pass.gradient)[c] = beta_gradient;
    column(kOfGradient)[c] = scale;
    column(kOfSums)[c] = -scale * inverse_deviation * gamma_gradient / count;
    column(kConstant)[c] = -scale * beta_gradient / count - column(kOfSums)[c] * column(kMean)[c];
  }
}

void Normalization::backward(const Pass& pass, size_t first, size_t rows, float* gradient) const {
  const size_t begin = first * output_.columns;
  if (settings_.batch_norm) {
    pass.kernels.blend(masked_ + begin, sums() + begin, rows, output_.columns, column(kOfGradient),
                       column(kOfSums), column(kConstant), gradient);
  } else {
    std::copy_n(masked_ + begin, rows * output_.columns, gradient);
  }
}

}  // namespace stapes::training::cpu
