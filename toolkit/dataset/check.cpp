#include "toolkit/dataset/check.h"

#include <memory>

#include "toolkit/audio/read.h"
#include "toolkit/base/interrupt.h"
#include "toolkit/base/parallel.h"
#include "toolkit/base/progress.h"

namespace stapes::dataset {
namespace {

constexpr size_t kEnoughToShow = 5000;  // fewer files are decoded before a progress line is read

}  // namespace

std::string reason_of(const Error& error) {
  std::string text = error.what();
  const size_t name = text.find(error.where());
  if (error.where().empty() || name == std::string::npos) return text;
  std::string rest = text.substr(name + error.where().size());
  if (rest.starts_with(": ")) rest.erase(0, 2);
  return rest.substr(0, rest.find("; "));
}

std::vector<std::string> check_files(std::span<const Path> files, Check check, int threads) {
  std::vector<std::string> reasons(files.size());
  if (check == Check::kName || files.empty()) return reasons;
  std::unique_ptr<Progress> progress;
  if (check == Check::kDecode && files.size() >= kEnoughToShow) {
    progress = std::make_unique<Progress>("checking", files.size(), "files");
  }
  parallel_for(files.size(), threads, [&](size_t i) {
    if (interrupted()) throw Interrupted();
    try {
      if (check == Check::kHeader) {
        audio::read_audio_info(files[i]);
      } else {
        audio::read_audio(files[i]);
      }
    } catch (const Error& error) {
      reasons[i] = reason_of(error);
    }
    if (progress) progress->advance();
  });
  return reasons;
}

}  // namespace stapes::dataset
