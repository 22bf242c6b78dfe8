#pragma once
#include <string>

#include "toolkit/profiling/profile.h"

// A profile as people and programs read it. `model` is the graph that was profiled.
namespace stapes::profiling {

// The summary, a line per kind of operator, and a row per operator.
std::string profile_text(const Profile& profile, const graph::Graph& model);
// {"summary": {...}, "operators": [...]}; docs/profiling.md lists the keys.
std::string profile_json(const Profile& profile, const graph::Graph& model);
// A heading and a row per operator.
std::string profile_csv(const Profile& profile, const graph::Graph& model);

}  // namespace stapes::profiling
