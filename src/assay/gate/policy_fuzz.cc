// Any bytes as a policy: no crash; a policy that is read can be judged on no evidence and put into text.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "assay/gate/verdict.h"
#include "assay/gate/wording.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay::gate;
  const auto policy = parse_policy({reinterpret_cast<const char*>(data), size}, "fuzz.yaml");
  if (!policy) return 0;
  static_cast<void>(advice(*policy));
  for (const auto& rule : policy->rules)
    if (const auto condition = condition_of(rule))
      static_cast<void>(in_words(*condition));
    else
      std::abort();  // it was checked
  Document document;
  document.now_us = 0, document.slices = {{{{"g", "a"}}, 10}, {{{"g", std::nullopt}}, 300}};
  document.evidence.emplace_back();
  assay::operation::Figure figure;
  figure.name = "auc", figure.value = 0.8, figure.low = 0.7, figure.high = 0.9;
  document.evidence[0].evidence.figures.push_back(figure);
  if (const auto verdict = judge(*policy, document)) static_cast<void>(render_verdict(to_json(*verdict)));
  return 0;
}
