// Evaluates a condition over a document. Shared by verdict.cc and reason.cc.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "assay/gate/interval.h"
#include "assay/gate/verdict.h"
#include "assay/operation/expression.h"

namespace assay::gate {

// The figures of a document by name.
class Index {
 public:
  struct Entry {
    const operation::Figure* figure;
    const Exhibit* exhibit;
    std::size_t order;  // of the exhibit
  };
  explicit Index(const Document& document);
  // Under the written name, else under its full name.
  const std::vector<Entry>& named(const std::string& name) const;
  // Of those, the ones of a slice (no group).
  const std::vector<Entry>& of_slice(const std::string& name, const operation::Slice& slice) const;
  std::vector<std::string> names() const;

 private:
  std::map<std::string, std::vector<Entry>, std::less<>> by_name_, by_slice_;
};

// What a condition sees: a document and, under `for`, one slice.
struct Scope {
  const Document& document;
  const Index& index;
  std::string_view variable{};            // g
  const SliceRows* slice = nullptr;       // what g stands for
  bool family = false;                    // simultaneous intervals instead of ordinary ones
  std::size_t slices = 1;                 // covered by the rule
  std::set<std::string>* read = nullptr;  // collects digests of the exhibits used
};

Result<Value> evaluate(const operation::Expression& e, const Scope& scope);
Result<Truth> truth_of(const operation::Expression& e, const Scope& scope);

// Why the condition is true, false or unknown, in plain English.
Result<std::string> reason_of(const operation::Expression& e, const Scope& scope);

// Whether the approval is there and counts now. Errors: a time that is none.
Result<bool> counts(const Approval& approval, const Document& document);

}  // namespace assay::gate
