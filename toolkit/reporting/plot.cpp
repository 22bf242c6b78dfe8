#include "toolkit/reporting/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>

#include "toolkit/base/error.h"
#include "toolkit/reporting/gnuplot.h"

namespace stapes::reporting {
namespace {

// Colours that people with colour blindness can tell apart (Okabe and Ito, 2008), yellow left out.
constexpr std::array<const char*, 7> kLineColours = {"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                                     "#56B4E9", "#E69F00", "#000000"};

constexpr const char* kStyle =
    "set border 3 linecolor '#555555'\n"
    "set tics nomirror textcolor '#333333'\n"
    "set grid linecolor '#DDDDDD' linetype 1 linewidth 0.5\n";

std::string number(double value) { return std::isfinite(value) ? fmt::format("{}", value) : "NaN"; }

std::string range(const Axis& axis) {
  return fmt::format("[{}:{}]", axis.low ? number(*axis.low) : "*",
                     axis.high ? number(*axis.high) : "*");
}

std::string axis_commands(char name, const Axis& axis) {
  std::string commands =
      fmt::format("set {}label {}\nset {}range {}\n", name, quoted(axis.title), name, range(axis));
  if (axis.logarithmic) commands += fmt::format("set logscale {}\n", name);
  return commands;
}

std::string legend_command(Legend legend) {
  switch (legend) {
    case Legend::kNone:
      return "unset key\n";
    case Legend::kInside:
      return "set key inside right bottom reverse Left samplen 4\n";
    case Legend::kBeside:
      return "set key outside right top reverse Left samplen 4\n";
  }
  return "";
}

std::string data_block(size_t index, const Series& series) {
  std::string block = fmt::format("$series{} << END_OF_DATA\n", index);
  for (size_t i = 0; i < series.x.size(); ++i) {
    fmt::format_to(std::back_inserter(block), "{} {}\n", number(series.x[i]), number(series.y[i]));
  }
  return block + "END_OF_DATA\n";
}

std::string line_style(size_t index, const Series& series) {
  // Past the last colour the colours start again with another dash.
  const size_t colour = series.colour.value_or(index);
  const size_t dash = series.dashed ? 2 : 1 + 3 * (colour / kLineColours.size() % 2);
  return fmt::format(
      "with {} linecolor rgb '{}' linewidth 1.5 dashtype {} pointtype 7 pointsize 0.6",
      series.marked ? "linespoints" : "lines", kLineColours[colour % kLineColours.size()], dash);
}

const char* palette_command(Palette palette) {
  switch (palette) {
    case Palette::kBlues:
      return "set palette defined (0 '#FFFFFF', 0.25 '#DCE9F6', 0.5 '#93C4DE', 0.75 '#3A89C1', "
             "1 '#084A91')\n";
    case Palette::kViridis:
      return "set palette defined (0 '#440154', 0.25 '#3B528B', 0.5 '#21908C', 0.75 '#5DC863', "
             "1 '#FDE725')\n";
  }
  return "";
}

std::string tics(char axis, const std::vector<std::string>& labels) {
  std::string command =
      fmt::format("set {}tics {}(", axis, axis == 'x' ? "rotate by 45 right " : "");
  for (size_t i = 0; i < labels.size(); ++i) {
    fmt::format_to(std::back_inserter(command), "{}{} {}", i == 0 ? "" : ", ", quoted(labels[i]),
                   static_cast<double>(i) + 0.5);
  }
  return command + ")\n";
}

void check(const HeatMap& map, const Path& file) {
  const size_t cells = map.rows * map.columns;
  if (cells == 0 || map.values.size() != cells ||
      (!map.texts.empty() && map.texts.size() != cells) ||
      (!map.row_labels.empty() && map.row_labels.size() != map.rows) ||
      (!map.column_labels.empty() && map.column_labels.size() != map.columns)) {
    throw Error("cannot draw", file.string(),
                fmt::format("{} x {} cells do not fit {} values, {} texts, {} and {} labels",
                            map.rows, map.columns, map.values.size(), map.texts.size(),
                            map.row_labels.size(), map.column_labels.size()));
  }
}

// The texts of the cells in two blocks, for dark letters on light cells and the reverse.
std::string text_blocks(const HeatMap& map, double low, double high) {
  std::string dark = "$dark << END_OF_DATA\n";
  std::string light = "$light << END_OF_DATA\n";
  const bool high_is_dark = map.palette == Palette::kBlues;
  for (size_t i = 0; i < map.texts.size(); ++i) {
    const double place = high > low ? (map.values[i] - low) / (high - low) : 0.0;
    std::string& block = (place > 0.6) == high_is_dark ? light : dark;
    std::string text;  // in a data block, a quoted word
    for (const char c : map.texts[i]) {
      text += c == '"' || static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    const size_t row = i / map.columns;
    const size_t column = i % map.columns;
    fmt::format_to(std::back_inserter(block), "{} {} \"{}\"\n", static_cast<double>(column) + 0.5,
                   static_cast<double>(row) + 0.5, text);
  }
  return dark + "END_OF_DATA\n" + light + "END_OF_DATA\n";
}

std::pair<double, double> value_range(const HeatMap& map) {
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const double value : map.values) {
    if (!std::isfinite(value)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  if (map.colour.low) low = *map.colour.low;
  if (map.colour.high) high = *map.colour.high;
  if (!(high > low)) {
    low = std::isfinite(low) ? low : 0.0;
    high = low + 1.0;
  }
  return {low, high};
}

std::string matrix_block(const HeatMap& map) {
  std::string block = "$cells << END_OF_DATA\n";
  for (size_t row = 0; row < map.rows; ++row) {
    for (size_t column = 0; column < map.columns; ++column) {
      if (column > 0) block += ' ';
      block += number(map.values[row * map.columns + column]);
    }
    block += '\n';
  }
  return block + "END_OF_DATA\n";
}

}  // namespace

void draw(const LineChart& chart, const Path& file) {
  std::string data;
  std::string plots;
  for (size_t i = 0; i < chart.series.size(); ++i) {
    const Series& series = chart.series[i];
    const auto finite = [](double value) { return std::isfinite(value); };
    if (series.x.size() != series.y.size()) {
      throw Error("cannot draw", file.string(),
                  fmt::format("series \"{}\" has {} x and {} y values", series.label,
                              series.x.size(), series.y.size()));
    }
    if (std::none_of(series.y.begin(), series.y.end(), finite)) continue;
    data += data_block(i, series);
    plots += fmt::format("{}$series{} using 1:2 {} {}", plots.empty() ? "plot " : ", \\\n  ", i,
                         line_style(i, series),
                         series.label.empty() ? "notitle" : "title " + quoted(series.label));
  }
  if (plots.empty()) {
    throw Error("cannot draw", file.string(), "no series has a finite value");
  }
  run_gnuplot(data + kStyle + "set datafile missing 'NaN'\nset title " + quoted(chart.title) +
                  "\n" + axis_commands('x', chart.x) + axis_commands('y', chart.y) +
                  legend_command(chart.legend) + plots,
              chart.width, chart.height, file);
}

void draw(const HeatMap& map, const Path& file) {
  check(map, file);
  const auto [low, high] = value_range(map);
  const double width = map.column_labels.empty() ? map.column_width : 1.0;
  const double height = map.row_labels.empty() ? map.row_height : 1.0;
  const double right = static_cast<double>(map.columns) * width;
  const double top = static_cast<double>(map.rows) * height;

  std::string commands = matrix_block(map) + text_blocks(map, low, high) + kStyle;
  commands += "unset grid\nunset key\nset border 15 linewidth 0.5 linecolor '#AAAAAA'\n";
  commands += "set tics out scale 0.5\nset lmargin at screen 0.16\nset rmargin at screen 0.86\n";
  commands +=
      fmt::format("set title {}\nset xlabel {}\nset ylabel {}\nset cblabel {}\n", quoted(map.title),
                  quoted(map.x.title), quoted(map.y.title), quoted(map.colour.title));
  commands += fmt::format("set xrange [0:{}]\n", number(right));
  commands += map.row_zero_on_top ? fmt::format("set yrange [{}:0]\n", number(top))
                                  : fmt::format("set yrange [0:{}]\n", number(top));
  commands += fmt::format("set cbrange [{}:{}]\n", number(low), number(high));
  commands += palette_command(map.palette);
  if (!map.column_labels.empty()) commands += tics('x', map.column_labels);
  if (!map.row_labels.empty()) commands += tics('y', map.row_labels);
  commands += fmt::format("plot $cells matrix using (($1+0.5)*{}):(($2+0.5)*{}):3 with image",
                          number(width), number(height));
  if (!map.texts.empty()) {
    const auto labels = [&](const char* block, const char* colour) {
      return fmt::format(", {} using ($1*{}):($2*{}):3 with labels font ',9' textcolor rgb '{}'",
                         block, number(width), number(height), colour);
    };
    commands += labels("$dark", "#222222") + labels("$light", "#FFFFFF");
  }
  run_gnuplot(commands, map.width, map.height, file);
}

}  // namespace stapes::reporting
