#include "toolkit/dataset/download/fetch.h"

#include <set>

#include "toolkit/base/error.h"
#include "toolkit/base/nearest.h"
#include "toolkit/base/parallel.h"
#include "toolkit/dataset/manifest.h"
#include "toolkit/dataset/scan.h"

namespace stapes::dataset {
namespace {

namespace fs = std::filesystem;

constexpr char kTestingList[] = "testing_list.txt";

bool anything_but_hidden(const Path& folder) {
  if (!fs::exists(folder)) return false;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (!entry.path().filename().string().starts_with('.')) return true;
  }
  return false;
}

// Some archives hold one folder that holds everything.
Path root_of(const Path& unpacked, const Path& archive) {
  if (fs::exists(unpacked / kTestingList)) return unpacked;
  for (const fs::directory_entry& entry : fs::directory_iterator(unpacked)) {
    if (fs::exists(entry.path() / kTestingList)) return entry.path();
  }
  throw Error(
      "cannot use the archive", archive.string(),
      std::string("it holds no ") + kTestingList + ", so it is not laid out like Speech Commands",
      "give the address of the Speech Commands archive with --url");
}

FetchResult write_manifest_of(const Collection& collection, const Path& folder,
                              const Path& manifest) {
  DataSource source;
  source.kind = DataSource::Kind::kSpeechCommands;
  source.path = ".";
  std::vector<ManifestEntry> entries;
  std::set<std::string> speakers;
  for (const FoundClip& clip : scan_source(source, "_unknown_", folder).clips) {
    ManifestEntry entry;
    entry.path = clip.path.lexically_relative(folder).generic_string();
    entry.word = clip.word;
    entry.speaker = clip.speaker;
    entry.split = split_name(clip.split.value_or(Split::kTrain));
    speakers.insert(clip.speaker);
    entries.push_back(std::move(entry));
  }
  FetchResult result;
  result.clips = entries.size();
  result.speakers = speakers.size();
  const Path noise = folder / "_background_noise_";
  if (fs::is_directory(noise)) {
    for (const Path& file : files_below(noise)) {
      ManifestEntry entry;
      entry.path = file.lexically_relative(folder).generic_string();
      if (file.extension() != ".md") entries.push_back(std::move(entry));
    }
  }
  parallel_for(entries.size(), 0, [&](size_t i) {
    entries[i].source = collection.source;
    entries[i].licence = collection.licence;
    entries[i].sha256 = sha256_of_file(folder / entries[i].path);
  });
  write_manifest(manifest, std::move(entries));
  return result;
}

}  // namespace

const std::vector<Collection>& collections() {
  static const std::vector<Collection> known = {
      {"speech_commands", "http://download.tensorflow.org/data/speech_commands_v0.02.tar.gz",
       "4264eb9753e38eef2ec1d15dfac8441f09751ca9", "Google Speech Commands v0.02", "CC BY 4.0",
       "35 words, 105,829 clips of one second, 2.4 GB to download"}};
  return known;
}

const Collection& find_collection(const std::string& name) {
  std::vector<std::string> names;
  for (const Collection& collection : collections()) {
    if (collection.name == name) return collection;
    names.push_back(collection.name);
  }
  throw UsageError("there is no collection \"" + name + "\"; " + suggestion(name, names));
}

FetchResult fetch(const Collection& collection, const Path& output, const DownloadOptions& options,
                  const UnpackLimits& limits) {
  FetchResult result;
  if (fs::exists(output / kManifestName)) {
    std::set<std::string> speakers;
    for (const ManifestEntry& entry : read_manifest(output / kManifestName)) {
      if (entry.source != collection.source) {
        throw Error("cannot fetch", output.string(), "the folder holds other recordings",
                    "choose another one with --output");
      }
      if (entry.speaker.empty()) continue;
      ++result.clips;
      speakers.insert(entry.speaker);
    }
    result.speakers = speakers.size();
    result.was_there = true;
    return result;
  }
  const Path hidden = output / ".download";
  if (anything_but_hidden(output) && !fs::exists(hidden)) {
    throw Error("cannot fetch", output.string(), "the folder is not empty",
                "choose another one with --output");
  }
  const Path archive = hidden / Path(collection.url.substr(0, collection.url.find('?'))).filename();
  const Path unpacked = hidden / "unpacked";
  download(collection.url, archive, parse_checksum(collection.checksum), options);
  fs::remove_all(unpacked);  // of an interrupted run
  try {
    unpack(archive, unpacked, limits);
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(unpacked, ignored);
    throw;
  }
  const Path root = root_of(unpacked, archive);
  const Path manifest = root / kManifestName;
  result = write_manifest_of(collection, root, manifest);
  // The manifest goes last: where it is, everything is.
  for (const fs::directory_entry& entry : fs::directory_iterator(root)) {
    if (entry.path() == manifest) continue;
    const Path place = output / entry.path().filename();
    fs::remove_all(place);  // of a run that was interrupted here
    fs::rename(entry.path(), place);
  }
  fs::rename(manifest, output / kManifestName);
  fs::remove_all(hidden);
  return result;
}

}  // namespace stapes::dataset
