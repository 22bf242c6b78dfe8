#include "toolkit/dataset/download/download.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>
#include <memory>
#include <thread>

#include "toolkit/base/error.h"
#include "toolkit/base/interrupt.h"
#include "toolkit/base/progress.h"

namespace stapes::dataset {
namespace {

constexpr int64_t kMegabyte = 1000000;

// The file that is growing, and what is known about the transfer.
struct Transfer {
  CURL* curl = nullptr;
  Path part;
  int file = -1;
  int64_t size = 0;       // bytes in the file
  bool answered = false;  // the first byte of this answer has come
  int error = 0;          // errno of a failed write
  int64_t shown = 0;
  std::unique_ptr<Progress> progress;

  Transfer() = default;
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer() {
    if (file >= 0) ::close(file);
  }
};

[[noreturn]] void cannot_write(const Path& path, int code) {
  throw Error("cannot write", path.string(), std::strerror(code),
              code == ENOSPC || code == EDQUOT
                  ? "make room and run the command again: it goes on from there"
                  : "choose another place with --output");
}

void open_part(Transfer& transfer) {
  std::error_code code;
  std::filesystem::create_directories(transfer.part.parent_path(), code);
  transfer.file = ::open(transfer.part.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (transfer.file < 0) cannot_write(transfer.part, errno);
  transfer.size = ::lseek(transfer.file, 0, SEEK_END);
}

// At the first byte of an answer: 206 continues the file, anything else begins it anew.
void begin_answer(Transfer& transfer) {
  transfer.answered = true;
  long status = 0;
  curl_easy_getinfo(transfer.curl, CURLINFO_RESPONSE_CODE, &status);
  if (status != 206 && transfer.size > 0) {
    if (::ftruncate(transfer.file, 0) != 0) transfer.error = errno;
    transfer.size = 0;
  }
  curl_off_t coming = -1;
  curl_easy_getinfo(transfer.curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &coming);
  const int64_t total = coming > 0 ? transfer.size + coming : 0;
  if (total < kMegabyte || transfer.progress) return;
  transfer.progress =
      std::make_unique<Progress>("downloading", static_cast<size_t>(total / kMegabyte), "MB");
}

size_t on_data(char* data, size_t unit, size_t count, void* user) {
  Transfer& transfer = *static_cast<Transfer*>(user);
  if (!transfer.answered) begin_answer(transfer);
  const size_t bytes = unit * count;
  size_t done = 0;
  while (done < bytes && transfer.error == 0) {
    const ssize_t n = ::write(transfer.file, data + done, bytes - done);
    if (n < 0 && errno != EINTR) transfer.error = errno;
    if (n > 0) done += static_cast<size_t>(n);
  }
  transfer.size += static_cast<int64_t>(done);
  const int64_t whole = transfer.size / kMegabyte;
  if (transfer.progress && whole > transfer.shown) {
    transfer.progress->advance(static_cast<size_t>(whole - transfer.shown));
    transfer.shown = whole;
  }
  return transfer.error == 0 ? bytes : 0;
}

int on_progress(void* /*user*/, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return interrupted() ? 1 : 0;
}

// Failures that may pass: worth another attempt from where it ended.
bool may_pass(CURLcode result, long status) {
  switch (result) {
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_COULDNT_CONNECT:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return true;
    case CURLE_HTTP_RETURNED_ERROR:
      return status == 408 || status == 429 || status >= 500;
    default:
      return false;
  }
}

// One request for what is missing. Returns curl's verdict and the server's status.
std::pair<CURLcode, long> request(Transfer& transfer, const std::string& url, std::string& why) {
  std::array<char, CURL_ERROR_SIZE> text{};
  CURL* const curl = transfer.curl;
  transfer.answered = false;
  curl_easy_reset(curl);
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, text.data());
  curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(curl, CURLOPT_MAXREDIRS, 10L);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "stapes");
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 30L);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, 60L);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_data);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
  const std::string range = fmt::format("{}-", transfer.size);
  if (transfer.size > 0) curl_easy_setopt(curl, CURLOPT_RANGE, range.c_str());
  const CURLcode result = curl_easy_perform(curl);
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  why = text[0] != '\0' ? text.data() : curl_easy_strerror(result);
  return {result, status};
}

void wait(double seconds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  while (std::chrono::steady_clock::now() < end) {
    if (interrupted()) throw Interrupted();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

// Until the whole file has come. A file that was already complete is answered with 416.
void transfer_all(Transfer& transfer, const std::string& url, const DownloadOptions& options) {
  for (int attempt = 1;; ++attempt) {
    std::string why;
    const int64_t before = transfer.size;
    const auto [result, status] = request(transfer, url, why);
    if (result == CURLE_OK || status == 416) return;
    if (interrupted()) throw Interrupted();
    if (transfer.error != 0) cannot_write(transfer.part, transfer.error);
    if (transfer.size > before) attempt = 1;  // it goes on, however slowly
    if (!may_pass(result, status) || attempt >= options.attempts) {
      throw Error("cannot download", url, why,
                  transfer.size > 0
                      ? fmt::format("run the command again: {} bytes are kept in {}", transfer.size,
                                    transfer.part.string())
                      : "check the address and the network, or give another address with --url");
    }
    wait(options.wait_seconds * std::pow(2.0, attempt - 1));
  }
}

}  // namespace

void download(const std::string& url, const Path& file, const Checksum& checksum,
              const DownloadOptions& options) {
  const auto right = [&checksum](const Path& path) {
    return checksum_of_file(path, checksum).hexadecimal == checksum.hexadecimal;
  };
  if (std::filesystem::exists(file) && right(file)) return;
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) throw Error("cannot download", url, curl_easy_strerror(started));
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(),
                                                                 &curl_easy_cleanup);
  for (bool again = true; again;) {
    Transfer transfer;
    transfer.curl = curl.get();
    transfer.part = file;
    transfer.part += ".part";
    open_part(transfer);
    const bool resumed = transfer.size > 0;
    transfer_all(transfer, url, options);
    if (right(transfer.part)) {
      std::error_code code;
      std::filesystem::rename(transfer.part, file, code);
      if (code) cannot_write(file, code.value());
      return;
    }
    const std::string found = checksum_of_file(transfer.part, checksum).hexadecimal;
    std::filesystem::remove(transfer.part);
    again = resumed;  // what was kept may have been of another version of the file
    if (!again) {
      throw Error(
          "wrong checksum", url,
          fmt::format("its {} is {} instead of {}", checksum.name(), found, checksum.hexadecimal),
          "the file was deleted; try again, or get it from another address with --url");
    }
  }
}

}  // namespace stapes::dataset
