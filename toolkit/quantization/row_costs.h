#pragma once
#include <optional>
#include <string>
#include <vector>

#include "toolkit/quantization/agreement.h"
#include "toolkit/quantization/quantize_model.h"
#include "toolkit/quantization/report.h"

namespace stapes::quantization {

// A row of the report, and what its operator costs the model: how the int8 model agrees with the
// float model if this one operator computes in float, between a DEQUANTIZE and a QUANTIZE (which a
// neighbour that is float, too, makes superfluous). The
// report's errors are local; whether one of them reaches the scores, only the scores can say.
struct RowCost {
  ReportRow row;
  std::optional<Agreement> without;  // none for a row that is no operator of the float model
};

// The `count` rows with the largest rmse/scale, worst first. `expected`: the float model's outputs
// for `inputs`. The same for any number of threads.
std::vector<RowCost> costs_of_worst_rows(const QuantizedModel& model,
                                         const std::vector<ReportRow>& rows, size_t count,
                                         const std::vector<std::vector<float>>& expected,
                                         const Inputs& inputs, const ReportSettings& settings);

// A line for each: "0.38 UNIDIRECTIONAL_SEQUENCE_LSTM (tensor 172, lstm_1): in float, scores would
// differ by 0.0038 rms instead of 0.0040". `as_it_is`: the agreement of the model on these inputs.
std::string row_costs_text(const std::vector<RowCost>& costs, const Agreement& as_it_is,
                           const std::string& indent);

}  // namespace stapes::quantization
