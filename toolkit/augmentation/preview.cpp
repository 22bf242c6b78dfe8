#include "toolkit/augmentation/preview.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "toolkit/audio/clip.h"
#include "toolkit/audio/read.h"
#include "toolkit/augmentation/augmented_source.h"
#include "toolkit/base/interrupt.h"
#include "toolkit/base/philox.h"
#include "toolkit/base/progress.h"
#include "toolkit/dataset/csv.h"
#include "toolkit/reporting/spectrogram_image.h"

namespace stapes::augmentation {
namespace {

// Indices of clips, each class in turn, within a class in random order.
std::vector<size_t> choose(const AugmentedSource& source, uint64_t seed,
                           const PreviewOptions& options) {
  std::vector<std::vector<size_t>> by_class(source.classes().size());
  for (size_t i = 0; i < source.size(); ++i) {
    by_class[static_cast<size_t>(source.clip(i).label)].push_back(i);
  }
  Random random(seed, Purpose::kSubset, options.epoch);
  for (std::vector<size_t>& indices : by_class) random.shuffle(indices);
  std::vector<size_t> chosen;
  const size_t wanted = std::min(options.clips, source.size());
  for (size_t round = 0; chosen.size() < wanted; ++round) {
    for (const std::vector<size_t>& indices : by_class) {
      if (round < indices.size() && chosen.size() < wanted) chosen.push_back(indices[round]);
    }
  }
  return chosen;
}

dataset::CsvTable empty_table() {
  return {{"sound", "image", "recording", "label", "kind", "speed", "room", "position", "gain_db",
           "ambient", "ambient_snr_db", "microphone", "microphone_level_db", "formants"},
          {}};
}

std::vector<std::string> row(const PreviewItem& item, const Augmenter::Example& example,
                             const Draws& draws, const Augmenter& augmenter) {
  std::vector<std::string> fields = {item.sound.filename().string(),
                                     item.image.filename().string(),
                                     item.recording.string(),
                                     item.label,
                                     kind_name(example.kind),
                                     fmt::format("{:.3f}", draws.speed),
                                     "",
                                     fmt::format("{:.3f}", draws.position),
                                     fmt::format("{:.2f}", draws.gain_db)};
  if (draws.room_on && !augmenter.rooms().empty()) {
    fields[6] = augmenter.rooms().path(draws.room).filename().string();
  }
  const auto add_noise = [&fields](const Draws::Noise& noise, const NoiseBank& bank) {
    const bool heard = noise.on && !bank.empty();
    fields.push_back(heard ? bank.path(noise.file).filename().string() : "");
    fields.push_back(heard ? fmt::format("{:.1f}", noise.level_db) : "");
  };
  add_noise(draws.ambient, augmenter.ambient());
  add_noise(draws.microphone, augmenter.microphone());
  fields.push_back(
      draws.tract.changes() ? fmt::format("{:.3f}", fmt::join(draws.tract.factors, " ")) : "");
  return fields;
}

}  // namespace

std::vector<PreviewItem> write_preview(const Specification& specification,
                                       const dataset::Dataset& dataset, const Path& folder,
                                       const PreviewOptions& options) {
  const AugmentedSource source(specification, dataset);
  const int sample_rate_hz = specification.features.front_end.sample_rate_hz;
  const auto channels = static_cast<size_t>(specification.features.front_end.filterbank_n_channels);
  std::vector<size_t> chosen = choose(source, specification.training.seed, options);
  std::vector<PreviewItem> items;
  dataset::CsvTable table = empty_table();
  std::vector<float> features(source.values_per_example());
  Progress progress("preview", std::max<size_t>(1, chosen.size()), "clips");
  for (const size_t index : chosen) {
    if (interrupted()) throw Interrupted();
    const Draws draws = source.draws(options.epoch, index);
    const Augmenter::Example example = source.augmenter().apply(source.clip(index), draws);
    const std::string& label = source.classes()[static_cast<size_t>(source.clip(index).label)];
    const std::string name = fmt::format("{:03}_{}", items.size(), label);
    const PreviewItem item{folder / (name + ".wav"), folder / (name + ".png"), example.recording,
                           label};
    audio::write_audio(item.sound, {example.samples, sample_rate_hz});
    source.fill(options.epoch, index, features);
    reporting::write_spectrogram_image(item.image, features, channels);
    table.rows.push_back(row(item, example, draws, source.augmenter()));
    items.push_back(item);
    progress.advance();
  }
  write_text_file(folder / "draws.csv", dataset::csv_text(table));
  return items;
}

}  // namespace stapes::augmentation
