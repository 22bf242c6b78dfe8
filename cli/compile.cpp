#include <fmt/format.h>

#include "cli/commands.h"
#include "toolkit/base/error.h"
#include "toolkit/codegen/compile_model.h"
#include "toolkit/graph/tflite_file.h"

namespace stapes::cli {
namespace {

struct CompileOptions {
  std::string model;
  std::string target = "host";
  std::string output;
  std::string name;
  bool spotter = false;
};

void compile(const CompileOptions& options) {
  const codegen::Target& target = codegen::find_target(options.target);
  const graph::Graph model = graph::read_tflite(options.model);
  const std::string name = options.name.empty()
                               ? codegen::identifier_of(Path(options.model).stem().string())
                               : options.name;
  const codegen::CompiledModel compiled =
      codegen::compile_model(model, name, target, options.spotter);
  codegen::write_compiled_model(compiled, options.output);
  fmt::print("{}: {} files, start with {}{}.h\n", options.output, compiled.files.size(), name,
             options.spotter ? "_spotter" : "");
  fmt::print("RAM:   {} bytes (arena {}, state {})\n", compiled.arena_bytes + compiled.state_bytes,
             compiled.arena_bytes, compiled.state_bytes);
  if (options.spotter) {
    fmt::print("       and {} bytes for sound, spectrogram and detector\n", compiled.spotter_bytes);
  }
  fmt::print("flash: {} bytes of weights, besides code and prepared parameters\n",
             compiled.weight_bytes);
}

}  // namespace

void add_compile(Command& app) {
  auto options = std::make_shared<CompileOptions>();
  Command command = app.add_command(
      "compile", "Write a model as C++ source that needs no interpreter and no model file.");
  command.add_option("model", options->model, "A .tflite file or an .mltk.zip archive").required();
  command
      .add_option("--target", options->target,
                  fmt::format("The processor: {}", fmt::join(codegen::target_names(), ", ")))
      .show_default();
  command.add_option("--output", options->output, "The folder to write, a CMake project")
      .required()
      .type_name("DIR");
  command.add_option("--name", options->name,
                     "Prefix and namespace of the code; otherwise made from the model's file name");
  command.add_flag("--spotter", options->spotter,
                   "Add the front end and the detector that the model's metadata describes: sound "
                   "in, detections out");
  command.callback([options] { compile(*options); });
}

}  // namespace stapes::cli
