#pragma once
#include <vector>

#include "tests/toolkit/finetuning/inputs_of.h"
#include "tests/toolkit/training/small_training.h"
#include "toolkit/finetuning/student.h"
#include "toolkit/quantization/calibrate.h"
#include "toolkit/quantization/layer_norm.h"
#include "toolkit/quantization/quantize_model.h"

namespace stapes::finetuning {

// A float model with weights as they are drawn before training, and what belongs to it.
struct SmallModel {
  explicit SmallModel(const char* layers = training::kTenetLstm)
      : specification(training::specification_of(layers, "batch_size = 12\nseed = 3\n")),
        float_model(network::lower(training::network_of(specification),
                                   network::initialize(training::network_of(specification), 7))) {}

  Student student(quantization::LayerNormForm form,
                  quantization::QuantizeOptions options = {}) const {
    quantization::LayerNormResult formed = quantization::apply_layer_norm_form(float_model, form);
    quantization::CalibrationSettings settings;
    settings.threads = 1;
    quantization::Ranges ranges =
        quantization::calibrate(formed.graph, inputs_of(validation), settings);
    options.float_operators = formed.float_operators;
    return Student(formed.graph, options, std::move(ranges), 4.0F);
  }

  Specification specification;
  graph::Graph float_model;
  training::SyntheticSource training{60, 24, 8, 3, 1};
  training::SyntheticSource validation{40, 24, 8, 3, 2};
  training::SyntheticSource test{50, 24, 8, 3, 4};
};

}  // namespace stapes::finetuning
