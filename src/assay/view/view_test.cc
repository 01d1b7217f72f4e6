#include "assay/view/view.h"

#include <gtest/gtest.h>

TEST(Views, EveryOneHasAPatternASummaryAndASchema) {
  for (const auto& view : assay::view::views()) {
    EXPECT_FALSE(view.pattern.empty());
    EXPECT_FALSE(view.summary.empty()) << view.pattern;
    EXPECT_EQ(view.response_schema["type"], "object") << view.pattern;
  }
}
