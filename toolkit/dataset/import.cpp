#include "toolkit/dataset/import.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "toolkit/audio/read.h"
#include "toolkit/base/error.h"
#include "toolkit/base/interrupt.h"
#include "toolkit/base/parallel.h"
#include "toolkit/base/progress.h"
#include "toolkit/dataset/check.h"
#include "toolkit/dataset/manifest.h"
#include "toolkit/dataset/scan.h"

namespace stapes::dataset {
namespace {

namespace fs = std::filesystem;

struct Job {
  Path from;
  Path to;              // relative to the output folder, without extension
  ManifestEntry entry;  // path and checksum are filled in when it is done
  std::string failure;
  bool converted = false;
};

std::string file_name_of(std::string speaker) {
  for (char& c : speaker) {
    const bool good = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' ||
                      c == '.' || (static_cast<unsigned char>(c) & 0x80U) != 0;
    if (!good) c = '-';
  }
  return speaker;
}

std::string speaker_of(const FoundClip& clip, const Path& word_folder, SpeakerRule rule) {
  switch (rule) {
    case SpeakerRule::kName:
      return clip.speaker;
    case SpeakerRule::kFolder:
      return clip.path.parent_path() == word_folder ? ""
                                                    : clip.path.parent_path().filename().string();
    case SpeakerRule::kClip:
      return clip.word + "-" + clip.path.stem().string();
  }
  return "";
}

// Gives each file a name that no other has.
class Names {
 public:
  Path next(const Path& folder, const std::string& speaker, const std::string& stem) {
    if (!speaker.empty()) {
      const Path base = folder / (file_name_of(speaker) + "_nohash_");
      return base.string() + std::to_string(counts_[base]++);
    }
    Path name = folder / file_name_of(stem);
    const int number = counts_[name]++;
    if (number > 0) name += fmt::format("-{}", number + 1);
    return name;
  }

 private:
  std::map<Path, int> counts_;
};

std::vector<Job> plan_words(const ImportOptions& options, const std::string& source_name,
                            std::vector<SkippedFile>& skipped) {
  DataSource source;
  source.path = ".";
  FoundClips found = scan_source(source, "_unknown_", options.folder);
  skipped = std::move(found.skipped);
  Names names;
  std::vector<Job> jobs;
  for (const FoundClip& clip : found.clips) {
    const Path relative = clip.path.lexically_relative(options.folder);
    Path folder = *relative.begin();
    const std::string speaker = speaker_of(clip, options.folder / folder, options.speakers);
    if (folder != clip.word) folder /= clip.word;  // _unknown_/word
    Job job;
    job.from = clip.path;
    job.to = names.next(folder, speaker, clip.path.stem().string());
    job.entry.word = clip.word;
    job.entry.speaker = speaker;
    if (clip.split) job.entry.split = split_name(*clip.split);
    job.entry.source = source_name;
    job.entry.licence = options.licence;
    jobs.push_back(std::move(job));
  }
  return jobs;
}

std::vector<Job> plan_sounds(const ImportOptions& options, const std::string& source_name) {
  std::vector<Job> jobs;
  for (const fs::directory_entry& entry : fs::directory_iterator(options.folder)) {
    const std::string name = entry.path().filename().string();
    if (!entry.is_directory() || !name.starts_with('_') || name == "_unknown_") continue;
    for (const Path& file : files_below(entry.path())) {
      Job job;
      job.from = file;
      job.to = file.lexically_relative(options.folder).replace_extension();
      job.entry.source = source_name;
      job.entry.licence = options.licence;
      jobs.push_back(std::move(job));
    }
  }
  std::sort(jobs.begin(), jobs.end(), [](const Job& a, const Job& b) { return a.from < b.from; });
  return jobs;
}

bool kept_as_it_is(const Path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension == ".flac" || extension == ".wav";
}

void place(Job& job, const audio::ReadResult& read, const ImportOptions& options) {
  job.converted = !read.conversion.empty() || !kept_as_it_is(job.from);
  Path name = job.to;
  name += job.converted ? ".flac" : job.from.extension().string();
  const Path path = options.output / name;
  if (job.converted) {
    audio::write_audio(path, read.clip);
  } else {
    fs::create_directories(path.parent_path());
    std::error_code code;
    if (!options.copy) fs::create_hard_link(job.from, path, code);
    if (options.copy || code) write_file(path, read_file(job.from));
  }
  job.entry.path = name.generic_string();
  job.entry.sha256 = sha256_of_file(path);
}

// A file that cannot be read is skipped; a disk that cannot be written to ends everything.
void import_file(Job& job, const ImportOptions& options) {
  std::optional<audio::ReadResult> read;
  try {
    read = audio::read_audio(job.from);
  } catch (const Error& error) {
    job.failure = reason_of(error);
  }
  if (read) place(job, *read, options);
}

void require_every_word(const std::vector<Job>& jobs, const ImportOptions& options) {
  std::map<std::string, const Job*> failed;
  std::set<std::string> usable;
  for (const Job& job : jobs) {
    if (job.entry.word.empty()) continue;
    if (job.failure.empty()) {
      usable.insert(job.entry.word);
    } else {
      failed.emplace(job.entry.word, &job);
    }
  }
  for (const auto& [word, job] : failed) {
    if (usable.count(word) > 0) continue;
    throw Error("no usable recording of the word \"" + word + "\"", options.folder.string(),
                fmt::format("e.g. {}: {}", job->from.string(), job->failure),
                "record it again or take its folder away");
  }
}

}  // namespace

ImportResult import_recordings(const ImportOptions& options) {
  if (fs::exists(options.output) && !fs::is_empty(options.output)) {
    throw Error("cannot import", options.output.string(), "the folder is not empty",
                "choose another one with --output");
  }
  Path folder = options.folder.lexically_normal();
  if (!folder.has_filename()) folder = folder.parent_path();
  ImportOptions normal = options;
  normal.folder = folder;
  const std::string source =
      options.source.empty() ? fs::absolute(folder).filename().string() : options.source;

  ImportResult result;
  std::vector<Job> jobs = plan_words(normal, source, result.skipped);
  if (jobs.empty()) {
    throw Error("no recordings", folder.string(), "it holds no folders with files",
                "make a folder for each word, with its recordings in it");
  }
  for (Job& job : plan_sounds(normal, source)) jobs.push_back(std::move(job));
  try {
    Progress progress("importing", jobs.size(), "files");
    parallel_for(jobs.size(), options.threads, [&](size_t i) {
      if (interrupted()) throw Interrupted();
      import_file(jobs[i], normal);
      progress.advance();
    });
    require_every_word(jobs, normal);
  } catch (...) {
    std::error_code ignored;  // the folder was empty
    fs::remove_all(options.output, ignored);
    throw;
  }
  std::set<std::string> words;
  std::set<std::string> speakers;
  std::vector<ManifestEntry> entries;
  for (const Job& job : jobs) {
    if (!job.failure.empty()) {
      result.skipped.push_back({job.from, job.failure});
      continue;
    }
    result.converted += job.converted ? 1 : 0;
    entries.push_back(job.entry);
    if (job.entry.word.empty()) {
      ++result.sounds;
      continue;
    }
    ++result.clips;
    words.insert(job.entry.word);
    if (!job.entry.speaker.empty()) speakers.insert(job.entry.speaker);
  }
  result.words = words.size();
  result.speakers = speakers.size();
  write_manifest(options.output / kManifestName, std::move(entries));
  return result;
}

}  // namespace stapes::dataset
