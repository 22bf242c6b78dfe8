#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "toolkit/base/files.h"
#include "toolkit/graph/graph.h"
#include "toolkit/quantization/inputs.h"
#include "toolkit/quantization/quantize.h"

namespace stapes::quantization {

// What one operator of the int8 model loses by itself: its int8 result, dequantized, minus what the
// float operator gives for the same (quantized) inputs. Errors of earlier operators do not count.
// stddev, mean_error, max_abs_error and mean_squared_error are computed over each input's elements
// and then averaged over the inputs.
struct ReportRow {
  std::string op_name;
  int32_t tensor_idx = 0;  // of the output, in the int8 model
  double num_elements = 0;
  double stddev = 0;
  double mean_error = 0;
  double max_abs_error = 0;
  double mean_squared_error = 0;
  double scale = 0;
  int64_t zero_point = 0;
  std::string tensor_name;
  double range = 0;           // 255 * scale
  double rmse_per_scale = 0;  // sqrt(mean_squared_error) / scale; 1 / sqrt(12) is pure rounding
};

// A row above this loses more than rounding explains.
inline constexpr double kSuspiciousRow = 0.5;

struct ReportSettings {
  bool carry_state = false;  // LSTM state, of int8 and float alike; false: reset before each input
  int threads = 0;
};

// One row for every int8 operator output, in the order in which they run, except the QUANTIZE of
// the model's input. `float_graph` is the one that `quantized` was made from. The same for any
// number of threads.
std::vector<ReportRow> measure_report(const graph::Graph& float_graph,
                                      const QuantizedGraph& quantized, const Inputs& inputs,
                                      const ReportSettings& settings = {});

// CSV with the columns op_name, tensor_idx, num_elements, stddev, mean_error, max_abs_error,
// mean_squared_error, scale, zero_point, tensor_name, range, rmse/scale.
void write_report(const Path& path, const std::vector<ReportRow>& rows);

// The same for reading: aligned columns; rows above kSuspiciousRow end with a mark.
std::string format_report(const std::vector<ReportRow>& rows);

// By rmse/scale; sorts the worst rows first.
bool is_worse(const ReportRow& a, const ReportRow& b);

// "RSQRT 5.73, MEAN 0.38, CONV_2D 0.34 (rmse/scale; rounding alone is 0.29)": the three worst.
std::string worst_rows_text(std::vector<ReportRow> rows);

}  // namespace stapes::quantization
