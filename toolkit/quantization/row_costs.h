#pragma once
#include <optional>
#include <string>
#include <vector>

#include "toolkit/quantization/agreement.h"
#include "toolkit/quantization/quantize_model.h"
#include "toolkit/quantization/report.h"

namespace stapes::quantization {

// A row of the report, and what its operator costs the model: how the float model's outputs change
// if this operator alone computes in int8, on quantized inputs and with a quantized output, as it
// does in the int8 model. The report's errors are local and in units of the output's own scale;
// whether one of them reaches the scores, only the scores can say.
struct RowCost {
  ReportRow row;
  std::optional<Agreement> alone;  // none for a row that is no operator of the float model
};

// One for each row, in the rows' order. `expected`: the float model's outputs for `inputs`;
// `classes`: which of them is right, as compare() takes it. Runs a float model over the inputs for
// each row. The same for any number of threads.
std::vector<RowCost> row_costs(const QuantizedModel& model, const std::vector<ReportRow>& rows,
                               const std::vector<std::vector<float>>& expected,
                               const std::vector<int>& classes, const Inputs& inputs,
                               const ReportSettings& settings);

// The `count` rows that change the scores most, most first.
std::vector<ReportRow> costliest_rows(std::vector<RowCost> costs, size_t count);

// The same, a line for each:
// "0.0061 rms, 2 of 100 inputs decided otherwise: ADD (tensor 84, add_7), rmse/scale 0.31".
std::string costliest_rows_text(std::vector<RowCost> costs, size_t count,
                                const std::string& indent);

// The at most `count` rows that cost accuracy: alone in int8 they lose more inputs that the float
// model decides rightly than they win, most first, a line for each:
// "3 of 100 inputs wrong that float has right, 1 right that float has wrong: ADD (tensor 84, …)".
// One line, where there is none or the classes are not known.
std::string accuracy_text(std::vector<RowCost> costs, size_t count, const std::string& indent);

// The `count` rows with the largest rmse/scale, worst first, a line for each:
// "0.38 UNIDIRECTIONAL_SEQUENCE_LSTM (tensor 172, lstm_1): alone it changes the scores by 0.0040
// rms".
std::string worst_rows_text(std::vector<RowCost> costs, size_t count, const std::string& indent);

}  // namespace stapes::quantization
