#pragma once
#include <string>
#include <vector>

#include "toolkit/dataset/download/download.h"
#include "toolkit/dataset/download/unpack.h"

namespace stapes::dataset {

// A collection of recordings that can be fetched, laid out like Speech Commands.
struct Collection {
  std::string name;
  std::string url;
  std::string checksum;
  std::string source;  // for the manifest
  std::string licence;
  std::string about;  // a line for the user
};

const std::vector<Collection>& collections();
// Throws UsageError that names the known ones.
const Collection& find_collection(const std::string& name);

struct FetchResult {
  size_t clips = 0;
  size_t speakers = 0;
  bool was_there = false;
};

// Downloads, verifies and unpacks `collection` into `output` and writes manifest.csv there. The
// archive lies in OUTPUT/.download until everything is done. Throws Error when OUTPUT holds
// something else.
FetchResult fetch(const Collection& collection, const Path& output,
                  const DownloadOptions& options = {}, const UnpackLimits& limits = {});

}  // namespace stapes::dataset
