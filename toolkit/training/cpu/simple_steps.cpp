#include <algorithm>

#include "toolkit/base/philox.h"
#include "toolkit/training/cpu/steps.h"
#include "toolkit/training/rounding_noise.h"

namespace stapes::training::cpu {
namespace {

class Add : public Step {
 public:
  Add(Value& a, Value& b, Value& made) : Step(made), inputs_{&a, &b} {}

  void forward(const Pass& pass) override {
    const size_t size = output.size(pass.count);
    float* to = output.data.with_size(size);
    const float* a = inputs_[0]->data.get();
    const float* b = inputs_[1]->data.get();
    for (size_t i = 0; i < size; ++i) to[i] = a[i] + b[i];
  }

  void backward(const Pass& pass, GradientBuffers& gradients) override {
    const float* gradient = output.gradient->get();
    for (Value* input : inputs_) {
      if (!input->needs_gradient) continue;
      float* to = gradients.to_add_to(*input, pass.count);
      for (size_t i = 0; i < output.size(pass.count); ++i) to[i] += gradient[i];
    }
  }

 private:
  Value* inputs_[2];
};

class Clamp : public Step {
 public:
  Clamp(Bounds bounds, float rounding_noise, size_t node, Value& input, Value& made)
      : Step(made), bounds_(bounds), rounding_noise_(rounding_noise), node_(node), input_(input) {}

  void forward(const Pass& pass) override {
    const size_t size = output.size(pass.count);
    float* to = output.data.with_size(size);
    const float* from = input_.data.get();
    std::copy_n(from, size, to);
    if (pass.training() && rounding_noise_ > 0) add_noise(pass, to);
    for (size_t i = 0; i < size; ++i) to[i] = std::clamp(to[i], bounds_.lowest, bounds_.highest);
  }

  void backward(const Pass& pass, GradientBuffers& gradients) override {
    if (!input_.needs_gradient) return;
    const float* gradient = output.gradient->get();
    const float* y = output.data.get();
    float* to = gradients.to_add_to(input_, pass.count);
    for (size_t i = 0; i < output.size(pass.count); ++i) {
      if (y[i] > bounds_.lowest && y[i] < bounds_.highest) to[i] += gradient[i];
    }
  }

 private:
  void add_noise(const Pass& pass, float* to) const {
    for (size_t n = 0; n < pass.count; ++n) {
      const uint32_t key = noise_key(pass.noise_keys[n], node_);
      for (size_t row = 0; row < output.frames; ++row, to += output.columns) {
        for (size_t c = 0; c < output.channels; ++c) {
          to[c] += rounding_noise_ * unit_noise(key, row * output.columns + c);
        }
      }
    }
  }

  Bounds bounds_;
  float rounding_noise_;
  size_t node_;
  Value& input_;
};

class Reshape : public Step {
 public:
  Reshape(Value& input, Value& made) : Step(made), input_(input) {}

  void forward(const Pass& pass) override {
    float* dense = dense_.with_size(input_.rows(pass.count) * input_.channels);
    unpad_rows(input_.data.get(), input_.rows(pass.count), input_.channels, input_.columns, dense);
    pad_rows(dense, output.rows(pass.count), output.channels, output.columns,
             output.data.with_size(output.size(pass.count)));
  }

  void backward(const Pass& pass, GradientBuffers& gradients) override {
    if (!input_.needs_gradient) return;
    const size_t channels = input_.channels;
    unpad_rows(output.gradient->get(), output.rows(pass.count), output.channels, output.columns,
               dense_.get());
    float* to = gradients.to_add_to(input_, pass.count);
    for (size_t row = 0; row < input_.rows(pass.count); ++row) {
      for (size_t c = 0; c < channels; ++c) {
        to[row * input_.columns + c] += dense_.get()[row * channels + c];
      }
    }
  }

 private:
  Value& input_;
  Buffer dense_;
};

class LastStep : public Step {
 public:
  LastStep(Value& input, Value& made) : Step(made), input_(input) {}

  void forward(const Pass& pass) override {
    float* to = output.data.with_size(output.size(pass.count));
    for (size_t n = 0; n < pass.count; ++n) {
      std::copy_n(input_.data.get() + last(n), output.columns, to + n * output.columns);
    }
  }

  void backward(const Pass& pass, GradientBuffers& gradients) override {
    if (!input_.needs_gradient) return;
    float* to = gradients.to_add_to(input_, pass.count);
    const float* gradient = output.gradient->get();
    for (size_t n = 0; n < pass.count; ++n) {
      for (size_t c = 0; c < output.columns; ++c)
        to[last(n) + c] += gradient[n * output.columns + c];
    }
  }

 private:
  size_t last(size_t n) const { return ((n + 1) * input_.frames - 1) * input_.columns; }

  Value& input_;
};

class AverageOverFrames : public Step {
 public:
  AverageOverFrames(Value& input, Value& made) : Step(made), input_(input) {}

  void forward(const Pass& pass) override {
    float* to = output.data.zeros(output.size(pass.count));
    for (size_t n = 0; n < pass.count; ++n) {
      float* sum = to + n * output.columns;
      pass.kernels.add_rows(input_.data.get() + n * input_.frames * input_.columns, input_.frames,
                            input_.columns, sum);
      for (size_t c = 0; c < output.columns; ++c) sum[c] /= static_cast<float>(input_.frames);
    }
  }

  void backward(const Pass& pass, GradientBuffers& gradients) override {
    if (!input_.needs_gradient) return;
    float* to = gradients.to_add_to(input_, pass.count);
    for (size_t row = 0; row < input_.rows(pass.count); ++row) {
      const float* gradient = output.gradient->get() + row / input_.frames * output.columns;
      for (size_t c = 0; c < output.columns; ++c) {
        to[row * input_.columns + c] += gradient[c] / static_cast<float>(input_.frames);
      }
    }
  }

 private:
  Value& input_;
};

class Dropout : public Step {
 public:
  Dropout(float rate, size_t node, size_t nodes, Value& input, Value& made)
      : Step(made), rate_(rate), node_(node), nodes_(nodes), input_(input) {}

  void forward(const Pass& pass) override {
    const size_t size = output.size(pass.count);
    float* to = output.data.with_size(size);
    if (!pass.training()) {
      std::copy_n(input_.data.get(), size, to);
      return;
    }
    float* factors = factors_.zeros(size);
    const float kept = 1.0F / (1.0F - rate_);
    for (size_t n = 0; n < pass.count; ++n) {
      // A stream for each example and node: independent of how examples are cut into shards.
      const uint64_t stream = pass.shard->examples[n] * nodes_ + node_;
      Random random(pass.shard->seed, Purpose::kDropout, pass.shard->epoch, stream);
      for (size_t row = n * output.frames; row < (n + 1) * output.frames; ++row) {
        for (size_t c = 0; c < output.channels; ++c) {
          factors[row * output.columns + c] = random.uniform() < rate_ ? 0.0F : kept;
        }
      }
    }
    for (size_t i = 0; i < size; ++i) to[i] = input_.data.get()[i] * factors[i];
  }

  void backward(const Pass& pass, GradientBuffers& gradients) override {
    if (!input_.needs_gradient) return;
    float* to = gradients.to_add_to(input_, pass.count);
    const float* gradient = output.gradient->get();
    for (size_t i = 0; i < output.size(pass.count); ++i) {
      to[i] += gradient[i] * factors_.get()[i];
    }
  }

 private:
  float rate_;
  size_t node_;
  size_t nodes_;
  Value& input_;
  Buffer factors_;
};

}  // namespace

std::unique_ptr<Step> make_add(Value& a, Value& b, Value& output) {
  return std::make_unique<Add>(a, b, output);
}
std::unique_ptr<Step> make_clamp(Bounds bounds, float rounding_noise, size_t node, Value& input,
                                 Value& output) {
  return std::make_unique<Clamp>(bounds, rounding_noise, node, input, output);
}
std::unique_ptr<Step> make_reshape(Value& input, Value& output) {
  return std::make_unique<Reshape>(input, output);
}
std::unique_ptr<Step> make_last_step(Value& input, Value& output) {
  return std::make_unique<LastStep>(input, output);
}
std::unique_ptr<Step> make_average_over_frames(Value& input, Value& output) {
  return std::make_unique<AverageOverFrames>(input, output);
}
std::unique_ptr<Step> make_dropout(float rate, size_t node, size_t nodes, Value& input,
                                   Value& output) {
  return std::make_unique<Dropout>(rate, node, nodes, input, output);
}

}  // namespace stapes::training::cpu
