#include "toolkit/evaluation/results.h"

namespace stapes::evaluation {
namespace {

using Json = nlohmann::ordered_json;

Json limits(Interval interval) { return Json::array({interval.low, interval.high}); }

Json operating_points(const Metrics& metrics) {
  Json points = Json::array();
  for (const OperatingPoint& point : metrics.operating_points) {
    Json entry;
    entry["wanted_refusal"] = point.wanted_refusal;
    entry["refused"] = point.refused.value();
    entry["threshold"] = point.threshold;
    entry["keyword_accuracy"] = point.keywords.value();
    entry["keyword_interval"] = limits(wilson_interval(point.keywords));
    points.push_back(entry);
  }
  return points;
}

Json refusal_curve(const Metrics& metrics) {
  Json curve = {{"refused", Json::array()}, {"keyword_accuracy", Json::array()}};
  for (const OperatingPoint& point : metrics.refusal_curve) {
    curve["refused"].push_back(point.refused.value());
    curve["keyword_accuracy"].push_back(point.keywords.value());
  }
  return curve;
}

Json agreement(const Result& result) {
  const Agreement& a = *result.agreement;
  Json entry;
  entry["with"] = result.reference_model;
  entry["same_decision"] = a.same_decision.value();
  entry["only_this_right"] = a.only_first_right;
  entry["only_other_right"] = a.only_second_right;
  entry["mcnemar_p_value"] = a.p_value;
  entry["mean_absolute_difference"] = a.mean_absolute_difference;
  entry["rms_difference"] = a.rms_difference;
  entry["maximum_difference"] = a.maximum_difference;
  return entry;
}

}  // namespace

nlohmann::ordered_json to_json(const Result& result) {
  const Metrics& m = result.metrics;
  Json json;
  json["name"] = result.model;
  json["model_type"] = "classification";
  json["classes"] = m.classes;
  json["overall_accuracy"] = m.overall.value();
  json["class_accuracies"] = Json::array();
  for (const Proportion& recall : m.per_class) json["class_accuracies"].push_back(recall.value());
  for (const char* key : {"fpr", "tpr", "roc_auc"}) json[key] = Json::array();
  for (const RocCurve& curve : m.roc) {
    json["fpr"].push_back(curve.false_positive_rate);
    json["tpr"].push_back(curve.true_positive_rate);
    json["roc_auc"].push_back(curve.area);
  }
  json["roc_thresholds"] = roc_thresholds();
  json["roc_auc_avg"] = m.roc_area_average;
  for (const char* key : {"precision", "recall"}) json[key] = Json::array();
  for (const PrecisionRecallCurve& curve : m.precision_recall) {
    json["precision"].push_back(curve.precision);
    json["recall"].push_back(curve.recall);
  }
  json["confusion_matrix"] = m.confusion;

  json["condition"] = result.condition;
  json["clips"] = m.overall.total;
  json["clips_per_class"] = Json::array();
  json["class_intervals"] = Json::array();
  for (const Proportion& recall : m.per_class) {
    json["clips_per_class"].push_back(recall.total);
    json["class_intervals"].push_back(limits(wilson_interval(recall)));
  }
  json["overall_interval"] = limits(wilson_interval(m.overall));
  json["balanced_accuracy"] = m.balanced_accuracy;
  json["balanced_interval"] = limits(m.balanced_interval);
  json["keyword_accuracy"] = m.keywords.value();
  json["keyword_interval"] = limits(wilson_interval(m.keywords));
  json["keyword_detection_auc"] = m.keyword_detection_area;
  json["operating_points"] = operating_points(m);
  json["refusal_curve"] = refusal_curve(m);
  if (result.clips_per_second > 0.0) json["clips_per_second"] = result.clips_per_second;
  if (result.agreement) json["agreement"] = agreement(result);
  return json;
}

}  // namespace stapes::evaluation
