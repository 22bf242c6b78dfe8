#include <fmt/format.h>

#include <optional>

#include "cli/commands.h"
#include "cli/model_text.h"
#include "toolkit/base/error.h"
#include "toolkit/base/nearest.h"
#include "toolkit/graph/parameters.h"
#include "toolkit/graph/tflite_file.h"

namespace stapes::cli {
namespace {

struct ParamsOptions {
  std::string model;
  std::vector<std::string> assignments;
  std::vector<std::string> erased;
  Path operating_points;
  std::string output;
  std::string description;
  bool json = false;
};

void assign(graph::Parameters& parameters, const std::string& assignment) {
  const size_t equals = assignment.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw UsageError(fmt::format("`{}` is not of the form key=value", assignment));
  }
  parameters.set(assignment.substr(0, equals),
                 graph::parse_parameter(assignment.substr(equals + 1)));
}

void erase(graph::Parameters& parameters, const std::string& key) {
  if (parameters.erase(key)) return;
  std::vector<std::string> known;
  for (const auto& [name, ignored] : parameters.entries()) known.push_back(name);
  throw Error("cannot erase parameter", key, "the model has no such parameter",
              known.empty() ? "" : suggestion(key, known));
}

// The parameters that `stapes evaluate --operating-points` found, for a model of the same classes.
void take_operating_points(const Path& file, graph::Parameters& parameters) {
  try {
    const nlohmann::json content = nlohmann::json::parse(read_text_file(file));
    if (parameters.contains("classes") &&
        content.at("classes").get<std::vector<std::string>>() != parameters.text_list("classes")) {
      throw Error("cannot use the operating points", file.string(),
                  "they were found for a model of other classes");
    }
    for (const auto& [key, value] : content.at("parameters").items()) {
      if (value.is_array()) {
        parameters.set(key, value.get<std::vector<int64_t>>());
      } else {
        parameters.set(key, value.get<int64_t>());
      }
    }
  } catch (const nlohmann::json::exception& error) {
    throw Error("cannot use the operating points", file.string(), error.what(),
                "name the operating-points.json that `stapes evaluate --operating-points` wrote");
  }
}

void show(const graph::Graph& model, bool json) {
  const graph::Parameters parameters = graph::read_parameters(model);
  if (json) {
    const nlohmann::ordered_json content = {{"description", model.description},
                                            {"parameters", parameters_json(parameters)}};
    fmt::print("{}\n", content.dump(2));
    return;
  }
  fmt::print("Description: {}\n", model.description);
  for (const auto& [key, value] : parameters.entries()) {
    fmt::print("{}: {}\n", key, graph::to_text(value));
  }
}

void params(const ParamsOptions& options, bool has_description) {
  graph::ModelFile file = graph::read_model_file(options.model);
  const bool changes = !options.assignments.empty() || !options.erased.empty() || has_description ||
                       !options.operating_points.empty();
  if (!changes && !options.output.empty()) {
    throw UsageError(
        "--output is for changed parameters; give key=value, --erase, --description or "
        "--operating-points");
  }
  if (changes) {
    graph::Parameters parameters = graph::read_parameters(file.graph);
    for (const std::string& key : options.erased) erase(parameters, key);
    if (!options.operating_points.empty()) {
      take_operating_points(options.operating_points, parameters);
    }
    for (const std::string& assignment : options.assignments) assign(parameters, assignment);
    if (has_description) file.graph.description = options.description;
    graph::store_parameters(file.graph, parameters);
    const Path target = options.output.empty() ? Path(options.model) : Path(options.output);
    graph::write_model_file(target, file);
    if (!options.json) fmt::print("wrote {}\n", target.string());
  }
  show(file.graph, options.json);
}

}  // namespace

void add_params(Command& app) {
  auto options = std::make_shared<ParamsOptions>();
  Command command = app.add_command(
      "params", "Show or change the parameters in a model: labels, front end, detector.");
  command.add_option("model", options->model, "A .tflite file or an .mltk.zip archive").required();
  command.add_option("assignments", options->assignments,
                     "key=value: an integer, else a number, else true or false, else text; "
                     "[a,b] is a list");
  command.add_option("--erase", options->erased, "Remove this parameter").type_name("KEY");
  command
      .add_option("--operating-points", options->operating_points,
                  "Take the thresholds that `stapes evaluate --operating-points` found")
      .type_name("JSON");
  const Argument description =
      command.add_option("--description", options->description, "The model's description");
  command.add_option("-o,--output", options->output,
                     "Write to this file and leave the model as it is");
  command.add_flag("--json", options->json, "Show as JSON");
  command.callback([options, description] { params(*options, description.is_given()); });
}

}  // namespace stapes::cli
