#pragma once
#include <string>

#include "toolkit/base/files.h"
#include "toolkit/dataset/download/checksum.h"

namespace stapes::dataset {

struct DownloadOptions {
  int attempts = 5;           // after a cut connection the transfer goes on where it ended
  double wait_seconds = 1.0;  // before the second attempt, doubled for each further one
};

// Fetches `url` (http or https, redirections followed) to `file`. While it is coming it is
// FILE.part, which a later call continues (HTTP ranges; from the beginning where the server has
// none). The file gets its name only after its checksum was right; a wrong one is deleted. A file
// that is there already with the right checksum is left as it is.
//
// Throws Error when the server refuses, the connection stays broken, the disk is full or the
// checksum is wrong, and Interrupted after Ctrl-C.
void download(const std::string& url, const Path& file, const Checksum& checksum,
              const DownloadOptions& options = {});

}  // namespace stapes::dataset
