#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/support/temporary_folder.h"
#include "toolkit/base/philox.h"
#include "toolkit/finetuning/model.h"
#include "toolkit/finetuning/student.h"
#include "toolkit/graph/executor.h"
#include "toolkit/graph/tflite_file.h"
#include "toolkit/quantization/inputs.h"

namespace stapes::finetuning {

// Parameters away from the calibrated ones, as fine-tuning makes them.
inline std::vector<float> moved_parameters(const Student& student) {
  std::vector<float> parameters = student.initial_parameters();
  Random random(5, Purpose::kTest);
  for (float& parameter : parameters) parameter += 0.02F * static_cast<float>(random.normal());
  return parameters;
}

// What the training pass computes and what the file computes that is written, on every clip: the
// int8 logits, which are the pass's last integers (its loss takes their softmax in float).
inline void expect_same_bytes(const Student& student, const quantization::Inputs& clips,
                              size_t values) {
  constexpr size_t kBatch = 64;
  const std::vector<float> parameters = moved_parameters(student);
  const quantization::QuantizedGraph quantized = student.exported(parameters);
  const test::TemporaryFolder folder;
  graph::write_tflite(folder / "model_int8.tflite", quantized.graph);
  const graph::Graph exported = graph::read_tflite(folder / "model_int8.tflite");
  const auto softmax =
      std::find_if(exported.operators.begin(), exported.operators.end(),
                   [](const graph::Operator& op) { return op.code == OperatorCode::kSoftmax; });
  ASSERT_NE(softmax, exported.operators.end());
  const int32_t tensor = softmax->inputs.at(0);
  const graph::Tensor& description = exported.tensors[static_cast<size_t>(tensor)];
  ASSERT_EQ(description.type, TensorType::kInt8);
  const auto classes = static_cast<size_t>(description.elements());

  const Model model(student);
  graph::Executor executor(exported, graph::Executor::Keep::kAllTensors);
  ASSERT_GT(clips.count, 0U);
  std::vector<size_t> different;
  for (size_t first = 0; first < clips.count; first += kBatch) {
    const size_t count = std::min(kBatch, clips.count - first);
    std::vector<float> features(count * values);
    for (size_t i = 0; i < count; ++i) {
      clips.fill(first + i, std::span(features).subspan(i * values, values));
    }
    const std::vector<float> logits = model.logits(parameters, quantized, features, count);
    ASSERT_EQ(logits.size(), count * classes);
    for (size_t i = 0; i < count; ++i) {
      executor.reset();
      executor.set_input(0, std::span<const float>(features).subspan(i * values, values));
      executor.invoke();
      const Bytes trained = graph::quantize(
          description, std::span<const float>(logits).subspan(i * classes, classes));
      const std::span<const uint8_t> run = executor.tensor(tensor);
      if (!std::equal(trained.begin(), trained.end(), run.begin(), run.end())) {
        different.push_back(first + i);
      }
    }
  }
  EXPECT_TRUE(different.empty()) << different.size() << " of " << clips.count
                                 << " clips, the first is " << different.front();
}

}  // namespace stapes::finetuning
