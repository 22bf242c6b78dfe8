#include "toolkit/dataset/synthesis/festival_voices.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sstream>

#include "toolkit/audio/read.h"
#include "toolkit/base/error.h"
#include "toolkit/base/process.h"

namespace stapes::dataset {
namespace {

constexpr char kProgram[] = "festival";
constexpr double kSecondsPerRun = 600;
constexpr size_t kClipsPerRun = 100;
constexpr char kHelp[] =
    "install the packages festival, festvox-kallpc16k, festvox-kdlpc16k and "
    "festvox-us-slt-hts";

std::string output_of(const std::vector<std::string>& words) {
  if (find_program(kProgram).empty()) return "";
  return run_process(words, {}, kSecondsPerRun).output;
}

// Removed with everything in it.
class WorkingFolder {
 public:
  WorkingFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "festival_XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
      throw Error("cannot make a folder", name, std::strerror(errno));
    }
    path_ = name;
  }
  WorkingFolder(const WorkingFolder&) = delete;
  WorkingFolder& operator=(const WorkingFolder&) = delete;
  ~WorkingFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const Path& path() const { return path_; }

 private:
  Path path_;
};

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') result += '\\';
    result += letter;
  }
  return result + "\"";
}

std::string file_name(size_t index) { return fmt::format("{}.wav", index); }

// The diphone voices take rate and pitch from Festival's own models of duration and melody; the
// statistical voice brings its own, of which only the rate can be changed.
std::string script(const std::string& voice, std::span<const Utterance> utterances) {
  const bool statistical = voice.ends_with("_hts");
  std::string text = fmt::format("(voice_{})\n", voice);
  if (statistical) text += "(set! usual_params hts_engine_params)\n";
  for (size_t i = 0; i < utterances.size(); ++i) {
    const Utterance& utterance = utterances[i];
    if (statistical) {
      text += fmt::format("(set! hts_engine_params (append usual_params '((\"-r\" {:.4f}))))\n",
                          utterance.rate);
    } else {
      constexpr double kUsualHertz = 105.0;  // of both voices
      const double mean = kUsualHertz * (0.8 + 0.4 * utterance.height);
      const double deviation = (5.0 + 25.0 * utterance.melody) * (utterance.emphasis ? 1.5 : 1.0);
      text += fmt::format("(Parameter.set 'Duration_Stretch {:.4f})\n", 1.0 / utterance.rate);
      text += fmt::format(
          "(set! int_lr_params '((target_f0_mean {:.2f}) (target_f0_std {:.2f}) (model_f0_mean "
          "170) "
          "(model_f0_std 34)))\n",
          mean, deviation);
    }
    text += fmt::format("(utt.save.wave (utt.synth (Utterance Text {})) {} 'riff)\n",
                        quoted(utterance.text), quoted(file_name(i)));
  }
  return text;
}

}  // namespace

bool festival_has(const std::string& voice) {
  static const std::string names = output_of({kProgram, "--batch", "(print (voice.list))"});
  std::istringstream words(names);
  for (std::string word; words >> word;) {
    std::erase_if(word, [](char letter) { return letter == '(' || letter == ')'; });
    if (word == voice) return true;
  }
  return false;
}

void festival_speak(const std::string& voice, std::span<const Utterance> utterances,
                    const std::function<void(size_t, audio::Clip)>& on_clip) {
  for (size_t first = 0; first < utterances.size(); first += kClipsPerRun) {
    const WorkingFolder folder;
    const auto some = utterances.subspan(first, std::min(kClipsPerRun, utterances.size() - first));
    write_text_file(folder.path() / "say.scm", script(voice, some));
    const ProcessResult result =
        run_process({kProgram, "--batch", "say.scm"}, folder.path(), kSecondsPerRun);
    for (size_t i = 0; i < some.size(); ++i) {
      const Path file = folder.path() / file_name(i);
      if (!std::filesystem::exists(file)) {
        throw Error("cannot speak \"" + some[i].text + "\"", "festival, voice " + voice,
                    result.output.empty() ? "it gave no sound" : result.output, kHelp);
      }
      on_clip(first + i,
              audio::read_audio(file, {audio::read_audio_info(file).sample_rate_hz}).clip);
    }
  }
}

std::string festival_version() {
  // "festival: Festival Speech Synthesis System: 2.5.0:release December 2017"
  static const std::string text = output_of({kProgram, "--version"});
  const size_t digits = text.find_first_of("0123456789");
  if (digits == std::string::npos) return "";
  return text.substr(digits, text.find_first_not_of("0123456789.", digits) - digits);
}

}  // namespace stapes::dataset
