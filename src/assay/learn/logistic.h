// Exact logistic regression with an L2 penalty.
#pragma once

#include <span>
#include <vector>

#include "assay/base/task.h"
#include "assay/model/linear.h"

namespace assay::learn {

struct LogisticOptions {
  double c = 1.0;            // objective: 0.5 w'w + c * sum s_i log(1 + exp(-y_i z_i)), intercept not penalised
  double tolerance = 1e-10;  // on the gradient's largest component, relative to max(1, c * total weight)
  int max_iterations = 100;
};

struct LogisticFit {
  std::vector<double> coefficients, standard_errors;  // per encoded column
  double intercept = 0, intercept_error = 0;
  double objective = 0, log_loss = 0;  // log_loss: weighted mean
  double gradient_max = 0;             // of the objective, intercept included
  int iterations = 0;
  bool converged = false;
};

// Finds the one minimum by Newton steps (Cholesky, backtracking on the objective), then one polishing step more, so
// that the answer is exact to rounding. `positive`: 1 or 0 per row of the design; `weights`: empty or one per row, >=
// 0. Standard errors are those of the penalised likelihood: sqrt(c * inverse Hessian), weights read as counts of rows.
// The same bits for any number of threads: 65,536-row chunks of 16 blocks, merged in a fixed tree.
// Not converging is no error: `converged` says so. Errors: cancelled, exhausted (more than 4,000 encoded columns).
// O(iterations * (rows * a^2 + p^3)), a = numbers of a row that are not 0, p = encoded columns.
Result<LogisticFit> fit_logistic(const model::Design& design, std::size_t columns,
                                 std::span<const std::uint8_t> positive, std::span<const double> weights,
                                 const LogisticOptions& options, Task& task);

}  // namespace assay::learn
