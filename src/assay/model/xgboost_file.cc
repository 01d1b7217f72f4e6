#include "assay/model/xgboost_file.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "assay/data/number_text.h"
#include "assay/model/outside_json.h"
#include "assay/model/xgboost_tree.h"

namespace assay::model {
namespace {

using rapidjson::Value;

tl::unexpected<Error> bad(std::string what, std::string where = {}) {
  return fail(Code::kCorrupt, std::move(what), std::move(where),
              "save the model again with save_model(\"model.json\")");
}

// A number that XGBoost writes as text. `out` stays when the member is absent.
Status count(const Value* in, const char* name, std::size_t& out) {
  const Value* v = in ? member(*in, name) : nullptr;
  if (!v) return {};
  std::string text = v->IsString()   ? std::string(v->GetString(), v->GetStringLength())
                     : v->IsUint64() ? std::to_string(v->GetUint64())
                                     : std::string("?");
  std::size_t made = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), made);
  if (error != std::errc() || end != text.data() + text.size() || made > 0x7fffffff)
    return bad("\"" + text.substr(0, 40) + "\" is not a count", name);
  out = made;
  return {};
}

// "5E-1", "[5E-1]" or "[a,b,c]".
Result<std::vector<float>> base_scores(const Value* param) {
  const Value* v = param ? member(*param, "base_score") : nullptr;
  if (!v || !v->IsString()) return bad("has no base_score", "learner_model_param");
  std::string text(v->GetString(), v->GetStringLength());
  const std::string where = "learner_model_param: base_score";
  if (!text.empty() && text.front() == '[') {
    if (text.back() != ']') return bad("the list is not closed", where);
    text = text.substr(1, text.size() - 2);
  }
  std::vector<float> made;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t comma = std::min(text.find(',', start), text.size());
    double number = 0;
    const char *first = text.data() + start, *last = text.data() + comma;
    while (first < last && *first == ' ') ++first;
    const auto [end, error] = std::from_chars(first, last, number);
    if (error != std::errc() || end != last || !std::isfinite(number))
      return bad("\"" + std::string(first, last).substr(0, 40) + "\" is not a finite number", where);
    made.push_back(static_cast<float>(number));
    start = comma + 1;
  }
  return made;
}

Status names(const Value& learner, const char* which, std::size_t features, std::vector<std::string>& out) {
  const Value* list = member(learner, which);
  if (!list || (list->IsArray() && list->Empty())) return {};
  if (!list->IsArray()) return bad("is not a list", which);
  if (list->Size() != features)
    return bad("has " + std::to_string(list->Size()) + " entries for " + std::to_string(features) + " features", which);
  for (const Value& v : list->GetArray()) {
    if (!v.IsString()) return bad("holds something that is not text", which);
    out.emplace_back(v.GetString(), v.GetStringLength());
  }
  return {};
}

Status text_categories(const Value& offsets, const Value& values, const std::string& where,
                       std::vector<std::string>& out) {
  std::string bytes;
  for (const Value& v : values.GetArray()) {
    if (!v.IsInt() || v.GetInt() < -128 || v.GetInt() > 255) return bad("a category has a byte out of range", where);
    bytes.push_back(static_cast<char>(v.GetInt()));
  }
  std::uint64_t before = 0;
  for (rapidjson::SizeType i = 0; i < offsets.Size(); ++i) {
    const Value& v = offsets[i];
    if (!v.IsUint64() || v.GetUint64() > bytes.size() || v.GetUint64() < before || (i == 0 && v.GetUint64() != 0))
      return bad("the categories' offsets are damaged", where);
    if (i > 0) out.emplace_back(bytes.substr(before, v.GetUint64() - before));
    before = v.GetUint64();
  }
  return {};
}

// The categories of XGBoost 3.1 and later: per feature {offsets, values} of text or {type, values} of numbers.
Status read_categories(const Value& model, XgboostFile& file) {
  const Value* cats = member(model, "cats");
  const Value* enc = cats ? member(*cats, "enc") : nullptr;
  if (!enc || !enc->IsArray() || enc->Empty()) return {};
  if (enc->Size() != file.features) return bad("does not have one entry per feature", "cats: enc");
  file.categories.resize(file.features);
  for (rapidjson::SizeType f = 0; f < enc->Size(); ++f) {
    const Value *values = member((*enc)[f], "values"), *offsets = member((*enc)[f], "offsets");
    const std::string where = "cats: feature " + std::to_string(f);
    if (!values || !values->IsArray()) return bad("has no values", where);
    if (offsets && offsets->IsArray()) {
      ASSAY_CHECK(text_categories(*offsets, *values, where, file.categories[f]));
      continue;
    }
    for (const Value& v : values->GetArray()) {
      if (!v.IsNumber()) return bad("a category is neither text nor a number", where);
      file.categories[f].push_back(v.IsInt64() ? std::to_string(v.GetInt64()) : data::number_text(v.GetDouble()));
    }
  }
  return {};
}

// Position of each tree in the file by its id: XGBoost puts them at their id, whatever their order.
Result<std::vector<rapidjson::SizeType>> order_of(const Value& trees) {
  std::vector<rapidjson::SizeType> order(trees.Size(), trees.Size());
  for (rapidjson::SizeType i = 0; i < trees.Size(); ++i) {
    const Value* id = member(trees[i], "id");
    const auto place = id && id->IsUint() ? id->GetUint() : i;
    if (place >= trees.Size() || order[place] != trees.Size())
      return bad("its id is out of range or used twice", "tree " + std::to_string(i));
    order[place] = i;
  }
  return order;
}

Status read_trees(const Value& booster, const Value& model, XgboostFile& file) {
  const Value *trees = member(model, "trees"), *info = member(model, "tree_info");
  if (!trees || !trees->IsArray()) return bad("has no trees", "gradient_booster");
  if (!info || !info->IsArray() || info->Size() != trees->Size())
    return bad("does not have one entry per tree", "tree_info");
  std::size_t claimed = trees->Size();
  ASSAY_CHECK(count(member(model, "gbtree_model_param"), "num_trees", claimed));
  if (claimed != trees->Size())
    return bad(std::to_string(claimed) + " trees are claimed, " + std::to_string(trees->Size()) + " are there",
               "num_trees");
  const Value* drop = member(booster, "weight_drop");
  if (!drop) drop = member(model, "weight_drop");
  if (drop && (!drop->IsArray() || (!drop->Empty() && drop->Size() != trees->Size())))
    return bad("does not have one entry per tree", "weight_drop");
  ASSAY_TRY(const auto order, order_of(*trees));
  file.trees.features = file.features;
  file.trees.outputs = file.outputs;
  for (rapidjson::SizeType t = 0; t < order.size(); ++t) {
    const std::string where = "tree " + std::to_string(t);
    float weight = 1;
    if (drop && !drop->Empty()) {
      if (!(*drop)[t].IsNumber() || !std::isfinite((*drop)[t].GetDouble()))
        return bad("its weight is not a number", where);
      weight = static_cast<float>((*drop)[t].GetDouble());
    }
    const Value& output = (*info)[t];
    if (!output.IsUint() || output.GetUint() >= file.outputs)
      return bad("adds to an output that does not exist", "tree_info: " + where);
    if (auto s = add_tree((*trees)[order[t]], output.GetUint(), weight, t == 0, file.trees); !s)
      return tl::unexpected<Error>(std::move(s).error().at(where));
  }
  return {};
}

Status read_linear(const Value& model, XgboostFile& file) {
  const Value* list = member(model, "weights");
  if (!list || !list->IsArray()) return bad("has no weights", "gblinear");
  if (list->Size() != (file.features + 1) * file.outputs)
    return bad("has " + std::to_string(list->Size()) + " weights for " + std::to_string(file.features) +
                   " features and " + std::to_string(file.outputs) + " outputs",
               "gblinear");
  for (rapidjson::SizeType i = 0; i < list->Size(); ++i) {
    if (!(*list)[i].IsNumber() || !std::isfinite((*list)[i].GetDouble()))
      return bad("is not a finite number", "gblinear: weight " + std::to_string(i));
    file.weights.push_back(static_cast<float>((*list)[i].GetDouble()));
  }
  return {};
}

Status read_parameters(const Value& learner, XgboostFile& file) {
  const Value* param = member(learner, "learner_model_param");
  std::size_t targets = 1;
  ASSAY_CHECK(count(param, "num_feature", file.features));
  ASSAY_CHECK(count(param, "num_class", file.classes));
  ASSAY_CHECK(count(param, "num_target", targets));
  file.outputs = std::max({file.classes, targets, std::size_t{1}});
  if (file.classes > 1 && targets > 1)
    return fail(Code::kUnsupported, "has several classes and several targets at once", "learner_model_param",
                "import one model per target");
  if (file.features > kMaxFeatures || file.outputs > kMaxOutputs)
    return fail(
        Code::kUnsupported,
        "has " + std::to_string(file.features) + " features and " + std::to_string(file.outputs) + " outputs",
        "learner_model_param",
        "at most " + std::to_string(kMaxFeatures) + " features and " + std::to_string(kMaxOutputs) + " outputs");
  if (file.features == 0) return bad("has no features", "learner_model_param");
  ASSAY_TRY(file.base, base_scores(param));
  if (file.base.size() == 1) file.base.resize(file.outputs, file.base[0]);
  if (file.base.size() != file.outputs)
    return bad("has " + std::to_string(file.base.size()) + " numbers for " + std::to_string(file.outputs) + " outputs",
               "learner_model_param: base_score");
  return {};
}

void read_version(const Value& root, XgboostFile& file) {
  const Value* version = member(root, "version");
  if (!version || !version->IsArray()) return;
  for (const Value& part : version->GetArray())
    if (part.IsInt() && file.version.size() < 32)
      file.version += (file.version.empty() ? "" : ".") + std::to_string(part.GetInt());
}

Status read_learner(const Value& learner, XgboostFile& file) {
  ASSAY_CHECK(read_parameters(learner, file));
  ASSAY_CHECK(names(learner, "feature_names", file.features, file.names));
  ASSAY_CHECK(names(learner, "feature_types", file.features, file.types));
  const Value *objective = member(learner, "objective"), *booster = member(learner, "gradient_booster");
  if (const Value* name = objective ? member(*objective, "name") : nullptr; name && name->IsString())
    file.objective.assign(name->GetString(), name->GetStringLength());
  if (const Value* attributes = member(learner, "attributes"))
    if (const Value* best = member(*attributes, "best_iteration"); best && best->IsString())
      file.best_iteration = std::string(best->GetString(), best->GetStringLength()).substr(0, 20);
  const Value* name = booster ? member(*booster, "name") : nullptr;
  if (!name || !name->IsString()) return bad("has no gradient_booster with a name", "learner");
  file.booster.assign(name->GetString(), name->GetStringLength());
  if (file.booster != "gbtree" && file.booster != "dart" && file.booster != "gblinear")
    return fail(Code::kUnsupported, "the booster \"" + file.booster.substr(0, 40) + "\" is not known",
                "gradient_booster", "gbtree, dart and gblinear are read");
  const Value* inner = member(*booster, "gbtree");  // dart wraps a gbtree
  const Value* model = member(inner ? *inner : *booster, "model");
  if (!model) return bad("has no model", "gradient_booster");
  if (file.booster == "gblinear") return read_linear(*model, file);
  ASSAY_CHECK(read_categories(*model, file));
  return read_trees(*booster, *model, file);
}

}  // namespace

Result<XgboostFile> read_xgboost(std::string_view bytes) {
  rapidjson::Document json;
  XgboostFile file;
  // JSON has a quote or blank after the first brace; UBJSON the type of a length.
  file.ubjson = bytes.size() > 1 && std::string_view("LlIiU$#").find(bytes[1]) != std::string_view::npos;
  ASSAY_CHECK(file.ubjson ? parse_ubjson(bytes, json) : parse_json(bytes, json));
  const Value* learner = member(json, "learner");
  if (!learner || !learner->IsObject())
    return fail(Code::kUnsupported, "is not an XGBoost model: it has no \"learner\"", {},
                "save it with save_model(\"model.json\")");
  read_version(json, file);
  if (auto s = read_learner(*learner, file); !s) return tl::unexpected<Error>(std::move(s).error());
  return file;
}

}  // namespace assay::model
