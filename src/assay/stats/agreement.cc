#include "assay/stats/agreement.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <numeric>

namespace assay::stats {
namespace {

using metrics::kNan;

double number_in(const std::string& text) {
  double out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() ? out : kNan;
}

double total(const std::vector<double>& x) { return std::accumulate(x.begin(), x.end(), 0.0); }

double distance(Scale scale, const Patterns& p, const std::vector<double>& totals, std::size_t c, std::size_t k) {
  const double a = p.values[c], b = p.values[k];
  switch (scale) {
    case Scale::kNominal:
      return c != k;
    case Scale::kOrdinal: {
      double between = -(totals[c] + totals[k]) / 2;
      for (std::size_t g = std::min(c, k); g <= std::max(c, k); ++g) between += totals[g];
      return c == k ? 0 : between * between;
    }
    case Scale::kInterval:
      return (a - b) * (a - b);
    case Scale::kRatio:
      return c == k ? 0 : (a - b) * (a - b) / ((a + b) * (a + b));
  }
  return 0;
}

// Share of agreeing pairs of ratings of an item.
double pair_share(const std::vector<double>& counts, double m) {
  double same = 0;
  for (const double n : counts) same += n * (n - 1);
  return same / (m * (m - 1));
}

std::size_t argmax(const double* from, std::size_t n) {
  return static_cast<std::size_t>(std::max_element(from, from + n) - from);
}

constexpr double kLeast = 1e-6;

// Agreement of each rater with the others on shared items, or with `label` when it is given.
std::vector<double> rater_agreement(const Ratings& r, const std::vector<double>& given,
                                    const std::vector<std::int32_t>* label) {
  std::vector<double> out(r.raters.size(), kNan);
  double sum = 0, known = 0;
  for (std::size_t a = 0; a < r.raters.size(); ++a) {
    double same = 0, all = 0;
    for (std::size_t i = 0; i < r.items.size(); ++i) {
      if (r.at(a, i) < 0 || given[i] < 2) continue;
      if (label) {
        ++all, same += (*label)[i] == r.at(a, i);
        continue;
      }
      all += given[i] - 1;
      for (std::size_t b = 0; b < r.raters.size(); ++b) same += b != a && r.at(b, i) == r.at(a, i);
    }
    if (all > 0) out[a] = same / all, sum += out[a], ++known;
  }
  if (!label)
    for (double& each : out)
      if (std::isnan(each) && known > 0) each = sum / known;
  return out;
}

struct CrowdWeights {
  std::vector<double> rater, posterior;
  double model = 0;
};

CrowdWeights crowd_weights(const Ratings& r, const std::vector<double>& probabilities, const std::vector<double>& given,
                           const std::vector<std::int32_t>& label) {
  const std::size_t k = r.categories.size();
  double agree = 0, shared = 0, model_wrong = 0;
  std::vector<double> seen(k, 0);
  for (std::size_t i = 0; i < r.items.size(); ++i) {
    if (given[i] < 2) continue;
    double same = 0;
    for (std::size_t a = 0; a < r.raters.size(); ++a) same += r.at(a, i) >= 0 && r.at(a, i) == label[i];
    agree += same / given[i], ++shared, ++seen[static_cast<std::size_t>(label[i])];
    model_wrong += argmax(&probabilities[i * k], k) != static_cast<std::size_t>(label[i]);
  }
  const double likely = shared > 0 ? agree / shared : 1, other = (1 - likely) / (static_cast<double>(k) - 1);
  const double guess_error =
      std::max(kLeast, shared > 0 ? 1 - *std::max_element(seen.begin(), seen.end()) / shared : 0);
  CrowdWeights out;
  for (const double each : rater_agreement(r, given, nullptr))
    out.rater.push_back(std::max(kLeast, 1 - (1 - each) / guess_error));
  const double model_error = shared > 0 ? model_wrong / shared : 0;
  out.model =
      std::max(kLeast, 1 - model_error / guess_error) * std::sqrt(total(given) / static_cast<double>(r.items.size()));
  out.posterior.assign(r.items.size() * k, 0);
  for (std::size_t i = 0; i < r.items.size(); ++i) {
    double weight = out.model;
    for (std::size_t a = 0; a < r.raters.size(); ++a) weight += r.at(a, i) >= 0 ? out.rater[a] : 0;
    for (std::size_t c = 0; c < k; ++c) {
      double sum = probabilities[i * k + c] * out.model;
      for (std::size_t a = 0; a < r.raters.size(); ++a)
        if (r.at(a, i) >= 0) sum += out.rater[a] * (r.at(a, i) == static_cast<std::int32_t>(c) ? likely : other);
      out.posterior[i * k + c] = sum / weight;
    }
  }
  return out;
}

}  // namespace

Patterns patterns_of(const Ratings& ratings) {
  Patterns out;
  for (const auto& name : ratings.categories) out.values.push_back(number_in(name));
  std::map<std::vector<double>, double> seen;
  for (std::size_t i = 0; i < ratings.items.size(); ++i) {
    std::vector<double> counts(ratings.categories.size(), 0);
    for (std::size_t r = 0; r < ratings.raters.size(); ++r)
      if (ratings.at(r, i) >= 0) ++counts[static_cast<std::size_t>(ratings.at(r, i))];
    ++seen[std::move(counts)];
  }
  for (auto& [counts, items] : seen) out.counts.push_back(counts), out.items.push_back(items);
  return out;
}

double krippendorff_alpha(const Patterns& p, const std::vector<double>& items, Scale scale) {
  const std::size_t k = p.values.size();
  if (scale == Scale::kInterval || scale == Scale::kRatio)
    if (std::any_of(p.values.begin(), p.values.end(), [](double v) { return std::isnan(v); })) return kNan;
  std::vector<double> together(k * k, 0), totals(k, 0);
  for (std::size_t i = 0; i < p.counts.size(); ++i) {
    const double m = total(p.counts[i]);
    if (m < 2 || items[i] == 0) continue;
    for (std::size_t c = 0; c < k; ++c) {
      if (p.counts[i][c] == 0) continue;
      for (std::size_t d = 0; d < k; ++d)
        together[c * k + d] += items[i] * p.counts[i][c] * (p.counts[i][d] - (c == d)) / (m - 1);
    }
  }
  for (std::size_t c = 0; c < k; ++c)
    for (std::size_t d = 0; d < k; ++d) totals[c] += together[c * k + d];
  double observed = 0, expected = 0;
  for (std::size_t c = 0; c < k; ++c)
    for (std::size_t d = 0; d < k; ++d) {
      const double apart = distance(scale, p, totals, c, d);
      observed += together[c * k + d] * apart, expected += totals[c] * totals[d] * apart;
    }
  return expected > 0 ? 1 - (total(totals) - 1) * observed / expected : kNan;
}

Coefficients coefficients(const Patterns& p, const std::vector<double>& items, std::size_t raters,
                          std::size_t categories) {
  const std::size_t k = p.values.size();
  const double q = static_cast<double>(categories > 0 ? categories : k);
  double agree = 0, shared = 0, rated = 0, whole = 0, whole_agree = 0;
  std::vector<double> share(k, 0), whole_share(k, 0);
  for (std::size_t i = 0; i < p.counts.size(); ++i) {
    const double m = total(p.counts[i]), w = items[i];
    if (m < 1 || w == 0) continue;
    rated += w;
    for (std::size_t c = 0; c < k; ++c) share[c] += w * p.counts[i][c] / m;
    if (m < 2) continue;
    const double same = pair_share(p.counts[i], m);
    shared += w, agree += w * same;
    if (m != static_cast<double>(raters)) continue;
    whole += w, whole_agree += w * same;
    for (std::size_t c = 0; c < k; ++c) whole_share[c] += w * p.counts[i][c] / m;
  }
  Coefficients out;
  if (shared == 0) return out;
  out.percent_agreement = agree / shared;
  const auto above_chance = [](double seen, double chance) {
    return chance < 1 ? (seen - chance) / (1 - chance) : kNan;
  };
  if (q < 2) return out;
  double spread = 0, alike = 0;
  for (std::size_t c = 0; c < k; ++c) {
    spread += share[c] / rated * (1 - share[c] / rated);
    if (whole > 0) alike += whole_share[c] / whole * (whole_share[c] / whole);
  }
  out.brennan_prediger = above_chance(out.percent_agreement, 1 / q);
  out.gwet_ac1 = above_chance(out.percent_agreement, spread / (q - 1));
  if (whole == 0) return out;
  out.fleiss_kappa = above_chance(whole_agree / whole, alike);
  out.randolph_kappa = above_chance(whole_agree / whole, 1 / q);
  return out;
}

double cohen_kappa(const std::vector<double>& table, std::size_t categories, Weights weights) {
  const std::size_t k = categories;
  std::vector<double> rows(k, 0), columns(k, 0);
  const double n = total(table);
  for (std::size_t a = 0; a < k; ++a)
    for (std::size_t b = 0; b < k; ++b) rows[a] += table[a * k + b], columns[b] += table[a * k + b];
  double observed = 0, expected = 0;
  for (std::size_t a = 0; a < k; ++a)
    for (std::size_t b = 0; b < k; ++b) {
      const double step = std::abs(static_cast<double>(a) - static_cast<double>(b));
      const double apart = weights == Weights::kNone ? a != b : weights == Weights::kLinear ? step : step * step;
      observed += apart * table[a * k + b], expected += apart * rows[a] * columns[b] / n;
    }
  return n > 0 && expected > 0 ? 1 - observed / expected : kNan;
}

Majority majority(const Ratings& ratings) {
  const std::size_t k = ratings.categories.size();
  std::vector<double> all(k, 0);
  for (const auto code : ratings.code)
    if (code >= 0) ++all[static_cast<std::size_t>(code)];
  Majority out;
  for (std::size_t i = 0; i < ratings.items.size(); ++i) {
    std::vector<double> votes(k, 0);
    for (std::size_t r = 0; r < ratings.raters.size(); ++r)
      if (ratings.at(r, i) >= 0) ++votes[static_cast<std::size_t>(ratings.at(r, i))];
    const double most = k > 0 ? *std::max_element(votes.begin(), votes.end()) : 0;
    std::int32_t best = -1;
    for (std::size_t c = 0; c < k && most > 0; ++c)
      if (votes[c] == most && (best < 0 || all[c] < all[static_cast<std::size_t>(best)]))
        best = static_cast<std::int32_t>(c);
    out.label.push_back(best);
    out.tied.push_back(std::count(votes.begin(), votes.end(), most) > 1 && most > 0);
  }
  return out;
}

DawidSkene dawid_skene(const Ratings& ratings, int rounds) {
  const std::size_t k = ratings.categories.size(), n = ratings.items.size(), raters = ratings.raters.size();
  DawidSkene out;
  out.posterior.assign(n * k, 0);
  for (std::size_t i = 0; i < n; ++i) {
    double votes = 0;
    for (std::size_t r = 0; r < raters; ++r)
      if (ratings.at(r, i) >= 0) ++out.posterior[i * k + static_cast<std::size_t>(ratings.at(r, i))], ++votes;
    for (std::size_t c = 0; c < k; ++c)
      out.posterior[i * k + c] = votes > 0 ? out.posterior[i * k + c] / votes : 1 / static_cast<double>(k);
  }
  constexpr double kTiny = 1e-300;
  double before = -std::numeric_limits<double>::infinity();
  for (out.rounds = 1; out.rounds <= rounds; ++out.rounds) {
    out.prior.assign(k, 0), out.confusion.assign(raters * k * k, 0);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t c = 0; c < k; ++c) {
        out.prior[c] += out.posterior[i * k + c] / static_cast<double>(n);
        for (std::size_t r = 0; r < raters; ++r)
          if (ratings.at(r, i) >= 0)
            out.confusion[(r * k + c) * k + static_cast<std::size_t>(ratings.at(r, i))] += out.posterior[i * k + c];
      }
    for (std::size_t row = 0; row < raters * k; ++row) {
      const auto from = out.confusion.begin() + static_cast<std::ptrdiff_t>(row * k);
      const double sum = std::max(kTiny, std::accumulate(from, from + static_cast<std::ptrdiff_t>(k), 0.0));
      for (std::size_t g = 0; g < k; ++g) out.confusion[row * k + g] /= sum;
    }
    out.log_likelihood = 0;
    for (std::size_t i = 0; i < n; ++i) {
      std::vector<double> logs(k);
      for (std::size_t c = 0; c < k; ++c) {
        logs[c] = std::log(std::max(out.prior[c], kTiny));
        for (std::size_t r = 0; r < raters; ++r)
          if (ratings.at(r, i) >= 0)
            logs[c] +=
                std::log(std::max(out.confusion[(r * k + c) * k + static_cast<std::size_t>(ratings.at(r, i))], kTiny));
      }
      const double most = *std::max_element(logs.begin(), logs.end());
      double sum = 0;
      for (const double each : logs) sum += std::exp(each - most);
      out.log_likelihood += most + std::log(sum);
      for (std::size_t c = 0; c < k; ++c) out.posterior[i * k + c] = std::exp(logs[c] - most) / sum;
    }
    if (std::abs(out.log_likelihood - before) < 1e-9) break;
    before = out.log_likelihood;
  }
  out.rounds = std::min(out.rounds, rounds);
  return out;
}

Crowdlab crowdlab(const Ratings& ratings, const std::vector<double>& probabilities) {
  const std::size_t k = ratings.categories.size(), n = ratings.items.size();
  std::vector<double> given(n, 0), all(k, 0);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t r = 0; r < ratings.raters.size(); ++r)
      if (ratings.at(r, i) >= 0) ++given[i], ++all[static_cast<std::size_t>(ratings.at(r, i))];
  auto start = majority(ratings).label;
  for (std::size_t i = 0; i < n; ++i) {  // here the model breaks the ties first
    std::vector<double> votes(k, 0);
    for (std::size_t r = 0; r < ratings.raters.size(); ++r)
      if (ratings.at(r, i) >= 0) ++votes[static_cast<std::size_t>(ratings.at(r, i))];
    const double most = *std::max_element(votes.begin(), votes.end());
    std::size_t best = k;
    const double* p = &probabilities[i * k];
    for (std::size_t c = 0; c < k; ++c)
      if (votes[c] == most && (best == k || p[c] > p[best] || (p[c] == p[best] && all[c] < all[best]))) best = c;
    start[i] = static_cast<std::int32_t>(best);
  }
  const auto first = crowd_weights(ratings, probabilities, given, start);
  Crowdlab out;
  for (std::size_t i = 0; i < n; ++i) {
    const double* row = &first.posterior[i * k];
    const std::size_t best = argmax(row, k);
    out.label.push_back(std::count(row, row + k, row[best]) == 1 ? static_cast<std::int32_t>(best) : start[i]);
  }
  const auto second = crowd_weights(ratings, probabilities, given, out.label);
  for (std::size_t i = 0; i < n; ++i)
    out.quality.push_back(second.posterior[i * k + static_cast<std::size_t>(out.label[i])]);
  const auto agreed = rater_agreement(ratings, given, &out.label);
  const double share = total(given) / static_cast<double>(n) / static_cast<double>(ratings.raters.size());
  const double weight = second.model / (second.model + total(second.rater) * share);
  for (std::size_t r = 0; r < ratings.raters.size(); ++r) {
    double sum = 0, count = 0;
    for (std::size_t i = 0; i < n; ++i)
      if (ratings.at(r, i) >= 0) sum += second.posterior[i * k + static_cast<std::size_t>(ratings.at(r, i))], ++count;
    out.rater_quality.push_back(count > 0 ? weight * sum / count + (1 - weight) * agreed[r] : kNan);
  }
  return out;
}

}  // namespace assay::stats
