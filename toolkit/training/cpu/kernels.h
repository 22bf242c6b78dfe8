#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

// The loops in which training on a PC spends its time, for every vector width that the compiler
// was asked for. All matrices are rows of floats, row-major, `columns` a multiple of kLane: values
// with other numbers of channels are padded with zeros, so that no loop has a rest. Sums over rows
// are made in the rows' order, so a result depends on the kernels alone.
namespace stapes::training::cpu {

inline constexpr size_t kLane = 16;
constexpr size_t padded(size_t channels) { return (channels + kLane - 1) / kLane * kLane; }

// A running mean and sum of squared deviations of each column (Chan, Golub and LeVeque 1983).
struct Moments {
  size_t count = 0;  // rows so far
  float* mean = nullptr;
  float* deviations = nullptr;
};

// A depthwise convolution along the frames of one example.
struct Depthwise {
  size_t outputs = 0;  // frames
  size_t taps = 0;
  size_t stride = 1;
};

// Of each column.
struct Affine {
  const float* scale = nullptr;
  const float* shift = nullptr;
};

// As network::Bounds, without its header: the kernels' files include no inline function of others.
struct Bounds {
  float lowest = -__builtin_inff();
  float highest = __builtin_inff();
};

// What is added to an affine map's output, which has bounds of its own before that.
struct Shortcut {
  const float* values = nullptr;  // null: nothing
  Bounds bounds;
};

// Uniform noise (rounding_noise.h) of a width for each column; `widths` null: none. Row i is row
// first + i of all, of which each example has `frames`.
struct RoundingNoise {
  const float* widths = nullptr;
  const uint32_t* keys = nullptr;  // by example
  size_t frames = 1;
  size_t first = 0;
};

struct Kernels {
  const char* name;

  // c[m][j] (+)= sum over k of a[m * a_row + k * a_step] * b[k * b_row + j], for m < rows,
  // k < depth, j < columns. `add`: to what c holds.
  void (*multiply)(const float* a, size_t a_row, size_t a_step, size_t rows, size_t depth,
                   const float* b, size_t b_row, size_t columns, float* c, size_t c_row, bool add);

  void (*add_moments)(const float* x, size_t rows, size_t columns, Moments& moments);

  // output = bounds of (x * scale + shift (bounded by shortcut.bounds, + shortcut) + noise).
  void (*normalize)(const float* x, size_t rows, size_t columns, const Affine& affine,
                    const Shortcut& shortcut, const RoundingNoise& noise, Bounds bounds,
                    float* output);

  // Backward through the bounds of normalize(): g = gradient where the output lies between them.
  // `output` may be null (no bounds) or is recomputed, without a shortcut, when it equals x. Adds g
  // to sum and g * (x - mean) to product. `g` may be `gradient`.
  void (*mask)(const float* gradient, const float* x, const float* output, size_t rows,
               size_t columns, const Affine& affine, const RoundingNoise& noise, Bounds bounds,
               const float* mean, float* g, float* sum, float* product);

  // Backward through the normalization: output = a * g + b * x + c, column by column.
  void (*blend)(const float* g, const float* x, size_t rows, size_t columns, const float* a,
                const float* b, const float* c, float* output);

  // sum[j] += x[i][j]
  void (*add_rows)(const float* x, size_t rows, size_t columns, float* sum);

  // x: (outputs - 1) * stride + taps frames; kernel and its gradient: taps rows.
  void (*depthwise)(const Depthwise& shape, const float* x, const float* kernel, size_t columns,
                    float* output);
  // Adds to input_gradient (unless null) and to kernel_gradient.
  void (*depthwise_backward)(const Depthwise& shape, const float* x, const float* kernel,
                             const float* gradient, size_t columns, float* input_gradient,
                             float* kernel_gradient);

  // In place.
  void (*sigmoid)(float* x, size_t size);
  void (*tanh)(float* x, size_t size);
};

// Those that this processor runs, the fastest last.
std::span<const Kernels> kernels();
inline const Kernels& best_kernels() { return kernels().back(); }

}  // namespace stapes::training::cpu
