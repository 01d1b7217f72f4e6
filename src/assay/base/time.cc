#include "assay/base/time.h"

#include <chrono>
#include <cstdio>

namespace assay::time {
namespace {
using Days = std::chrono::sys_days;
constexpr std::int64_t kSecond = 1'000'000, kDay = 86'400 * kSecond;
}  // namespace

std::int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string text(std::int64_t us) {
  const std::int64_t day = (us >= 0 ? us : us - kDay + 1) / kDay, second = (us - day * kDay) / kSecond;
  const std::chrono::year_month_day date{Days{std::chrono::days{day}}};
  char out[40];
  std::snprintf(out, sizeof out, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), static_cast<int>(second / 3600),
                static_cast<int>(second / 60 % 60), static_cast<int>(second % 60));
  return out;
}

Result<std::int64_t> parse(std::string_view in) {
  // By hand: scanf reads numbers as the locale says, and accepts blanks and signs.
  std::size_t at = 0;
  bool good = in.size() <= 40;
  const auto digits = [&](std::size_t count) {
    int value = 0;
    for (const std::size_t end = at + count; good && at < end; ++at) {
      good = at < in.size() && in[at] >= '0' && in[at] <= '9';
      if (good) value = value * 10 + (in[at] - '0');
    }
    return value;
  };
  const auto sign = [&](char c) { good = good && at < in.size() && in[at++] == c; };
  const int year = digits(4);
  sign('-');
  const int month = digits(2);
  sign('-');
  const int day = digits(2);
  int hour = 0, minute = 0, second = 0;
  std::int64_t fraction = 0;
  if (good && at < in.size()) {
    sign('T');
    hour = digits(2);
    sign(':');
    minute = digits(2);
    sign(':');
    second = digits(2);
    if (good && at < in.size() && in[at] == '.') {
      const std::size_t first = ++at;
      std::int64_t unit = 100'000;  // microseconds; digits beyond them are read and dropped
      for (; at < in.size() && in[at] >= '0' && in[at] <= '9'; ++at, unit /= 10) fraction += unit * (in[at] - '0');
      good = at > first;
    }
    sign('Z');
  }
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!good || at != in.size() || !date.ok() || hour > 23 || minute > 59 || second > 60)
    return fail(Code::kInvalidArgument, "not a time: \"" + std::string(in.substr(0, 40)) + "\"", {},
                "write it as 2026-06-01T12:00:00Z or 2026-06-01");
  return Days{date}.time_since_epoch().count() * kDay + (hour * 3600ll + minute * 60ll + second) * kSecond + fraction;
}

}  // namespace assay::time
