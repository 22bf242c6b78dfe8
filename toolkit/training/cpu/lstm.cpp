#include <algorithm>
#include <cmath>

#include "toolkit/training/cpu/steps.h"

namespace stapes::training::cpu {
namespace {

// With gates [input, forget, cell, output], each padded to `columns` of the output:
//
//   gates[t] = kernel x[t] + recurrent_kernel h[t-1] + bias
//   c[t] = clip(sigmoid(f) c[t-1] + sigmoid(i) tanh(g)), h[t] = sigmoid(o) tanh(c[t])
//
// or, with layer normalization, normalized(kernel x[t] + recurrent_kernel h[t-1]) * gamma + bias.
class Lstm : public Step {
 public:
  Lstm(const LstmSettings& settings, Value& input, Value& made)
      : Step(made), settings_(settings), input_(input), width_(4 * output.columns) {}

  void forward(const Pass& pass) override;
  void backward(const Pass& pass, GradientBuffers& gradients) override;

 private:
  bool normalizes() const { return settings_.gamma.size > 0; }
  void pack(const Pass& pass);
  void normalize_gates(size_t row);
  void normalize_gates_backward(size_t row);
  void cells_forward(const Pass& pass, size_t t);
  void cells_backward(const Pass& pass, size_t t);
  // [4, units, in] -> rows of `width_` (each gate padded), or the gradient back.
  void pack_matrix(const float* dense, size_t inputs, size_t columns, Buffer& rows,
                   Buffer& transposed) const;
  void unpack_gradient(const float* rows, size_t inputs, size_t columns, float* dense) const;

  LstmSettings settings_;
  Value& input_;
  size_t width_;
  Buffer kernel_, transposed_kernel_;        // [width, input columns], [inputs, width]
  Buffer recurrent_, transposed_recurrent_;  // [width, columns], [units, width]
  Buffer bias_;                              // [width]
  Buffer gamma_;                             // likewise
  Buffer bias_gradient_;
  Buffer gamma_gradient_;
  Buffer normalized_;          // [count, frames, width]
  Buffer inverse_deviations_;  // [count, frames, 4]
  Buffer gates_;               // [count, frames, width], after sigmoid and tanh; their gradients
  Buffer gate_gradients_;
  Buffer cells_;       // [count, frames, columns]
  Buffer cells_tanh_;  // likewise
  Buffer hidden_gradient_;
  Buffer cell_gradient_;
  Buffer previous_;  // hidden states, one step later
  Buffer kernel_gradient_;
};

void Lstm::pack_matrix(const float* dense, size_t inputs, size_t columns, Buffer& rows,
                       Buffer& transposed) const {
  float* to = rows.zeros(width_ * columns);
  float* to_transposed = transposed.zeros(inputs * width_);
  for (size_t gate = 0; gate < 4; ++gate) {
    for (size_t unit = 0; unit < settings_.units; ++unit) {
      const size_t row = gate * output.columns + unit;
      for (size_t i = 0; i < inputs; ++i) {
        const float weight = dense[(gate * settings_.units + unit) * inputs + i];
        to[row * columns + i] = weight;
        to_transposed[i * width_ + row] = weight;
      }
    }
  }
}

void Lstm::unpack_gradient(const float* rows, size_t inputs, size_t columns, float* dense) const {
  for (size_t gate = 0; gate < 4; ++gate) {
    unpad_rows(rows + gate * output.columns * columns, settings_.units, inputs, columns,
               dense + gate * settings_.units * inputs);
  }
}

void Lstm::pack(const Pass& pass) {
  pack_matrix(settings_.kernel.in(pass.weights), input_.channels, input_.columns, kernel_,
              transposed_kernel_);
  pack_matrix(settings_.recurrent_kernel.in(pass.weights), settings_.units, output.columns,
              recurrent_, transposed_recurrent_);
  pad_rows(settings_.bias.in(pass.weights), 4, settings_.units, output.columns,
           bias_.with_size(width_));
  if (normalizes()) {
    pad_rows(settings_.gamma.in(pass.weights), 4, settings_.units, output.columns,
             gamma_.with_size(width_));
  }
}

void Lstm::normalize_gates(size_t row) {
  constexpr float kEpsilon = 1e-8F;  // of the .tflite operator
  const auto units = static_cast<float>(settings_.units);
  for (size_t gate = 0; gate < 4; ++gate) {
    const size_t first = gate * output.columns;
    float* sums = gates_.get() + row * width_ + first;
    float* normalized = normalized_.get() + row * width_ + first;
    float mean = 0;
    for (size_t u = 0; u < settings_.units; ++u) mean += sums[u];
    mean /= units;
    float squares = 0;
    for (size_t u = 0; u < settings_.units; ++u) squares += (sums[u] - mean) * (sums[u] - mean);
    const float inverse_deviation = 1.0F / std::sqrt(squares / units + kEpsilon);
    inverse_deviations_.get()[row * 4 + gate] = inverse_deviation;
    for (size_t u = 0; u < settings_.units; ++u) {
      normalized[u] = (sums[u] - mean) * inverse_deviation;
      sums[u] = normalized[u] * gamma_.get()[first + u] + bias_.get()[first + u];
    }
  }
}

// From the gradient of what the gates' nonlinearities get to that of the gates' sums.
void Lstm::normalize_gates_backward(size_t row) {
  const auto units = static_cast<float>(settings_.units);
  for (size_t gate = 0; gate < 4; ++gate) {
    const size_t first = gate * output.columns;
    float* gradient = gate_gradients_.get() + row * width_ + first;
    const float* normalized = normalized_.get() + row * width_ + first;
    float sum = 0;
    float product = 0;
    for (size_t u = 0; u < settings_.units; ++u) {
      bias_gradient_.get()[first + u] += gradient[u];
      gamma_gradient_.get()[first + u] += gradient[u] * normalized[u];
      gradient[u] *= gamma_.get()[first + u];
      sum += gradient[u];
      product += gradient[u] * normalized[u];
    }
    for (size_t u = 0; u < settings_.units; ++u) {
      gradient[u] = (gradient[u] - (sum + normalized[u] * product) / units) *
                    inverse_deviations_.get()[row * 4 + gate];
    }
  }
}

void Lstm::forward(const Pass& pass) {
  pack(pass);
  const size_t rows = output.rows(pass.count);
  const size_t columns = output.columns;
  const size_t frames = output.frames;
  float* gates = gates_.with_size(rows * width_);
  cells_.with_size(rows * columns);
  cells_tanh_.with_size(rows * columns);
  float* hidden = output.data.with_size(rows * columns);
  if (normalizes()) {
    normalized_.with_size(rows * width_);
    inverse_deviations_.with_size(rows * 4);
  } else {
    for (size_t i = 0; i < rows; ++i) std::copy_n(bias_.get(), width_, gates + i * width_);
  }
  pass.kernels.multiply(input_.data.get(), input_.columns, 1, rows, input_.channels,
                        transposed_kernel_.get(), width_, width_, gates, width_, !normalizes());
  for (size_t t = 0; t < frames; ++t) {
    if (t > 0) {
      pass.kernels.multiply(hidden + (t - 1) * columns, frames * columns, 1, pass.count,
                            settings_.units, transposed_recurrent_.get(), width_, width_,
                            gates + t * width_, frames * width_, true);
    }
    cells_forward(pass, t);
  }
}

void Lstm::cells_forward(const Pass& pass, size_t t) {
  const size_t columns = output.columns;
  const float clip = settings_.cell_clip;
  for (size_t n = 0; n < pass.count; ++n) {
    const size_t row = n * output.frames + t;
    float* gates = gates_.get() + row * width_;
    float* cell = cells_.get() + row * columns;
    float* cell_tanh = cells_tanh_.get() + row * columns;
    float* hidden = output.data.get() + row * columns;
    if (normalizes()) normalize_gates(row);
    pass.kernels.sigmoid(gates, 2 * columns);
    pass.kernels.tanh(gates + 2 * columns, columns);
    pass.kernels.sigmoid(gates + 3 * columns, columns);
    for (size_t j = 0; j < columns; ++j) {
      float c = gates[j] * gates[2 * columns + j];
      if (t > 0) c += gates[columns + j] * cell[j - columns];
      if (clip > 0) c = std::clamp(c, -clip, clip);
      cell[j] = c;
      cell_tanh[j] = c;
    }
    pass.kernels.tanh(cell_tanh, columns);
    for (size_t j = 0; j < columns; ++j) hidden[j] = gates[3 * columns + j] * cell_tanh[j];
  }
}

// Takes the gradients of h[t] and c[t], and leaves those of the gates before their nonlinearity and
// of c[t-1].
void Lstm::cells_backward(const Pass& pass, size_t t) {
  const size_t columns = output.columns;
  const float clip = settings_.cell_clip;
  for (size_t n = 0; n < pass.count; ++n) {
    const size_t row = n * output.frames + t;
    const float* gates = gates_.get() + row * width_;
    const float* cell = cells_.get() + row * columns;
    const float* cell_tanh = cells_tanh_.get() + row * columns;
    const float* from_above = output.gradient->get() + row * columns;
    const float* from_later = hidden_gradient_.get() + n * columns;
    float* gate_gradients = gate_gradients_.get() + row * width_;
    float* cell_gradient = cell_gradient_.get() + n * columns;
    for (size_t j = 0; j < columns; ++j) {
      const float i = gates[j];
      const float f = gates[columns + j];
      const float g = gates[2 * columns + j];
      const float o = gates[3 * columns + j];
      const float dh = from_above[j] + from_later[j];
      float dc = cell_gradient[j] + dh * o * (1.0F - cell_tanh[j] * cell_tanh[j]);
      if (clip > 0 && (cell[j] >= clip || cell[j] <= -clip)) dc = 0;
      const float before = t > 0 ? cell[j - columns] : 0.0F;
      gate_gradients[j] = dc * g * i * (1.0F - i);
      gate_gradients[columns + j] = dc * before * f * (1.0F - f);
      gate_gradients[2 * columns + j] = dc * i * (1.0F - g * g);
      gate_gradients[3 * columns + j] = dh * cell_tanh[j] * o * (1.0F - o);
      cell_gradient[j] = dc * f;
    }
    if (normalizes()) normalize_gates_backward(row);
  }
}

void Lstm::backward(const Pass& pass, GradientBuffers& gradients) {
  const size_t rows = output.rows(pass.count);
  const size_t columns = output.columns;
  const size_t frames = output.frames;
  float* gate_gradients = gate_gradients_.with_size(rows * width_);
  float* hidden_gradient = hidden_gradient_.zeros(pass.count * columns);
  cell_gradient_.zeros(pass.count * columns);
  float* bias_gradient = bias_gradient_.zeros(width_);
  gamma_gradient_.zeros(width_);
  for (size_t t = frames; t-- > 0;) {
    cells_backward(pass, t);
    if (t == 0) break;
    pass.kernels.multiply(gate_gradients + t * width_, frames * width_, 1, pass.count, width_,
                          recurrent_.get(), columns, columns, hidden_gradient, columns, false);
  }

  float* kernel_gradient = kernel_gradient_.with_size(width_ * std::max(input_.columns, columns));
  pass.kernels.multiply(gate_gradients, 1, width_, width_, rows, input_.data.get(), input_.columns,
                        input_.columns, kernel_gradient, input_.columns, false);
  unpack_gradient(kernel_gradient, input_.channels, input_.columns,
                  settings_.kernel.in(pass.gradient));

  float* previous = previous_.zeros(rows * columns);
  for (size_t row = 0; row < rows; ++row) {
    if (row % frames == 0) continue;
    std::copy_n(output.data.get() + (row - 1) * columns, columns, previous + row * columns);
  }
  pass.kernels.multiply(gate_gradients, 1, width_, width_, rows, previous, columns, columns,
                        kernel_gradient, columns, false);
  unpack_gradient(kernel_gradient, settings_.units, columns,
                  settings_.recurrent_kernel.in(pass.gradient));

  if (normalizes()) {
    unpad_rows(gamma_gradient_.get(), 4, settings_.units, columns,
               settings_.gamma.in(pass.gradient));
  } else {
    pass.kernels.add_rows(gate_gradients, rows, width_, bias_gradient);
  }
  unpad_rows(bias_gradient, 4, settings_.units, columns, settings_.bias.in(pass.gradient));

  if (!input_.needs_gradient) return;
  bool fresh = false;
  float* input_gradient = gradients.of(input_, pass.count, fresh);
  pass.kernels.multiply(gate_gradients, width_, 1, rows, width_, kernel_.get(), input_.columns,
                        input_.columns, input_gradient, input_.columns, !fresh);
}

}  // namespace

std::unique_ptr<Step> make_lstm(const LstmSettings& settings, Value& input, Value& output) {
  return std::make_unique<Lstm>(settings, input, output);
}

}  // namespace stapes::training::cpu
