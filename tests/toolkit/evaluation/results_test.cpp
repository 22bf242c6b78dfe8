#include "toolkit/evaluation/results.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace stapes::evaluation {
namespace {

Result small() {
  const Scores scores{{"yes", "no", "_unknown_"},
                      {0.9F, 0.1F, 0.0F, 0.3F, 0.6F, 0.1F, 0.1F, 0.8F, 0.1F, 0.0F, 0.0F, 1.0F},
                      {0, 0, 1, 2}};
  Result result;
  result.model = "tiny";
  result.condition = "clean";
  result.metrics = compute_metrics(scores);
  return result;
}

TEST(SummaryText, IsTheReferencesAndSorted) {
  const std::string text = summary_text("tiny", small().metrics);
  const std::string start =
      "Name: tiny\nModel Type: classification\nOverall accuracy: 75.000%\nClass accuracies:\n"
      "- no = 100.000%\n- _unknown_ = 100.000%\n- yes = 50.000%\nAverage ROC AUC: ";
  EXPECT_EQ(text.substr(0, start.size()), start);
  EXPECT_NE(text.find("%\nClass ROC AUC:\n- "), std::string::npos);
}

TEST(DetailsText, ShowsAgreementWhenThereIsAny) {
  Result result = small();
  EXPECT_EQ(details_text(result).find("Same decision"), std::string::npos);
  Agreement agreement;
  agreement.same_decision = {3, 4};
  result.agreement = agreement;
  result.reference_model = "tiny_float";
  EXPECT_NE(details_text(result).find("Same decision as tiny_float: 75.00% (1 of 4 clips differ)"),
            std::string::npos);
}

TEST(Json, HasTheReferencesKeysFirstAndInOrder) {
  const nlohmann::ordered_json json = to_json(small());
  const std::vector<std::string> expected = {
      "name",      "model_type", "classes",         "overall_accuracy", "class_accuracies",
      "fpr",       "tpr",        "roc_auc",         "roc_thresholds",   "roc_auc_avg",
      "precision", "recall",     "confusion_matrix"};
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) keys.push_back(key);
  ASSERT_GE(keys.size(), expected.size());
  keys.resize(expected.size());
  EXPECT_EQ(keys, expected);
  EXPECT_DOUBLE_EQ(json["overall_accuracy"], 0.75);
  EXPECT_DOUBLE_EQ(json["keyword_accuracy"], 2.0 / 3.0);
  EXPECT_DOUBLE_EQ(json["balanced_accuracy"], 2.5 / 3.0);
  EXPECT_EQ(json["fpr"].size(), 3U);
  EXPECT_EQ(json["fpr"][0].size(), 101U);
  EXPECT_EQ(json["confusion_matrix"][0], (std::vector<int>{1, 1, 0}));
}

TEST(Pictures, AreWritten) {
  const test::TemporaryFolder folder;
  write_pictures(small(), folder.path());
  for (const char* name : {"roc", "precision_vs_recall", "confusion_matrix"}) {
    EXPECT_GT(std::filesystem::file_size(folder / (std::string("tiny-") + name + ".png")), 1000U);
  }
}

}  // namespace
}  // namespace stapes::evaluation
