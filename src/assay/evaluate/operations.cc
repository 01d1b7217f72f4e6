#include "assay/evaluate/operations.h"

#include "assay/evaluate/evaluate.h"
#include "assay/evaluate/render.h"

namespace assay::evaluate {

std::vector<operation::Operation> operations() {
  std::vector<operation::Operation> out;
  out.push_back(
      operation::operation("evaluate", "run", "Measures predictions overall and by group, with intervals", &run)
          .like("assay evaluate run predictions.csv --label label --score score --group afam")
          .shown_by(&render_evaluation));
  return out;
}

}  // namespace assay::evaluate
