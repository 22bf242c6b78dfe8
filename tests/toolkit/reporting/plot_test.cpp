#include "toolkit/reporting/plot.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <iterator>
#include <limits>

#include "tests/support/temporary_folder.h"
#include "toolkit/base/error.h"

namespace stapes::reporting {
namespace {

LineChart example_chart() {
  LineChart chart;
  chart.title = "ROC of 'it's_me'\n{x}";
  chart.x = {"false positive rate", 0.0, 0.1};
  chart.y = {"true positive rate", 0.5, 1.01};
  for (int i = 0; i < 13; ++i) {
    Series series;
    series.label = "class_" + std::to_string(i);
    for (int k = 0; k <= 50; ++k) {
      series.x.push_back(0.002 * k);
      series.y.push_back(1.0 - 0.4 * std::exp(-k * 0.2) - 0.01 * i);
    }
    chart.series.push_back(series);
  }
  return chart;
}

HeatMap example_map() {
  HeatMap map;
  map.title = "Confusion matrix";
  map.rows = 3;
  map.columns = 3;
  map.values = {1.0, 0.0, 0.0, 0.1, 0.8, 0.1, 0.0, 0.5, 0.5};
  map.texts = {"10", "0", "0", "1", "8", "1", "0", "5", "5 \"x\""};
  map.row_labels = map.column_labels = {"yes", "no", "_unknown_"};
  return map;
}

bool is_png(const Path& file) {
  const Bytes bytes = read_file(file);
  return bytes.size() > 1000 && bytes[1] == 'P' && bytes[2] == 'N' && bytes[3] == 'G';
}

TEST(Plot, WritesLineChartsAsPngAndSvg) {
  const test::TemporaryFolder folder;
  draw(example_chart(), folder / "roc.png");
  EXPECT_TRUE(is_png(folder / "roc.png"));
  draw(example_chart(), folder / "new/roc.svg");
  const std::string text = read_text_file(folder / "new/roc.svg");
  EXPECT_NE(text.find("<svg"), std::string::npos);
  EXPECT_NE(text.find("class_12"), std::string::npos);
  EXPECT_NE(text.find("it's_me"), std::string::npos);  // no markup, no lost quote
}

TEST(Plot, WritesHeatMapsWithTexts) {
  const test::TemporaryFolder folder;
  draw(example_map(), folder / "map.png");
  EXPECT_TRUE(is_png(folder / "map.png"));
  draw(example_map(), folder / "map.svg");
  const std::string text = read_text_file(folder / "map.svg");
  EXPECT_NE(text.find("_unknown_"), std::string::npos);
  EXPECT_NE(text.find(">10<"), std::string::npos);
  // Nothing lies beside the two pictures.
  const std::filesystem::directory_iterator files(folder.path());
  EXPECT_EQ(std::distance(begin(files), end(files)), 2);
}

TEST(Plot, DrawsConstantMapsAndNanPoints) {
  const test::TemporaryFolder folder;
  HeatMap map = example_map();
  map.values.assign(9, 0.0);
  draw(map, folder / "constant.png");
  LineChart chart = example_chart();
  chart.series[0].y[3] = std::numeric_limits<double>::quiet_NaN();
  chart.series[1].y.assign(51, std::numeric_limits<double>::quiet_NaN());
  draw(chart, folder / "nan.png");
  EXPECT_TRUE(is_png(folder / "constant.png"));
  EXPECT_TRUE(is_png(folder / "nan.png"));
}

TEST(Plot, RefusesWhatDoesNotFit) {
  const test::TemporaryFolder folder;
  EXPECT_THROW(draw(example_chart(), folder / "a.jpg"), Error);
  EXPECT_THROW(draw(LineChart{}, folder / "a.png"), Error);
  LineChart chart = example_chart();
  chart.series[0].x.pop_back();
  EXPECT_THROW(draw(chart, folder / "a.png"), Error);
  HeatMap map = example_map();
  map.values.pop_back();
  EXPECT_THROW(draw(map, folder / "a.png"), Error);
  EXPECT_FALSE(std::filesystem::exists(folder / "a.png"));
}

TEST(Plot, SaysWhatToInstallWhenGnuplotIsMissing) {
  const test::TemporaryFolder folder;
  write_text_file(folder / "old.png", "what was there");
  ::setenv("STAPES_GNUPLOT", "no_such_gnuplot", 1);
  try {
    draw(example_chart(), folder / "old.png");
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("old.png"), std::string::npos) << text;
    EXPECT_NE(text.find("gnuplot-nox"), std::string::npos) << text;
  }
  ::unsetenv("STAPES_GNUPLOT");
  EXPECT_EQ(read_text_file(folder / "old.png"), "what was there");
}

}  // namespace
}  // namespace stapes::reporting
