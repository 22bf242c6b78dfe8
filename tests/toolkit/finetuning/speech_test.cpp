// Networks as they ship, on people's speech.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/reference_data.h"
#include "tests/toolkit/finetuning/inputs_of.h"
#include "tests/toolkit/finetuning/same_bytes.h"
#include "toolkit/augmentation/sources.h"
#include "toolkit/dataset/dataset.h"
#include "toolkit/graph/tflite_file.h"
#include "toolkit/quantization/calibrate.h"
#include "toolkit/quantization/float_weights.h"
#include "toolkit/quantization/layer_norm.h"

namespace stapes::finetuning {
namespace {

constexpr size_t kCalibrationClips = 100;

void expect_same_bytes_on_the_test_split(const std::string& name,
                                         const std::vector<quantization::LayerNormForm>& forms) {
  const Path models = Path(STAPES_SOURCE_FOLDER) / "models";
  Specification specification = read_specification(models / (name + ".toml"));
  // Synthesized speech, which only training needs, is not there.
  std::erase_if(specification.data.sources, [](const DataSource& source) {
    return source.only_splits == std::vector<std::string>{"train"};
  });
  const dataset::Dataset data =
      dataset::load_dataset(specification, test::reference_data() / "speech");
  const graph::Graph model = quantization::with_float_weights(
      graph::read_tflite(models / name / (name + "_float.tflite")));
  const auto validation =
      augmentation::clean_source(specification, data, dataset::Split::kValidation);
  quantization::Inputs some = inputs_of(*validation);
  some.count = kCalibrationClips;
  const auto test = augmentation::clean_source(specification, data, dataset::Split::kTest);
  ASSERT_GT(test->size(), 2000U);
  const quantization::Inputs clips =
      quantization::in_memory(inputs_of(*test), test->values_per_example(), 0);

  for (const quantization::LayerNormForm form : forms) {
    SCOPED_TRACE(quantization::name_of(form));
    quantization::LayerNormResult formed = quantization::apply_layer_norm_form(model, form);
    quantization::Ranges ranges = quantization::calibrate(formed.graph, some, {});
    quantization::QuantizeOptions options;
    options.float_operators = formed.float_operators;
    const Student student(formed.graph, options, std::move(ranges), 4.0F);
    expect_same_bytes(student, clips, test->values_per_example());
  }
}

TEST(Speech, TheTrainingPassHasTheExportedModelsBytesOnEveryClipOfTheTestSplit) {
  STAPES_REQUIRE_REFERENCE_DATA("speech/splits.csv");
  expect_same_bytes_on_the_test_split(
      "commands12_tutorial", {quantization::LayerNormForm::kFloat, quantization::LayerNormForm::kL2,
                              quantization::LayerNormForm::kDecomposed});
}

// Bounded activations clip in other places than ReLU does.
TEST(Speech, LikewiseWithBoundedActivations) {
  STAPES_REQUIRE_REFERENCE_DATA("speech/splits.csv");
  expect_same_bytes_on_the_test_split("commands12", {quantization::LayerNormForm::kFloat});
}

TEST(Speech, LikewiseTheOtherModelsThatShip) {
  STAPES_REQUIRE_REFERENCE_DATA("speech/splits.csv");
  for (const char* name :
       {"commands12_small", "commands12_streaming", "keyword_spotting_numbers"}) {
    SCOPED_TRACE(name);
    expect_same_bytes_on_the_test_split(name, {quantization::LayerNormForm::kFloat});
  }
}

}  // namespace
}  // namespace stapes::finetuning
