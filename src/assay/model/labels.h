// Which of a label's values counts as positive.
#pragma once

#include <string>
#include <vector>

#include "assay/base/error.h"

namespace assay::model {

// Numbers as numbers when all are, else bytewise.
void sort_values(std::vector<std::string>& values);

// The positive value of a label with the values given: `asked` when it is one of them (invalid-argument lists them
// otherwise); when nothing is asked, the later of two in sort order (assay.yaml; scikit-learn's classes_[1]), and
// invalid-argument when there are more than two.
Result<std::string> positive_of(const std::string& label, std::vector<std::string> values, const std::string& asked);

}  // namespace assay::model
