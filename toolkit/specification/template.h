#pragma once
#include <string>
#include <vector>

namespace stapes {

// The text of a commented specification for these words, which trains as it is once there is data
// under data/NAME (`stapes dataset synthesize NAME.toml` makes some).
std::string specification_template(const std::string& name, const std::vector<std::string>& words);

}  // namespace stapes
