#include "assay/learn/logistic.h"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <utility>

#include "assay/base/parallel.h"

namespace assay::learn {
namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

constexpr std::size_t kChunk = 1 << 16, kBlock = 4096, kWave = 16, kMaxColumns = 4000;

// Sums over rows of the loss and its first two derivatives; the intercept is the last component. Only the part of the
// matrix with column >= row is kept.
struct Sums {
  double loss = 0;
  Vector gradient;
  Matrix hessian;
  void merge(const Sums& other) {
    loss += other.loss;
    gradient += other.gradient;
    if (hessian.size() > 0) hessian += other.hessian;
  }
};

struct Problem {
  const model::Design& design;
  std::size_t columns;
  std::span<const std::uint8_t> positive;
  std::span<const double> weights;
  double c;
  double weight(std::size_t r) const { return weights.empty() ? 1.0 : weights[r]; }
};

// log(1 + exp(z)) without overflow.
double softplus(double z) { return z > 0 ? z + std::log1p(std::exp(-z)) : std::log1p(std::exp(z)); }

class Pass {
 public:
  Pass(const Problem& p, const Vector& theta, bool curvature) : p_(p), theta_(theta), curvature_(curvature) {}

  Result<Sums> run(Task& task) const {
    const std::size_t chunks = (p_.design.rows + kChunk - 1) / kChunk;
    Sums total = empty();
    for (std::size_t first = 0; first < chunks; first += kWave) {  // waves bound the memory of the parts
      std::vector<Sums> part(std::min(kWave, chunks - first));
      parallel_parts(part.size(), [&](std::size_t i) {
        const std::size_t begin = (first + i) * kChunk;
        if (!task.stopped()) part[i] = range(begin, std::min(p_.design.rows, begin + kChunk));
      });
      ASSAY_CHECK(task.check());
      for (std::size_t width = 1; width < part.size(); width *= 2)
        for (std::size_t i = 0; i + width < part.size(); i += 2 * width) part[i].merge(part[i + width]);
      total.merge(part[0]);
    }
    return total;
  }

 private:
  Sums empty() const {
    const auto size = static_cast<Eigen::Index>(p_.columns + 1);
    Sums made{0, Vector::Zero(size), {}};
    if (curvature_) made.hessian = Matrix::Zero(size, size);
    return made;
  }

  // Blocks pairwise.
  Sums range(std::size_t begin, std::size_t end) const {
    if (end - begin <= kBlock) {
      Sums made = empty();
      for (std::size_t r = begin; r < end; ++r) add(r, made);
      return made;
    }
    std::size_t half = kBlock;
    while (half * 2 < end - begin) half *= 2;
    Sums left = range(begin, begin + half);
    left.merge(range(begin + half, end));
    return left;
  }

  void add(std::size_t r, Sums& to) const {
    const model::Design& d = p_.design;
    const std::size_t dense = d.dense_columns.size(), slots = d.slot_inputs.size();
    const double* const x = d.dense.data() + r * dense;
    const std::int32_t* const at = d.slots.data() + r * slots;
    const auto last = static_cast<Eigen::Index>(p_.columns);
    double z = theta_[last];
    for (std::size_t j = 0; j < dense; ++j) z += x[j] * theta_[column(j)];
    for (std::size_t s = 0; s < slots; ++s)
      if (at[s] >= 0) z += theta_[at[s]];
    const double weight = p_.weight(r), e = std::exp(-std::abs(z));
    const double prob = z >= 0 ? 1 / (1 + e) : e / (1 + e);
    to.loss += weight * softplus(p_.positive[r] ? -z : z);
    const double g = weight * (p_.positive[r] ? (z >= 0 ? -e / (1 + e) : -1 / (1 + e)) : prob);
    to.gradient[last] += g;
    for (std::size_t j = 0; j < dense; ++j) to.gradient[column(j)] += g * x[j];
    for (std::size_t s = 0; s < slots; ++s)
      if (at[s] >= 0) to.gradient[at[s]] += g;
    if (curvature_) add_curvature(weight * (e / ((1 + e) * (1 + e))), x, at, to.hessian);
  }

  void add_curvature(double h, const double* x, const std::int32_t* at, Matrix& to) const {
    const std::size_t dense = p_.design.dense_columns.size(), slots = p_.design.slot_inputs.size();
    const auto last = static_cast<Eigen::Index>(p_.columns);
    const auto put = [&](Eigen::Index a, Eigen::Index b, double v) { to(std::max(a, b), std::min(a, b)) += v; };
    for (std::size_t i = 0; i < dense; ++i) {
      const double hx = h * x[i];
      for (std::size_t j = 0; j <= i; ++j) to(column(i), column(j)) += hx * x[j];
      for (std::size_t s = 0; s < slots; ++s)
        if (at[s] >= 0) put(column(i), at[s], hx);
      to(last, column(i)) += hx;
    }
    for (std::size_t s = 0; s < slots; ++s) {
      if (at[s] < 0) continue;
      for (std::size_t t = 0; t <= s; ++t)
        if (at[t] >= 0) to(at[s], at[t]) += h;  // slots stand in the order of columns
      to(last, at[s]) += h;
    }
    to(last, last) += h;
  }

  Eigen::Index column(std::size_t dense) const { return static_cast<Eigen::Index>(p_.design.dense_columns[dense]); }

  const Problem& p_;
  const Vector& theta_;
  bool curvature_;
};

// The whole objective at a point.
struct Point {
  Vector theta;
  double objective = 0, loss = 0, gradient_max = 0;
  Vector gradient;
  Matrix hessian;  // lower triangle
};

Result<Point> evaluate(const Problem& p, Vector theta, bool curvature, Task& task) {
  ASSAY_TRY(auto sums, Pass(p, theta, curvature).run(task));
  const auto w = theta.head(static_cast<Eigen::Index>(p.columns));
  Point made;
  made.loss = sums.loss;
  made.objective = 0.5 * w.squaredNorm() + p.c * sums.loss;
  made.gradient = p.c * sums.gradient;
  made.gradient.head(w.size()) += w;
  made.gradient_max = made.gradient.cwiseAbs().maxCoeff();
  if (curvature) {
    made.hessian = p.c * sums.hessian;
    made.hessian.diagonal().head(w.size()).array() += 1;
  }
  made.theta = std::move(theta);
  return made;
}

// A Newton step from `at`, shortened until the objective falls. False: no step helps any more.
Result<bool> advance(const Problem& p, Point& at, Task& task) {
  Matrix hessian = at.hessian;
  const double floor = 1e-12 * std::max(1.0, hessian.diagonal().maxCoeff());
  Eigen::LLT<Matrix, Eigen::Lower> factor(hessian);
  for (double ridge = floor; factor.info() != Eigen::Success && ridge < 1e30; ridge *= 100) {
    hessian = at.hessian, hessian.diagonal().array() += ridge;  // the intercept's curvature may vanish far out
    factor.compute(hessian);
  }
  const Vector step = factor.solve(at.gradient);
  if (!step.allFinite()) return false;
  const double slope = step.dot(at.gradient);
  const double noise = 1e-13 * std::abs(at.objective);
  for (double length = 1; length > 1e-10; length /= 2) {
    ASSAY_TRY(auto next, evaluate(p, at.theta - length * step, true, task));
    const bool falls = next.objective <= at.objective - 1e-4 * length * slope;
    const bool level = next.objective <= at.objective + noise && next.gradient_max < at.gradient_max;
    if (!std::isfinite(next.objective) || (!falls && !level)) continue;
    at = std::move(next);
    return true;
  }
  return false;
}

// Square roots of the diagonal of c * inverse Hessian.
void standard_errors(const Problem& p, const Point& at, LogisticFit& out) {
  const Eigen::LLT<Matrix, Eigen::Lower> factor(at.hessian);
  const auto size = at.theta.size();
  Matrix inverse = Matrix::Identity(size, size);
  factor.matrixL().solveInPlace(inverse);  // inverse Hessian = this' * this
  for (Eigen::Index j = 0; j < size; ++j) {
    const double error = factor.info() == Eigen::Success ? std::sqrt(p.c) * inverse.col(j).norm() : NAN;
    (j + 1 < size ? out.standard_errors.emplace_back() : out.intercept_error) = error;
  }
}

}  // namespace

Result<LogisticFit> fit_logistic(const model::Design& design, std::size_t columns,
                                 std::span<const std::uint8_t> positive, std::span<const double> weights,
                                 const LogisticOptions& options, Task& task) {
  if (columns > kMaxColumns)
    return fail(Code::kExhausted,
                "the columns become " + std::to_string(columns) + " columns of numbers, more than " +
                    std::to_string(kMaxColumns),
                {}, "leave out the columns with the most levels");
  const Problem p{design, columns, positive, weights, options.c};
  double total = 0, ones = 0;
  for (std::size_t r = 0; r < design.rows; ++r) total += p.weight(r), ones += positive[r] ? p.weight(r) : 0;
  Vector start = Vector::Zero(static_cast<Eigen::Index>(columns + 1));
  start[static_cast<Eigen::Index>(columns)] = std::log((ones + 0.5) / (total - ones + 0.5));
  task.begin(static_cast<std::size_t>(options.max_iterations));
  ASSAY_TRY(auto at, evaluate(p, std::move(start), true, task));
  LogisticFit out;
  const double enough = options.tolerance * std::max(1.0, options.c * total);
  for (int polish = 0; out.iterations < options.max_iterations && polish < 3;) {
    const double before = at.gradient_max;
    ASSAY_TRY(const bool moved, advance(p, at, task));
    if (!moved) break;
    ++out.iterations;
    task.step();
    if (before <= enough) ++polish;
    if (before <= enough && at.gradient_max > 0.5 * before) break;  // down to rounding
  }
  out.converged = at.gradient_max <= enough;
  out.coefficients.assign(at.theta.data(), at.theta.data() + columns);
  out.intercept = at.theta[static_cast<Eigen::Index>(columns)];
  out.objective = at.objective, out.gradient_max = at.gradient_max;
  out.log_loss = at.loss / total;
  standard_errors(p, at, out);
  return out;
}

}  // namespace assay::learn
