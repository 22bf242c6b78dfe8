#include <string>
#include <type_traits>

#include "device/frontend/settings_fields.h"
#include "device/frontend/tables.h"
#include "toolkit/specification/sections.h"

namespace stapes {

void read_features(TableReader reader, FeatureSettings& features) {
  FrontEndSettings& fe = features.front_end;
  for_each_front_end_field(fe, [&](const char* key, auto& value) {
    if constexpr (std::is_same_v<std::decay_t<decltype(value)>, bool>) {
      reader.read(key, value);
    } else {
      reader.read(key, value, 0, 10000000);
    }
  });
  if (const Status status = check_settings(fe); !status.ok()) reader.fail(status.message);

  std::string normalization = "mean_and_std";
  reader.read_choice("normalization", normalization, {"mean_and_std", "none", "rescale"});
  features.normalization = normalization == "none"      ? Normalization::kNone
                           : normalization == "rescale" ? Normalization::kRescale
                                                        : Normalization::kMeanAndStd;
  reader.read("rescale", features.rescale, -1e9, 1e9);
  reader.finish();
}

}  // namespace stapes
