#include "toolkit/specification/sections.h"

namespace stapes {

void read_quantization(TableReader reader, QuantizationSettings& q) {
  reader.read_choice("calibration", q.calibration, {"auto", "minmax", "percentile", "mse"});
  reader.read("percentile", q.percentile, 50.0, 100.0);
  reader.read("representative_clips", q.representative_clips, 1, 10000000);
  reader.read("representative_noise_db", q.representative_noise_db, -20, 60);
  reader.read_choice("layer_norm", q.layer_norm, {"auto", "decomposed", "l2", "float"});
  reader.read("carry_state", q.carry_state);
  reader.read_choice("lstm_state", q.lstm_state, {"int8", "int16"});
  reader.read_choice("lstm_weights", q.lstm_weights, {"tensor", "row"});
  reader.read_choice("rounding", q.rounding, {"auto", "nearest", "joint"});
  reader.read_choice("weights", q.weights, {"standard", "tensor", "row"});
  reader.read("int8_io", q.int8_io);
  reader.finish();
}

void read_finetuning(TableReader reader, FinetuningSettings& f) {
  reader.read("epochs", f.epochs, 1, 100000);
  reader.read("clips", f.clips, 0, 1000000000);
  reader.read("learning_rate", f.learning_rate, 0.0, 1.0);
  reader.read("range_learning_rate", f.range_learning_rate, 0.0, 1.0);
  reader.read("label_weight", f.label_weight, 0.0, 1.0);
  reader.read("representative_clips", f.representative_clips, 1, 10000000);
  reader.read_choice("best_by", f.best_by, {"difference", "last"});
  reader.finish();
}

void read_detector(TableReader reader, DetectorSettings& d) {
  reader.read("average_window_duration_ms", d.average_window_duration_ms, 0, 60000);
  reader.read("detection_threshold", d.detection_threshold, 0, 255);
  reader.read("detection_threshold_list", d.detection_threshold_list, 0, 255);
  reader.read("suppression_ms", d.suppression_ms, 0, 60000);
  reader.read("minimum_count", d.minimum_count, 0, 50);
  reader.read("latency_ms", d.latency_ms, 0, 10000);
  reader.read("volume_gain", d.volume_gain, 0.0, 1000.0);
  reader.read("verbose_model_output_logs", d.verbose_model_output_logs);
  reader.finish();
}

EvaluationSettings read_evaluation(TableReader reader) {
  EvaluationSettings evaluation;
  reader.read("speech", evaluation.speech);
  reader.read("splits", evaluation.splits);
  reader.read("threshold_words", evaluation.threshold_words);
  reader.read("threshold_speech", evaluation.threshold_speech);
  reader.finish();
  return evaluation;
}

CardSettings read_card(TableReader reader) {
  CardSettings card;
  reader.read("about", card.about);
  reader.read("data", card.data);
  reader.read("not_for", card.not_for);
  reader.read("rebuild", card.rebuild);
  reader.read("made", card.made);
  reader.finish();
  return card;
}

}  // namespace stapes
