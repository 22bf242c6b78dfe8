#include "toolkit/base/error.h"

#include <algorithm>
#include <utility>

namespace stapes {
namespace {

std::string sentence(const std::string& what, const std::string& where, const std::string& why,
                     const std::string& remedy) {
  // "cannot read FILE", but "cannot use the key X in FILE".
  const bool takes_object =
      std::count(what.begin(), what.end(), ' ') == 1 && what != "cannot train";
  std::string text = what;
  if (!where.empty()) text += (takes_object ? " " : " in ") + where;
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
