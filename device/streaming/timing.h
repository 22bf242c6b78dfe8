#pragma once
#include <cstdint>

#include "device/graph/model.h"
#include "device/status.h"

namespace stapes {

// When the rows of a model for windows exist, if its frames come one by one.
//
// The model's input is [1, frames, ...]: axis 1 is time. A tensor whose axis 1 is time, too, has a
// row every `period` frames, since convolutions with strides leave rows out, and its row 0 is there
// with frame `delay`, counted from 0:
//
//   row r is computed from frames 0 ... delay + r * period, and with the last of these it exists.
//
// A window of `reach` rows (of a convolution: (kernel - 1) * dilation + 1) with stride s makes its
// output o from input rows o * s ... o * s + reach - 1, so
//
//   period' = s * period,   delay' = delay + (reach - 1) * period.
//
// A PAD before it, of `past` rows of zeros in front of row 0, lets it begin earlier:
//
//   delay' = delay + (reach - 1 - past) * period,   which with past = reach - 1 adds no delay.
//
// Everything else works on one row at a time, or behind the last row ("now").
struct RowTiming {
  int32_t rows = 0;     // of the window in the file; 0: the tensor has no time axis
  int32_t period = 0;   // frames; 0: it doesn't depend on the input
  int32_t delay = 0;    // of its first row that isn't padding
  int32_t past = 0;     // rows of padding before that
  int32_t history = 1;  // rows up to the newest one that its readers need

  bool has_time() const { return rows > 0; }
};

// The time axis of every tensor that has one.
constexpr int32_t kTimeAxis = 1;

// How an operator with a window (CONV_2D, DEPTHWISE_CONV_2D, the pools) lies along time.
struct TimeWindow {
  int32_t reach = 1;
  int32_t stride = 1;
};
bool has_window(OperatorCode code);
Status time_window(const Model& model, int32_t operator_index, TimeWindow* window);

// `timings`: [model.tensors()]. Fails, naming the operator, for a model that can't be run frame by
// frame with the same results: one that looks ahead in time, or that needs the whole window at
// once. REQUIRES: a model that was opened. What operators ask of their tensors isn't checked here.
Status find_timings(const Model& model, RowTiming* timings);

}  // namespace stapes
