#pragma once
#include <nlohmann/json.hpp>
#include <string>

#include "toolkit/graph/graph.h"
#include "toolkit/graph/parameters.h"

// How the commands that look at models show them.
namespace stapes::cli {

std::string lower_case(std::string text);
// "98x1x40 (int8)": an activation without its leading batch of 1, a constant as it is.
std::string tensor_text(const graph::Tensor& tensor);
// "Padding:same stride:1x1 activation:relu"; "" for operators without options.
std::string options_text(const graph::Operator& op);
nlohmann::ordered_json parameters_json(const graph::Parameters& parameters);

}  // namespace stapes::cli
