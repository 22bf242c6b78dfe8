#include "firmware/apps/common/app.h"

#include "firmware/boards/common/console.h"

namespace stapes::firmware {

CommandLine read_command_line() {
  static char text[1024];
  CommandLine line;
  const size_t length = command_line(text, sizeof(text) - 1);
  for (size_t i = 0; i < length && line.count < kMaximumWords; ++i) {
    if (text[i] == ' ') {
      text[i] = '\0';
    } else if (i == 0 || text[i - 1] == '\0') {
      line.words[line.count++] = text + i;
    }
  }
  return line;
}

void report(const char* what, int64_t value) {
  print(what);
  print(" ");
  print_number(value);
  print("\n");
}

int fail(const char* what, const char* why) {
  print("error: ");
  print(what);
  print(": ");
  print(why);
  print("\n");
  return 2;
}

int fail(const char* what, const Status& status) {
  if (status.operator_index >= 0) report("failed_operator", status.operator_index);
  if (status.tensor_index >= 0) report("failed_tensor", status.tensor_index);
  return fail(what, status.message);
}

}  // namespace stapes::firmware
