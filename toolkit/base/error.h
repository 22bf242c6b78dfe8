#pragma once
#include <stdexcept>
#include <string>

namespace stapes {

// The one exception type of the toolkit. It is caught once, in cli/main.cpp, which prints
//
//   error: <what> in <where>: <why>; <remedy>
//
// and ends with exit code 1. `where` names a file or a key; it and the remedy may be empty. A
// `what` of two words takes `where` as its object: "cannot read" becomes "cannot read FILE".
class Error : public std::runtime_error {
 public:
  Error(std::string what, std::string where, std::string why, std::string remedy = "");

  const std::string& where() const { return where_; }

 private:
  std::string where_;
};

// Wrong use of the command line; caught in the same place, exit code 2.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace stapes
