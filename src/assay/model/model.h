// The one face of every model, whoever made it: a signature, and scores for rows of a table.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/base/task.h"
#include "assay/data/table.h"
#include "assay/model/signature.h"

namespace assay::model {

// Numbers of n rows, row-major. A binary model has one output, whose probability is that of signature().positive.
struct Scores {
  std::size_t outputs = 1;          // K: numbers per row in margin and probability
  std::vector<double> margin;       // n x K: before the link function
  std::vector<double> probability;  // n x K; empty when the model gives none (regression, ranking, hinge)
  std::vector<double> value;        // n x value_width: what the maker's own predict gives
  std::size_t value_width = 1;
  std::map<std::string, std::int64_t> unseen;  // column -> rows whose category the model does not know; no zeros
  std::map<std::string, std::int64_t> filled;  // column -> missing cells of a column that had none in training
  std::vector<std::string> notes;              // one sentence each: what was ignored or assumed
};

// For people and evidence: what a model is, besides its signature.
struct Summary {
  std::string format;     // xgboost-json, xgboost-ubj, amodel
  std::string model;      // tree_ensemble | linear
  std::string objective;  // binary:logistic, ...
  std::string version;    // of the program that wrote it
  std::int64_t trees = 0;
  std::int64_t nodes = 0;
  std::int64_t features = 0;
  std::int64_t outputs = 1;
};

class Model {
 public:
  virtual ~Model() = default;
  virtual const Signature& signature() const = 0;
  virtual const Summary& summary() const = 0;
  // Scores of the rows named, in their order (a row may stand twice; row numbers start at 0). Columns are matched by
  // name, for a model that knows no names by position; more columns than the model reads are noted. The same bits for
  // any number of threads. Errors: not-found (a column is missing, with the nearest name), invalid-argument (text in a
  // numeric column, a refused category: where = row and column), cancelled.
  virtual Result<Scores> predict(const data::Table& table, std::span<const std::uint32_t> rows, Task& task) const = 0;
};

inline constexpr std::uint64_t kMaxModelFile = 1ull << 30;  // larger files are refused before they are read

// Reads a model file, known by its content: XGBoost JSON or UBJSON, Assay's .amodel. Errors: not-found, exhausted (over
// kMaxModelFile), corrupt (damaged: where names tree and node), unsupported (another format, or a newer version).
Result<std::unique_ptr<Model>> open(const std::string& path);
Result<std::unique_ptr<Model>> open_bytes(std::string_view bytes, const std::string& where);

std::vector<std::uint32_t> all_rows(std::size_t count);  // 0, 1, ..., count - 1
void note_extra_columns(const data::Table& table, std::size_t read, Scores& scores);

}  // namespace assay::model

namespace assay::operation {

template <>
inline constexpr auto fields<model::Summary> =
    std::tuple{field("format", &model::Summary::format, "format of the file"),
               field("model", &model::Summary::model, "tree_ensemble or linear"),
               field("objective", &model::Summary::objective, "what it was trained for, in its maker's words"),
               field("version", &model::Summary::version, "program that wrote it"),
               field("trees", &model::Summary::trees, "number of trees"),
               field("nodes", &model::Summary::nodes, "number of nodes of all trees"),
               field("features", &model::Summary::features, "columns that it reads"),
               field("outputs", &model::Summary::outputs, "numbers per row")};

}  // namespace assay::operation
