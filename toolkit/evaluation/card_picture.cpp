#include <fmt/format.h>

#include "toolkit/base/error.h"
#include "toolkit/evaluation/card.h"
#include "toolkit/reporting/plot.h"

namespace stapes::evaluation {
namespace {

using Json = nlohmann::json;

reporting::Series series(const Json& evaluation, size_t colour) {
  reporting::Series line;
  line.label = fmt::format("{}, {}", evaluation.at("name").get<std::string>(),
                           evaluation.at("condition").get<std::string>());
  line.colour = colour;
  const Json& curve = evaluation.at("refusal_curve");
  for (const Json& value : curve.at("refused")) line.x.push_back(100.0 * value.get<double>());
  for (const Json& value : curve.at("keyword_accuracy")) {
    line.y.push_back(100.0 * value.get<double>());
  }
  return line;
}

}  // namespace

bool draw_refusals(const Json& evaluation, const Path& file) {
  try {
    const std::vector<Json> conditions = conditions_of(evaluation);
    reporting::LineChart chart;
    chart.title =
        evaluation.at("name").get<std::string>() + ": keywords right, other words refused";
    chart.x = {"other words refused (%)", 0.0, 100.0};
    chart.y = {"keywords right (%)", 0.0, 100.0};
    for (size_t i = 0; i < conditions.size(); ++i) {
      const Json& condition = conditions[i];
      if (condition.at("operating_points").empty()) return false;
      chart.series.push_back(series(condition, i));
      if (condition.contains("reference")) {
        chart.series.push_back(series(condition.at("reference"), i));
        chart.series.back().dashed = true;
      }
    }
    reporting::draw(chart, file);
    return true;
  } catch (const Json::exception& error) {
    throw Error("cannot write the card", file.string(), error.what(),
                "name what today's `stapes evaluate --json` wrote");
  }
}

}  // namespace stapes::evaluation
