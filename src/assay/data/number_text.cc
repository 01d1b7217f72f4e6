#include "assay/data/number_text.h"

#include "assay/base/time.h"

namespace assay::data {

std::string time_text(std::int64_t us) {
  constexpr std::int64_t kSecond = 1'000'000;
  std::int64_t fraction = us % kSecond;
  if (fraction < 0) fraction += kSecond;
  std::string out = time::text(us - fraction);
  if (fraction != 0) {
    std::string digits = std::to_string(kSecond + fraction).substr(1);
    digits.erase(digits.find_last_not_of('0') + 1);
    out.insert(out.size() - 1, "." + digits);
  }
  return out;
}

}  // namespace assay::data
