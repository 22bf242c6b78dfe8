#pragma once
#include <optional>
#include <string>
#include <vector>

#include "toolkit/base/files.h"

namespace stapes::reporting {

// Pictures for people, drawn by gnuplot (Debian: gnuplot-nox), which is started as a child process.
//
//   reporting::LineChart chart;
//   chart.title = "Training";
//   chart.x.title = "epoch";
//   chart.y = {"loss", 0.0, {}};
//   chart.series.push_back({"training", {1, 2, 3}, {0.9, 0.5, 0.4}});
//   chart.series.push_back({"validation", {1, 2, 3}, {0.9, 0.6, 0.6}});
//   reporting::draw(chart, "history.png");
//
// The extension of the file chooses the format: .png or .svg. Texts are shown as they are (no
// markup). Errors name the file and, when gnuplot is missing, the package to install.

struct Axis {
  std::string title;
  std::optional<double> low;  // absent: from the data
  std::optional<double> high;
  bool logarithmic = false;
};

struct Series {
  std::string label;      // in the legend; empty: not listed
  std::vector<double> x;  // REQUIRES: as many as y
  std::vector<double> y;  // a NaN interrupts the line
  bool dashed = false;
  bool marked = false;                // every point gets a mark
  std::optional<size_t> colour = {};  // lines of one number look alike; absent: one of its own
};

enum class Legend { kNone, kInside, kBeside };

struct LineChart {
  std::string title;
  Axis x;
  Axis y;
  std::vector<Series> series;
  Legend legend = Legend::kBeside;
  int width = 960;  // pixels
  int height = 600;
};

enum class Palette { kBlues, kViridis };

// A grid of coloured cells: a confusion matrix (texts in cells, row 0 on top) or a spectrogram
// (row 0 at the bottom, axes in units).
struct HeatMap {
  std::string title;
  Axis x;  // its title; the columns' centres are (column + 0.5) * column_width
  Axis y;
  size_t rows = 0;
  size_t columns = 0;
  std::vector<double> values;           // rows * columns, row by row; they choose the colours
  std::vector<std::string> texts;       // the same number, or none
  std::vector<std::string> row_labels;  // `rows` of them, or none: numbers
  std::vector<std::string> column_labels;
  bool row_zero_on_top = true;
  double column_width = 1.0;  // in units of the x axis; ignored where there are labels
  double row_height = 1.0;
  Axis colour;  // title and range of the colours
  Palette palette = Palette::kBlues;
  int width = 900;
  int height = 760;
};

void draw(const LineChart& chart, const Path& file);
void draw(const HeatMap& map, const Path& file);

}  // namespace stapes::reporting
