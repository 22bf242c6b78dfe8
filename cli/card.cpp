#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "toolkit/base/error.h"
#include "toolkit/evaluation/card.h"

namespace stapes::cli {
namespace {

struct Options {
  Path specification;
  std::vector<std::string> set;
  Path evaluation;
  Path operating_points;
  std::vector<Path> profiles;
  std::vector<Path> compiled;
  std::vector<Path> streaming;
  std::vector<Path> models;
  std::string rebuild;
  Path output;
};

nlohmann::json read_json(const Path& file) {
  const std::string text = read_text_file(file);
  try {
    return nlohmann::json::parse(text);
  } catch (const nlohmann::json::exception& error) {
    throw Error("cannot read", file.string(), error.what());
  }
}

void run(const Options& options) {
  const Specification specification = read_specification(options.specification, options.set);
  const Path folder = options.output.empty()
                          ? options.specification.parent_path() / specification.name
                          : options.output;
  evaluation::CardMaterial material;
  material.name = specification.name;
  material.evaluation = read_json(options.evaluation);
  for (const Path& profile : options.profiles) material.profiles.push_back(read_json(profile));
  for (const Path& sizes : options.compiled) material.compiled.push_back(read_json(sizes));
  for (const Path& profile : options.streaming) {
    material.streaming.push_back(read_json(profile));
  }
  for (const Path& model : options.models) {
    const Bytes bytes = read_file(model);
    const Path copy = folder / model.filename();
    if (!std::filesystem::exists(copy) || read_file(copy) != bytes) write_file(copy, bytes);
    material.files.push_back(
        fmt::format("`{}` | {} bytes", model.filename().string(), bytes.size()));
  }
  if (!options.operating_points.empty()) {
    material.operating_points = read_json(options.operating_points);
    const Path picture = options.operating_points.parent_path() /
                         (material.operating_points.value("name", "") + "-operating-points.png");
    if (std::filesystem::is_regular_file(picture)) {
      material.picture = "operating-points.png";
      write_file(folder / material.picture, read_file(picture));
    }
  }
  try {
    if (evaluation::draw_refusals(material.evaluation, folder / "refused.png")) {
      material.refusal_picture = "refused.png";
    }
  } catch (const Error& error) {  // no gnuplot: the card's numbers need no picture
    fmt::print(stderr, "warning: {}\n", error.what());
  }
  const CardSettings card = read_card_settings(options.specification, options.set);
  material.rebuild = options.rebuild.empty() ? card.rebuild : options.rebuild;
  if (material.rebuild.empty()) {
    const std::string spec = options.specification.string();
    material.rebuild = fmt::format(
        "stapes train {0} --data DATA --output out/{1}\n"
        "stapes quantize out/{1}/{1}_float.tflite --spec {0} --data DATA",
        spec, specification.name);
  }
  const std::string text = evaluation::card_text(specification, card, material);
  write_text_file(folder / "README.md", text);
  fmt::print("{}\n", (folder / "README.md").string());
}

}  // namespace

void add_card(Command& app) {
  auto options = std::make_shared<Options>();
  Command command = app.add_command(
      "card",
      "Write a model's card: what it hears and misses, what it costs, what it is made of. All "
      "numbers come from what the measuring commands wrote.");
  command.add_option("SPEC", options->specification, "The model's specification (SPEC.toml)")
      .required();
  command.add_set_option(options->set, "card.about=\"Twelve words\"");
  command
      .add_option("--evaluation", options->evaluation,
                  "What `stapes evaluate MODEL --noise clean,20,10,0 --json` printed")
      .type_name("JSON")
      .required();
  command
      .add_option("--operating-points", options->operating_points,
                  "The operating-points.json that `stapes evaluate --operating-points` wrote")
      .type_name("JSON");
  command
      .add_option("--profile", options->profiles,
                  "What `stapes profile MODEL --target … --json` printed (repeatable)")
      .type_name("JSON")
      .one_at_a_time();
  command
      .add_option("--compiled", options->compiled,
                  "What `benchmarks/compiled_model_size STAPES --spotter --only -Os --json MODEL` "
                  "printed (repeatable)")
      .type_name("JSON")
      .one_at_a_time();
  command
      .add_option("--streaming", options->streaming,
                  "What `stapes profile MODEL --streaming --target … --json` printed (repeatable)")
      .type_name("JSON")
      .one_at_a_time();
  command
      .add_option("--model", options->models,
                  "A model file to list, and to copy beside the card (repeatable)")
      .type_name("TFLITE")
      .one_at_a_time();
  command.add_option(
      "--rebuild", options->rebuild,
      "The command that makes the model again (default: card.rebuild, else train and quantize)");
  command.add_option("-o,--output", options->output,
                     "Folder for README.md (default: one named for the model, beside SPEC)");
  command.callback([options] { run(*options); });
}

}  // namespace stapes::cli
