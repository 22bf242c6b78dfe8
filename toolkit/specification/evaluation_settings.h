#pragma once
#include <string>
#include <vector>

#include "toolkit/base/files.h"

namespace stapes {

// What a specification says about testing a model and about its card. It stands apart from
// Specification because nothing that trains, quantizes or runs a model may depend on it.

// [evaluation]: what a model is tested with beside the clips (docs/evaluation.md).
struct EvaluationSettings {
  // Recordings of people who say other things than the keywords, files or folders relative to the
  // data root: what a listening device hears most of the day.
  std::vector<Path> speech;
  std::string splits;  // like DataSource::splits
  // More of what the validation split has too little of, where thresholds are chosen: other words,
  // one to a file, and speech. A manifest.csv beside them may say for which split they are.
  std::vector<Path> threshold_words;
  std::vector<Path> threshold_speech;
};

// [card]: what a model's card says that cannot be measured. Whole sentences.
struct CardSettings {
  std::string about;
  std::vector<std::string> data;     // a collection of recordings each, with its licence
  std::vector<std::string> not_for;  // what the model should not be used for
  std::string rebuild;               // the command that makes model and card again
  std::vector<std::string> made;     // how it was made, beside that command
};

// As read_specification() reads the rest of the file.
EvaluationSettings read_evaluation_settings(const Path& file,
                                            const std::vector<std::string>& overrides = {});
CardSettings read_card_settings(const Path& file, const std::vector<std::string>& overrides = {});

}  // namespace stapes
