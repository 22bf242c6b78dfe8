#include "toolkit/base/error.h"

#include <utility>

namespace stapes {
namespace {

std::string sentence(const std::string& what, const std::string& where, const std::string& why,
                     const std::string& remedy) {
  std::string text = what;
  if (!where.empty()) text += " in " + where;
  if (!why.empty()) text += ": " + why;
  if (!remedy.empty()) text += "; " + remedy;
  return text;
}

}  // namespace

// Errors are rare and their strings short: by value is fast enough.
// NOLINTNEXTLINE(performance-unnecessary-value-param)
Error::Error(std::string what, std::string where, std::string why, std::string remedy)
    : std::runtime_error(sentence(what, where, why, remedy)), where_(std::move(where)) {}

}  // namespace stapes
