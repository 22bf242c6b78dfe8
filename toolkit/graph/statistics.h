#pragma once
#include <vector>

#include "toolkit/graph/graph.h"

namespace stapes::graph {

// What one inference computes, counted from shapes as Silicon Labs' MLTK counts it in its
// `summarize`, so that the figures can be compared: products of CONV_2D, DEPTHWISE_CONV_2D and
// FULLY_CONNECTED as multiply-accumulates, each two operations; a bias one operation per output;
// fused activations none; further operations
//   ADD, MUL, RESHAPE      1 per output element      SOFTMAX, DEQUANTIZE  2
//   QUANTIZE               4                         PAD                  6
//   MAX_POOL_2D            window size               AVERAGE_POOL_2D      window size + 1
// and everything else, the LSTM too, nothing. What an LSTM's gates really multiply stands beside
// it, in `lstm_macs`. (MLTK's profiler counts fused activations and 5 for SOFTMAX as well.)
struct OperatorStatistics {
  int64_t macs = 0;
  int64_t operations = 0;
  int64_t lstm_macs = 0;
};

struct Statistics {
  std::vector<OperatorStatistics> operators;
  OperatorStatistics total;
};

Statistics count_operations(const Graph& graph);

}  // namespace stapes::graph
