#include "assay/fairness/operations.h"

#include "assay/fairness/assess.h"
#include "assay/fairness/render.h"

namespace assay::fairness {

std::vector<operation::Operation> operations() {
  std::vector<operation::Operation> out;
  out.push_back(
      operation::operation("fairness", "assess", "Compares a model's decisions between groups of people", &run)
          .like("assay fairness assess predictions.csv --label label --score score --threshold 0.2 --group afam "
                "--favorable no")
          .shown_by(&render_fairness));
  return out;
}

}  // namespace assay::fairness
