#pragma once
#include "toolkit/specification/evaluation_settings.h"
#include "toolkit/specification/finetuning_settings.h"
#include "toolkit/specification/table_reader.h"

// One function per table of the specification; each reads all keys of its table, checks them and
// what they must fulfil together.
namespace stapes {

void read_data(TableReader reader, const std::string& file, DataSettings& data);
void read_augmentation(TableReader reader, AugmentationSettings& augmentation);
void read_features(TableReader reader, FeatureSettings& features);
void read_network(TableReader reader, const std::string& file, NetworkSettings& network);
void read_training(TableReader reader, const std::string& file, TrainingSettings& training);
void read_quantization(TableReader reader, QuantizationSettings& quantization);
void read_finetuning(TableReader reader, FinetuningSettings& finetuning);
void read_detector(TableReader reader, DetectorSettings& detector);
EvaluationSettings read_evaluation(TableReader reader);
CardSettings read_card(TableReader reader);

}  // namespace stapes
