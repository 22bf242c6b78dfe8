#include "toolkit/quantization/quantize_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "tests/support/reference_data.h"
#include "tests/support/temporary_folder.h"
#include "tests/toolkit/quantization/small_graphs.h"
#include "toolkit/base/error.h"
#include "toolkit/graph/executor.h"
#include "toolkit/graph/tflite_file.h"
#include "toolkit/quantization/report.h"

namespace stapes::quantization {
namespace {

Path models() { return test::reference_data() / "vectors/models"; }
Path tensors() { return test::reference_data() / "vectors/tensors"; }

std::vector<float> read_floats(const Path& path) {
  const Bytes bytes = read_file(path);
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

Agreement measure_agreement(const graph::Graph& reference, const graph::Graph& model,
                            const Inputs& inputs) {
  return compare(outputs_of(reference, inputs), outputs_of(model, inputs));
}

double rms_error(const graph::Graph& reference, const graph::Graph& model, const Inputs& inputs) {
  graph::Executor expected(reference);
  graph::Executor actual(model);
  std::vector<float> values(input_size(reference));
  double squares = 0;
  size_t count = 0;
  for (size_t i = 0; i < inputs.count; ++i) {
    inputs.fill(i, values);
    for (graph::Executor* each : {&expected, &actual}) {
      each->reset();
      each->set_input(0, std::span<const float>(values));
      each->invoke();
    }
    const std::vector<float> a = expected.output_as_float(0);
    const std::vector<float> b = actual.output_as_float(0);
    for (size_t k = 0; k < a.size(); ++k, ++count) {
      squares += static_cast<double>(a[k] - b[k]) * static_cast<double>(a[k] - b[k]);
    }
  }
  return std::sqrt(squares / static_cast<double>(count));
}

// Rows of weights of very different sizes, over many steps.
TEST(QuantizeModel, ExtendedLstmIsNearerToFloat) {
  constexpr int32_t kSteps = 40;
  GraphBuilder builder({1, kSteps, 8});
  graph::Graph model = builder.finish(builder.add_lstm(builder.input(), kSteps, 8, 12));
  const graph::Operator lstm = model.operators[0];
  for (size_t i = graph::lstm::kInputWeights; i < graph::lstm::kInputWeights + 8; ++i) {
    graph::Tensor& weights = model.tensors[static_cast<size_t>(lstm.inputs[i])];
    std::vector<float> values = float_values(weights);
    const size_t columns = values.size() / 12;
    for (size_t k = 0; k < values.size(); ++k) values[k] *= (k / columns) % 4 == 0 ? 2.0F : 0.1F;
    std::memcpy(weights.data.data(), values.data(), weights.data.size());
  }
  const Inputs inputs = inputs_from(random_inputs(40, kSteps * 8), kSteps * 8);
  const auto error = [&](const char* state, const char* weights) {
    ModelSettings settings;
    settings.lstm = lstm_numbers_of(state, weights);
    const graph::Graph result = quantize_model(model, inputs, settings).quantized.graph;
    const graph::Operator& op = result.operators[1];
    EXPECT_EQ(op.name(),
              settings.lstm.is_standard() ? "UNIDIRECTIONAL_SEQUENCE_LSTM" : "STAPES_LSTM");
    const auto operand = [&](size_t i) {
      return result.tensors[static_cast<size_t>(op.inputs[i])];
    };
    EXPECT_EQ(operand(graph::lstm::kHiddenState).type,
              settings.lstm.int16_state ? TensorType::kInt16 : TensorType::kInt8);
    for (const size_t i : {graph::lstm::kInputWeights, graph::lstm::kRecurrentWeights + 3}) {
      EXPECT_EQ(operand(i).quantization.scale.size(), settings.lstm.row_scales ? 12U : 1U);
    }
    const graph::Graph read = graph::parse_tflite(graph::serialize_tflite(result), "test");
    EXPECT_EQ(read, result);
    return rms_error(model, read, inputs);
  };
  const double standard = error("int8", "tensor");
  const double rows = error("int8", "row");
  const double state = error("int16", "tensor");
  const double both = error("int16", "row");
  EXPECT_LT(rows, standard);
  EXPECT_LT(both, 0.8 * standard);
  EXPECT_LT(both, state);
  EXPECT_LT(both, rows);
  EXPECT_THROW(lstm_numbers_of("int32", "row"), Error);
  EXPECT_THROW(lstm_numbers_of("int16", "rows"), Error);
}

TEST(QuantizeModel, LayerNormalizedLstmHasNoExtendedForm) {
  GraphBuilder builder({1, 6, 8});
  const graph::Graph model = builder.finish(builder.add_lstm(builder.input(), 6, 8, 8, true));
  ModelSettings settings;
  settings.lstm.int16_state = true;
  EXPECT_THROW(quantize_model(model, inputs_from(random_inputs(4, 48), 48), settings), Error);
}

// Layer norm, LSTM, layer norm, dense, softmax: a small model of the tutorial's kind.
graph::Graph small_model() {
  GraphBuilder builder({1, 6, 8});
  const std::vector<float> gamma(8, 1.1F);
  const std::vector<float> beta(8, 0.1F);
  const int32_t first = builder.add_layer_norm(builder.input(), {1, 6, 8}, gamma, beta);
  const int32_t lstm = builder.add_lstm(first, 6, 8, 8);
  const int32_t second = builder.add_layer_norm(lstm, {1, 6, 8}, gamma, beta);
  const int32_t flat =
      builder.add(OperatorCode::kReshape, {second, builder.integers({1, 48})}, {1, 48});
  const int32_t dense =
      builder.add(OperatorCode::kFullyConnected,
                  {flat, builder.random({5, 48}, 0.4), builder.random({5}, 0.1)}, {1, 5});
  return builder.finish(builder.add(OperatorCode::kSoftmax, {dense}, {1, 5}));
}

TEST(QuantizeModel, LayerNormalizedLstmFollowsFloat) {
  GraphBuilder builder({1, 6, 8});
  const graph::Graph model = builder.finish(builder.add_lstm(builder.input(), 6, 8, 8, true));
  const Inputs inputs = inputs_from(random_inputs(100, 48), 48);
  const QuantizedModel result = quantize_model(model, inputs, {});
  const graph::Graph& quantized = result.quantized.graph;
  // Values within -1 … 1, most of them small: an error of the LSTM's own arithmetic would show.
  graph::Executor reference(model);
  graph::Executor executor(quantized);
  double squares = 0;
  std::vector<float> values(48);
  for (size_t i = 0; i < inputs.count; ++i) {
    inputs.fill(i, values);
    for (graph::Executor* each : {&reference, &executor}) {
      each->reset();
      each->set_input(0, std::span<const float>(values));
      each->invoke();
    }
    const std::vector<float> expected = reference.output_as_float(0);
    const std::vector<float> actual = executor.output_as_float(0);
    for (size_t k = 0; k < expected.size(); ++k) {
      squares += (actual[k] - expected[k]) * (actual[k] - expected[k]);
    }
  }
  const double error = std::sqrt(squares / (100 * 48));
  for (const graph::Operator& op : quantized.operators) {
    if (op.code != OperatorCode::kUnidirectionalSequenceLstm) continue;
    const graph::Tensor& output = quantized.tensors[static_cast<size_t>(op.outputs[0])];
    EXPECT_LT(error, 1.5 * output.quantization.scale[0]);
    EXPECT_GT(error, 0.1 * output.quantization.scale[0]);
  }
}

class EveryForm : public testing::TestWithParam<LayerNormForm> {};

TEST_P(EveryForm, Int8DecidesAsFloat) {
  const graph::Graph model = small_model();
  const Inputs inputs = inputs_from(random_inputs(100, 48), 48);
  ModelSettings settings;
  settings.layer_norm = GetParam();
  const QuantizedModel result = quantize_model(model, inputs, settings);
  EXPECT_EQ(result.layer_norms, 2U);
  const Agreement agreement = measure_agreement(model, result.quantized.graph, inputs);
  EXPECT_EQ(agreement.inputs, 100U);
  EXPECT_GE(agreement.same_decision, 93U);
  EXPECT_LT(agreement.rms_difference, 0.05);
}

TEST_P(EveryForm, SameBytesForAnyNumberOfThreads) {
  const graph::Graph model = small_model();
  const Inputs inputs = inputs_from(random_inputs(17, 48), 48);
  ModelSettings settings;
  settings.layer_norm = GetParam();
  settings.calibration.calibration = Calibration::kMse;
  settings.calibration.threads = 1;
  const QuantizedModel one = quantize_model(model, inputs, settings);
  settings.calibration.threads = 4;
  const QuantizedModel four = quantize_model(model, inputs, settings);
  EXPECT_EQ(graph::serialize_tflite(one.quantized.graph),
            graph::serialize_tflite(four.quantized.graph));
  const auto report_of = [&](int threads) {
    return format_report(measure_report(one.float_graph, one.quantized, inputs, {false, threads}));
  };
  EXPECT_EQ(report_of(1), report_of(3));
}

INSTANTIATE_TEST_SUITE_P(All, EveryForm,
                         testing::Values(LayerNormForm::kDecomposed, LayerNormForm::kL2,
                                         LayerNormForm::kFloat),
                         [](const auto& form) { return name_of(form.param); });

TEST(QuantizeModel, Int8InputAndOutput) {
  const graph::Graph model = small_model();
  const Inputs inputs = inputs_from(random_inputs(50, 48), 48);
  ModelSettings settings;
  const QuantizedModel with_floats = quantize_model(model, inputs, settings);
  settings.int8_io = true;
  const QuantizedModel with_int8 = quantize_model(model, inputs, settings);
  const Agreement agreement =
      measure_agreement(with_floats.quantized.graph, with_int8.quantized.graph, inputs);
  EXPECT_EQ(agreement.same_decision, 50U);
  EXPECT_EQ(agreement.largest_difference, 0.0);
}

TEST(QuantizeModel, AQuantizedModelIsRefused) {
  const graph::Graph model = small_model();
  const Inputs inputs = inputs_from(random_inputs(5, 48), 48);
  const QuantizedModel result = quantize_model(model, inputs);
  EXPECT_THROW(quantize_model(result.quantized.graph, inputs), Error);
}

TEST(QuantizeModel, WeightsStoredAsInt8AreTaken) {
  GraphBuilder builder({1, 4});
  graph::Graph model = builder.finish(builder.add(
      OperatorCode::kFullyConnected,
      {builder.input(), builder.random({3, 4}, 0.5), builder.random({3}, 0.1)}, {1, 3}));
  const Inputs inputs = inputs_from(random_inputs(20, 4), 4);
  const QuantizedModel expected = quantize_model(model, inputs);
  graph::Tensor& weights = model.tensors[static_cast<size_t>(model.operators[0].inputs[1])];
  weights = quantize_weights(weights, kPerTensor, nullptr, 1.0F);
  const QuantizedModel actual = quantize_model(model, inputs);
  const Agreement agreement =
      measure_agreement(expected.quantized.graph, actual.quantized.graph, inputs);
  EXPECT_LT(agreement.largest_difference, 0.1);
}

TEST(Report, RowsAreLocalErrorsOfRounding) {
  const graph::Graph model = small_model();
  const Inputs inputs = inputs_from(random_inputs(40, 48), 48);
  ModelSettings settings;
  settings.layer_norm = LayerNormForm::kDecomposed;
  const QuantizedModel result = quantize_model(model, inputs, settings);
  const std::vector<ReportRow> rows = measure_report(result.float_graph, result.quantized, inputs);
  // Every operator but QUANTIZE and DEQUANTIZE at the ends.
  ASSERT_EQ(rows.size(), model.operators.size());
  for (const ReportRow& row : rows) {
    if (row.op_name == "UNIDIRECTIONAL_SEQUENCE_LSTM") {
      EXPECT_LT(row.rmse_per_scale, 0.5);
    }
    if (row.op_name == "FULLY_CONNECTED") {
      EXPECT_LT(row.rmse_per_scale, 0.5);
    }
    if (row.op_name == "RESHAPE") {
      EXPECT_LT(row.rmse_per_scale, 1e-3);
    }
    EXPECT_DOUBLE_EQ(row.range, 255.0 * row.scale);
  }
  EXPECT_EQ(rows.back().op_name, "SOFTMAX");
  EXPECT_EQ(rows.back().scale, 1.0 / 256.0);
}

TEST(Report, FileHasTheColumnsInOrder) {
  const graph::Graph model = small_model();
  const Inputs inputs = inputs_from(random_inputs(3, 48), 48);
  const QuantizedModel result = quantize_model(model, inputs);
  const std::vector<ReportRow> rows = measure_report(result.float_graph, result.quantized, inputs);
  const test::TemporaryFolder folder;
  write_report(folder / "report.csv", rows);
  const std::string text = read_text_file(folder / "report.csv");
  EXPECT_EQ(text.substr(0, text.find("\r\n")),
            "op_name,tensor_idx,num_elements,stddev,mean_error,max_abs_error,mean_squared_error,"
            "scale,zero_point,tensor_name,range,rmse/scale");
  EXPECT_EQ(static_cast<size_t>(std::count(text.begin(), text.end(), '\n')), rows.size() + 1);
}

TEST(ReferenceModels, MnistDigits) {
  STAPES_REQUIRE_REFERENCE_DATA("vectors/models/mnist_lstm_float.tflite");
  const graph::Graph model = graph::read_tflite(models() / "mnist_lstm_float.tflite");
  std::vector<float> digits;
  for (int digit = 0; digit < 10; ++digit) {
    // Stored int8 inputs of the int8 model: scale 1/255, zero point -128.
    for (const uint8_t byte :
         read_file(tensors() / ("mnist_digits/mnist_digit" + std::to_string(digit) + ".in0"))) {
      digits.push_back(static_cast<float>(static_cast<int8_t>(byte) + 128) / 255.0F);
    }
  }
  const Inputs inputs = inputs_from(digits, input_size(model));
  ASSERT_EQ(inputs.count, 10U);
  const QuantizedModel result = quantize_model(model, inputs);
  EXPECT_EQ(measure_agreement(model, result.quantized.graph, inputs).same_decision, 10U);
}

TEST(ReferenceModels, Commands12) {
  STAPES_REQUIRE_REFERENCE_DATA("vectors/models/commands12_tensorflow215_float.tflite");
  const graph::Graph model = graph::read_tflite(models() / "commands12_tensorflow215_float.tflite");
  const Inputs inputs =
      inputs_from(read_floats(tensors() / "commands12/inputs.float32"), input_size(model));
  ASSERT_EQ(inputs.count, 104U);
  for (const LayerNormForm form :
       {LayerNormForm::kDecomposed, LayerNormForm::kL2, LayerNormForm::kFloat}) {
    ModelSettings settings;
    settings.layer_norm = form;
    const QuantizedModel result = quantize_model(model, inputs, settings);
    EXPECT_EQ(result.layer_norms, 3U);
    const Agreement agreement = measure_agreement(model, result.quantized.graph, inputs);
    EXPECT_GE(agreement.same_decision, 95U) << name_of(form);
    Inputs some = inputs;
    some.count = 26;
    for (const ReportRow& row : measure_report(result.float_graph, result.quantized, some)) {
      if (row.op_name == "UNIDIRECTIONAL_SEQUENCE_LSTM") {
        EXPECT_LE(row.rmse_per_scale, 0.5) << name_of(form);
      }
    }
  }
}

// Weights depend on no calibration, so they must be those that TensorFlow's converter makes.
TEST(ReferenceModels, WeightsAreTensorFlows) {
  STAPES_REQUIRE_REFERENCE_DATA("vectors/models/commands12_tensorflow215_int8.tflite");
  const graph::Graph model = graph::read_tflite(models() / "commands12_tensorflow215_float.tflite");
  const graph::Graph theirs = graph::read_tflite(models() / "commands12_tensorflow215_int8.tflite");
  ModelSettings settings;
  settings.layer_norm = LayerNormForm::kDecomposed;
  const Inputs inputs = inputs_from(random_inputs(1, input_size(model)), input_size(model));
  const graph::Graph ours = quantize_model(model, inputs, settings).quantized.graph;
  ASSERT_EQ(ours.operators.size(), theirs.operators.size());
  size_t compared = 0;
  for (size_t i = 0; i < ours.operators.size(); ++i) {
    ASSERT_EQ(ours.operators[i].code, theirs.operators[i].code);
    ASSERT_EQ(ours.operators[i].version, theirs.operators[i].version);
    for (size_t k = 1; k < ours.operators[i].inputs.size(); ++k) {
      const int32_t our_index = ours.operators[i].inputs[k];
      const int32_t their_index = theirs.operators[i].inputs[k];
      ASSERT_EQ(our_index < 0, their_index < 0);
      if (our_index < 0) continue;
      const graph::Tensor& a = ours.tensors[static_cast<size_t>(our_index)];
      const graph::Tensor& b = theirs.tensors[static_cast<size_t>(their_index)];
      ASSERT_EQ(a.type, b.type);
      if (a.type != TensorType::kInt8 || !a.is_constant() || a.quantization.zero_point[0] != 0 ||
          a.shape.size() < 2) {
        continue;
      }
      ASSERT_EQ(a.quantization.scale.size(), b.quantization.scale.size());
      EXPECT_EQ(a.quantization.quantized_dimension, b.quantization.quantized_dimension);
      for (size_t c = 0; c < a.quantization.scale.size(); ++c) {
        EXPECT_FLOAT_EQ(a.quantization.scale[c], b.quantization.scale[c]);
      }
      size_t different = 0;
      for (size_t j = 0; j < a.data.size(); ++j) different += a.data[j] != b.data[j] ? 1U : 0U;
      EXPECT_LE(different, a.data.size() / 1000) << "operator " << i << ", input " << k;
      ++compared;
    }
  }
  EXPECT_GE(compared, 60U);
}

}  // namespace
}  // namespace stapes::quantization
