#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "toolkit/specification/evaluation_settings.h"
#include "toolkit/specification/specification.h"

namespace stapes::evaluation {

// A model's card: what one should know before one flashes it, as Markdown. What can be measured
// comes from what the measuring commands wrote, so no number is typed in; the rest are the texts of
// the specification's [card].
struct CardMaterial {
  std::string name;                 // of the model
  std::vector<std::string> files;   // lines of the table of files: "`x.tflite` | 364,144 bytes"
  nlohmann::json evaluation;        // `stapes evaluate --noise … --json`
  nlohmann::json operating_points;  // operating-points.json, or null
  std::vector<nlohmann::json> profiles;   // `stapes profile --json`, one per processor
  std::vector<nlohmann::json> compiled;   // `benchmarks/compiled_model_size --json`, the same
  std::vector<nlohmann::json> streaming;  // `stapes profile --streaming --json`, the same
  std::string picture;                    // of the operating points, beside the card; empty: none
  std::string refusal_picture;            // draw_refusals(), beside the card; empty: none
  std::string rebuild;                    // the command
};

// Throws Error naming the key that `material` lacks.
std::string card_text(const Specification& specification, const CardSettings& card,
                      const CardMaterial& material);

// The evaluations of all conditions in what `stapes evaluate --noise … --json` wrote, the model's
// own.
std::vector<nlohmann::json> conditions_of(const nlohmann::json& evaluation);

// The whole curve of keywords right over the share of other words that a threshold refuses, from
// what `stapes evaluate --noise … --json` wrote: a line for each condition, and a dashed one for
// the model that it was compared with. Draws nothing and returns false where the test data has no
// other words.
bool draw_refusals(const nlohmann::json& evaluation, const Path& file);

}  // namespace stapes::evaluation
