#include <fmt/format.h>

#include <algorithm>

#include "toolkit/quantization/report.h"

namespace stapes::quantization {
namespace {

// RFC 4180: a field with a comma, a quote or a line break is quoted, and its quotes are doubled.
std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"') result += '"';
    result += c;
  }
  return result + "\"";
}

}  // namespace

void write_report(const Path& path, const std::vector<ReportRow>& rows) {
  std::string text =
      "op_name,tensor_idx,num_elements,stddev,mean_error,max_abs_error,mean_squared_error,scale,"
      "zero_point,tensor_name,range,rmse/scale\r\n";
  for (const ReportRow& row : rows) {
    text += fmt::format("{},{},{:.1f},{:.9g},{:.9g},{:.9g},{:.9g},{:.9g},{},{},{:.9g},{:.9g}\r\n",
                        csv_field(row.op_name), row.tensor_idx, row.num_elements, row.stddev,
                        row.mean_error, row.max_abs_error, row.mean_squared_error, row.scale,
                        row.zero_point, csv_field(row.tensor_name), row.range, row.rmse_per_scale);
  }
  write_text_file(path, text);
}

std::string format_report(const std::vector<ReportRow>& rows) {
  std::string text =
      fmt::format("{:<29} {:>6} {:>8} {:>11} {:>11} {:>11} {:>5} {:>10}\n", "operator", "tensor",
                  "elements", "mean error", "max error", "scale", "zero", "rmse/scale");
  for (const ReportRow& row : rows) {
    text += fmt::format("{:<29} {:>6} {:>8.0f} {:>11.3g} {:>11.3g} {:>11.5g} {:>5} {:>10.3f}{}\n",
                        row.op_name, row.tensor_idx, row.num_elements, row.mean_error,
                        row.max_abs_error, row.scale, row.zero_point, row.rmse_per_scale,
                        row.rmse_per_scale > kSuspiciousRow ? "  <--" : "");
  }
  return text;
}

bool is_worse(const ReportRow& a, const ReportRow& b) {
  return a.rmse_per_scale > b.rmse_per_scale;
}

std::string worst_rows_text(std::vector<ReportRow> rows) {
  constexpr size_t kWorst = 3;
  std::stable_sort(rows.begin(), rows.end(), is_worse);
  rows.resize(std::min(rows.size(), kWorst));
  std::string text;
  for (const ReportRow& row : rows) {
    text += fmt::format("{}{} {:.2f}", text.empty() ? "" : ", ", row.op_name, row.rmse_per_scale);
  }
  return text + " (rmse/scale; rounding alone is 0.29)";
}

}  // namespace stapes::quantization
