#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string_view>

#include "device/graph/interpreter.h"
#include "tests/conformance/random_models.h"
#include "tests/device/graph/golden.h"
#include "toolkit/graph/tflite_file.h"

// Files that are damaged by accident or on purpose: refused, or run, but never a read or write
// outside of file and arena. Built with AddressSanitizer these tests see every such access, because
// file and arena are exactly as large as they are said to be.
namespace stapes::test {
namespace {

Status run_with(AlignedMemory& file, size_t arena_bytes, const OperatorTable& operators) {
  AlignedMemory arena(arena_bytes);
  Interpreter interpreter;
  const Status status =
      interpreter.initialize(file.data(), file.size(), arena.data(), arena.size(), operators);
  if (status.ok()) (void)interpreter.invoke();
  return status;
}

// Initializes, and runs once when that succeeds. The copy has exactly the file's size.
Status run(const Bytes& bytes) {
  AlignedMemory file(bytes.size());
  std::copy(bytes.begin(), bytes.end(), file.data());
  const Status status = run_with(file, 1 << 16, all_operators());
  const Status packed = run_with(file, 1 << 20, packing_operators());
  EXPECT_TRUE(packed.ok() || !status.ok()) << packed.message;
  return status;
}

bool accepts(const Bytes& bytes) { return run(bytes).ok(); }

graph::Graph random_graph(const std::string& kind, uint64_t index) {
  Random random(13, Purpose::kTest, 0, index);
  return conformance::random_model(kind, random);
}

TEST(DamagedFile, TruncatedAtEveryLength) {
  for (const std::string& kind : conformance::model_kinds()) {
    const Bytes bytes = graph::serialize_tflite(random_graph(kind, 1));
    ASSERT_TRUE(accepts(bytes)) << kind;
    int accepted = 0;
    for (size_t size = 0; size < bytes.size(); ++size) {
      accepted += accepts(Bytes(bytes.begin(), bytes.begin() + static_cast<long>(size))) ? 1 : 0;
    }
    // Only padding at the end may be missing.
    EXPECT_LE(accepted, 16) << kind;
  }
}

TEST(DamagedFile, RandomBytesAreChanged) {
  for (const std::string& kind : conformance::model_kinds()) {
    const Bytes bytes = graph::serialize_tflite(random_graph(kind, 2));
    for (uint64_t i = 0; i < 300; ++i) {
      Random random(14, Purpose::kTest, 0, i);
      Bytes damaged = bytes;
      for (uint64_t k = 1 + random.below(4); k > 0; --k) {
        const uint64_t style = random.below(3);
        uint8_t& byte = damaged[random.below(damaged.size())];
        byte = style == 0   ? static_cast<uint8_t>(random.next())
               : style == 1 ? static_cast<uint8_t>(byte ^ (1U << random.below(8)))
                            : static_cast<uint8_t>(random.below(2) == 0 ? 0xFF : 0x7F);
      }
      (void)accepts(damaged);
    }
  }
}

TEST(DamagedFile, NoFileAtAll) {
  EXPECT_FALSE(accepts({}));
  EXPECT_FALSE(accepts(Bytes(8, 0)));
  const Bytes eight = {4, 0, 0, 0, 'T', 'F', 'L', '3'};
  EXPECT_FALSE(accepts(eight));
}

// Changes one thing in a valid model that makes it invalid.
struct Damage {
  const char* name;
  const char* kind;
  std::function<void(graph::Graph&)> damage;
};

graph::Tensor& operand(graph::Graph& graph, size_t input) {
  return graph.tensors[static_cast<size_t>(graph.operators[0].inputs[input])];
}
graph::Tensor& result(graph::Graph& graph) {
  return graph.tensors[static_cast<size_t>(graph.operators[0].outputs[0])];
}

// The writer refuses to write such an index, so it is put into the file afterwards.
TEST(DamagedFile, TensorIndexTooLarge) {
  graph::Graph graph = random_graph("add", 3);
  graph.operators[0].inputs[0] = -77;
  Bytes bytes = graph::serialize_tflite(graph);
  const Bytes written = {0xB3, 0xFF, 0xFF, 0xFF};
  const auto found = std::search(bytes.begin(), bytes.end(), written.begin(), written.end());
  ASSERT_NE(found, bytes.end());
  EXPECT_FALSE(accepts(bytes));
  for (const Bytes& index : {Bytes{3, 0, 0, 0}, Bytes{0, 0, 0, 0x7F}, Bytes{0, 0, 0, 0x80}}) {
    std::copy(index.begin(), index.end(), found);
    EXPECT_FALSE(accepts(bytes));
  }
  const Bytes valid = {0, 0, 0, 0};
  std::copy(valid.begin(), valid.end(), found);
  EXPECT_TRUE(accepts(bytes));
}

class DamagedModel : public testing::TestWithParam<Damage> {};

TEST_P(DamagedModel, IsRefused) {
  const Damage& damage = GetParam();
  graph::Graph graph = random_graph(damage.kind, 3);
  ASSERT_TRUE(accepts(graph::serialize_tflite(graph)));
  damage.damage(graph);
  const Status status = run(graph::serialize_tflite(graph));
  EXPECT_FALSE(status.ok());
  // It says where: at which operator or tensor, except where the model as a whole is wrong.
  if (std::string_view(damage.name).substr(0, 6) == "model_") return;
  EXPECT_TRUE(status.operator_index >= 0 || status.tensor_index >= 0) << status.message;
}

// The first ones are the classes of CVE-2020-15211, CVE-2020-15212, CVE-2021-37687, CVE-2021-37689,
// CVE-2023-27579 and GHSA-j7rm-8ww4-xx2g in another runtime.
const Damage kDamages[] = {
    {"negative_tensor_index", "add", [](auto& g) { g.operators[0].inputs[0] = -2; }},
    {"output_index_negative", "add", [](auto& g) { g.operators[0].outputs[0] = -1; }},
    {"axis_outside", "mean", [](auto& g) { operand(g, 1).data.assign(4, 0x7F); }},
    {"axis_negative", "concatenation", [](auto& g) { g.operators[0].options.axis = -100; }},
    {"required_input_absent", "fully_connected", [](auto& g) { g.operators[0].inputs[1] = -1; }},
    {"lstm_weights_absent", "lstm", [](auto& g) { g.operators[0].inputs[3] = -1; }},
    {"lstm_without_state", "lstm", [](auto& g) { g.operators[0].inputs[18] = -1; }},
    {"stride_zero", "conv_2d", [](auto& g) { g.operators[0].options.stride_width = 0; }},
    {"stride_negative", "average_pool_2d",
     [](auto& g) { g.operators[0].options.stride_height = -1; }},
    {"pool_filter_zero", "max_pool_2d", [](auto& g) { g.operators[0].options.filter_height = 0; }},
    {"dilation_zero", "conv_2d", [](auto& g) { g.operators[0].options.dilation_height = 0; }},
    {"dilation_huge", "depthwise_conv_2d",
     [](auto& g) { g.operators[0].options.dilation_height = INT32_MAX; }},
    {"dimension_zero", "depthwise_conv_2d", [](auto& g) { operand(g, 0).shape[3] = 0; }},
    {"dimension_negative", "conv_2d", [](auto& g) { operand(g, 0).shape[1] = -3; }},
    {"shape_overflows", "reshape",
     [](auto& g) {
       operand(g, 0).shape = {1 << 16, 1 << 16, 1 << 16, 1 << 16};
     }},
    {"output_larger_than_written", "softmax", [](auto& g) { result(g).shape[0] += 1; }},
    {"output_too_small", "conv_2d", [](auto& g) { result(g).shape[3] -= 1; }},
    {"filter_shorter_than_its_shape", "conv_2d", [](auto& g) { operand(g, 1).data.pop_back(); }},
    {"bias_too_short", "conv_2d",
     [](auto& g) {
       operand(g, 2).shape[0] -= 1;
       operand(g, 2).data.resize(operand(g, 2).data.size() - 4);
     }},
    {"scales_too_few", "depthwise_conv_2d",
     [](auto& g) {
       graph::Quantization& q = operand(g, 1).quantization;
       q.scale.resize(q.scale.size() + 1, 1.0F);
       q.zero_point.resize(q.scale.size(), 0);
     }},
    {"scale_zero", "add", [](auto& g) { operand(g, 0).quantization.scale[0] = 0; }},
    {"scale_infinite", "mul", [](auto& g) { operand(g, 0).quantization.scale[0] = INFINITY; }},
    {"scale_not_a_number", "mul", [](auto& g) { operand(g, 1).quantization.scale[0] = NAN; }},
    {"zero_point_outside", "add", [](auto& g) { operand(g, 0).quantization.zero_point[0] = 128; }},
    {"not_quantized", "relu", [](auto& g) { operand(g, 0).quantization = {}; }},
    {"written_twice", "split",
     [](auto& g) { g.operators[0].outputs.assign(2, g.operators[0].outputs[0]); }},
    {"writes_to_a_constant", "pad",
     [](auto& g) { g.operators[0].outputs[0] = g.operators[0].inputs[1]; }},
    {"writes_to_its_input", "logistic",
     [](auto& g) { g.operators[0].outputs[0] = g.operators[0].inputs[0]; }},
    {"reads_what_nobody_wrote", "tanh",
     [](auto& g) { g.operators[0].inputs[0] = g.add_tensor(operand(g, 0)); }},
    {"state_is_no_variable", "lstm", [](auto& g) { operand(g, 18).is_variable = false; }},
    {"cell_scale_no_power_of_two", "lstm",
     [](auto& g) { operand(g, 19).quantization.scale[0] *= 1.5F; }},
    {"permutation_twice", "transpose",
     [](auto& g) { operand(g, 1).data.assign(operand(g, 1).data.size(), 0xEE); }},
    {"slice_stride_zero", "strided_slice",
     [](auto& g) { operand(g, 3).data.assign(operand(g, 3).data.size(), 0); }},
    {"padding_negative", "pad",
     [](auto& g) { operand(g, 1).data.assign(operand(g, 1).data.size(), 0xFF); }},
    {"unknown_type", "add", [](auto& g) { operand(g, 0).type = static_cast<TensorType>(77); }},
    {"string_type", "reshape", [](auto& g) { operand(g, 0).type = TensorType::kString; }},
    {"other_output_type", "sub", [](auto& g) { result(g).type = TensorType::kInt16; }},
    {"int16_zero_point", "conv_2d_int16",
     [](auto& g) { operand(g, 0).quantization.zero_point[0] = 1; }},
    {"int16_bias_of_32_bits", "depthwise_conv_2d_int16",
     [](auto& g) {
       operand(g, 2).type = TensorType::kInt32;
       operand(g, 2).data.resize(operand(g, 2).data.size() / 2);
     }},
    {"int16_bias_too_short", "lstm_int16",
     [](auto& g) { operand(g, 12).data.resize(operand(g, 12).data.size() - 8); }},
    {"int16_state_of_int8", "lstm_int16", [](auto& g) { operand(g, 18).type = TensorType::kInt8; }},
    {"int16_scales_far_apart", "conv_2d_int16",
     [](auto& g) { result(g).quantization.scale[0] = 1e-12F; }},
    {"int16_scale_too_large", "tanh_int16",
     [](auto& g) { operand(g, 0).quantization.scale[0] = 3.0F; }},
    {"int16_output_scale", "softmax_int16",
     [](auto& g) { result(g).quantization.scale[0] = 0.5F; }},
    {"extended_lstm_gate_norm", "extended_lstm",
     [](auto& g) {
       for (size_t i = 20; i < 24; ++i) g.operators[0].inputs[i] = g.operators[0].inputs[12];
     }},
    {"extended_lstm_state_of_float", "extended_lstm",
     [](auto& g) { operand(g, 18).type = TensorType::kFloat32; }},
    {"extended_lstm_state_with_zero_point", "extended_lstm",
     [](auto& g) {
       operand(g, 18).type = TensorType::kInt16;
       operand(g, 18).quantization.zero_point[0] = 1;
     }},
    {"extended_lstm_scales_of_columns", "extended_lstm",
     [](auto& g) {
       graph::Quantization& q = operand(g, 1).quantization;
       q.scale.assign(static_cast<size_t>(operand(g, 1).shape[1]) + 1, 1.0F);
       q.zero_point.assign(q.scale.size(), 0);
       q.quantized_dimension = 1;
     }},
    {"extended_lstm_weights_with_zero_point", "extended_lstm",
     [](auto& g) { operand(g, 5).quantization.zero_point.back() = 3; }},
    {"extended_lstm_of_another_name", "extended_lstm",
     [](auto& g) {
       g.operators[0].code = OperatorCode::kCustom;
       g.operators[0].custom_code = "STAPES_LSTM2";
     }},
    {"model_without_inputs", "add", [](auto& g) { g.inputs.clear(); }},
    {"model_output_missing", "add", [](auto& g) { g.outputs = {99}; }},
};

INSTANTIATE_TEST_SUITE_P(Damages, DamagedModel, testing::ValuesIn(kDamages),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace stapes::test
