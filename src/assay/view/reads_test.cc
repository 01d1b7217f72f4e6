#include "assay/view/reads.h"

#include <set>

#include "assay/view/view_fixture.h"

namespace assay::view {
namespace {

TEST(Search, FindsByNameColumnDigestAndRun) {
  auto& in = example();
  const auto found = [&](const std::string& q) {
    std::set<std::string> out;
    const auto got = in.answer("view/search", {}, {{"q", q}});
    for (const auto& group : got["groups"])
      for (const auto& item : group["items"])
        out.insert(group["kind"].get<std::string>() + " " + item["name"].get<std::string>());
    return out;
  };
  EXPECT_TRUE(found("MORT").contains("model model:mortgage@1"));
  EXPECT_TRUE(found("afam").contains("column afam"));
  const auto digest = in.newest("gate.check");
  EXPECT_EQ(found(digest.substr(0, 19)), (std::set<std::string>{"evidence " + digest}));
  EXPECT_TRUE(found("gate.").contains("run gate.check"));
  EXPECT_TRUE(found("").empty());
  EXPECT_TRUE(found("no such thing").empty());
  EXPECT_TRUE(found("sha").empty());  // not every digest there is
}

TEST(Forms, AreTheCatalogue) {
  const auto got = example().answer("view/forms");
  ASSERT_EQ(got["items"].size(), catalog::operations().size());
  for (const auto& form : got["items"]) {
    if (form["noun"] != "fairness" || form["verb"] != "assess") continue;
    std::map<std::string, Json> arguments;
    for (const auto& a : form["arguments"]) arguments[a["name"]] = a;
    EXPECT_EQ(arguments["data"]["required"], true);
    EXPECT_EQ(arguments["level"]["default"], 0.95);
    EXPECT_EQ(arguments["group"]["repeated"], true);
    EXPECT_FALSE(arguments["missing"]["choices"].empty());
    return;
  }
  FAIL() << "no form for fairness assess";
}

TEST(Reads, EvidenceKeepsItsDigestAndItsRecord) {
  auto& in = example();
  const auto digest = in.newest("evaluate.run");
  for (const auto& asked : {digest, digest.substr(0, 19)}) {
    const auto got = in.answer("evidence/{digest}", {{"digest", asked}});
    EXPECT_EQ(got["digest"], digest);
    EXPECT_EQ(operation::digest_of(got["evidence"]), digest);
    EXPECT_EQ(got["record"]["signature"], "signed");
    EXPECT_EQ(got["record"]["by"], workspace::this_user());
  }
  const auto predictions = in.answer("evidence/{digest}", {{"digest", in.newest("model.predict")}});
  EXPECT_EQ(predictions["record"]["refs"]["model"], "model:mortgage@1");
  EXPECT_EQ(predictions["record"]["signature"], "none");
}

TEST(Reads, AssetsAndAuditArePaged) {
  auto& in = example();
  for (const auto& [pattern, total] : {std::pair<std::string, int>("assets", 6), {"audit", 0}}) {
    const auto all = in.answer(pattern, {}, {{"limit", "1000"}});
    if (total) {
      EXPECT_EQ(all["total"], total);
    }
    EXPECT_EQ(all["total"], all["items"].size());
    Json seen = Json::array();
    Names query{{"limit", "4"}};
    for (int page = 0; page < 20; ++page) {
      const auto got = in.answer(pattern, {}, query);
      EXPECT_EQ(got["total"], all["total"]);
      for (const auto& item : got["items"]) seen.push_back(item);
      if (got["next"].is_null()) break;
      query["after"] = got["next"];
    }
    EXPECT_EQ(seen, all["items"]) << pattern;
  }
  EXPECT_EQ(in.answer("assets/{kind}", {{"kind", "model"}})["items"][0]["ref"], "model:mortgage@1");
  const auto audit = in.answer("audit", {}, {{"after", "2"}, {"limit", "1"}});
  EXPECT_EQ(audit["items"][0]["seq"], 3);
}

TEST(BadInput, SaysWhatAndWhatToDo) {
  auto& in = example();
  struct Case {
    std::string pattern;
    Names path, query;
    Code code;
    std::string what, fix;
  };
  const std::string model = "view/models/{name}/{version}", stats = "view/data/{name}/{version}/stats";
  const std::string long_name(5000, 'x');
  std::string many;
  for (int i = 0; i < 400; ++i) many += "é,";
  for (const auto& c : std::vector<Case>{
           {model,
            {{"name", "mortage"}, {"version", "1"}},
            {},
            Code::kNotFound,
            "no model",
            "did you mean \"mortgage\"?"},
           {model, {{"name", "zzzzzzzz"}, {"version", "1"}}, {}, Code::kNotFound, "no model", "there are: mortgage"},
           {model, {{"name", "mortgage"}, {"version", "9"}}, {}, Code::kNotFound, "no version 9", "there are: 1"},
           {model, {{"name", "mortgage"}, {"version", "1x"}}, {}, Code::kInvalidArgument, "not a version", "@1"},
           {model, {{"name", "mortgage"}, {"version", "-1"}}, {}, Code::kInvalidArgument, "not a version", "@1"},
           {model, {{"name", "mortgage"}, {"version", "0"}}, {}, Code::kInvalidArgument, "not a version", "@1"},
           {model,
            {{"name", "mortgage"}, {"version", "99999999999999999999"}},
            {},
            Code::kInvalidArgument,
            "not a version",
            "@1"},
           {model, {{"name", long_name}, {"version", "1"}}, {}, Code::kNotFound, "no model", ""},
           {model, kModel, {{"grup", "a"}}, Code::kInvalidArgument, "no such parameter", ""},
           {model + "/fairness", kModel, {{"grup", "a"}}, Code::kInvalidArgument, "no such parameter", "group"},
           {stats, {{"name", "boston_hdma"}, {"version", "1"}}, {}, Code::kNotFound, "no dataset", "boston_hmda"},
           {stats, {{"name", "../../etc"}, {"version", "1"}}, {}, Code::kNotFound, "no dataset", "boston_hmda"},
           {model + "/fairness",
            kModel,
            {{"group", "single"}},
            Code::kNotFound,
            "was not assessed",
            "assessed are: afam"},
           {model + "/fairness",
            kModel,
            {{"group", "afam,single"}},
            Code::kNotFound,
            "was not assessed",
            "data.protected"},
           {model + "/fairness",
            kModel,
            {{"group", "afam,afam"}},
            Code::kNotFound,
            "was not assessed",
            "assay fairness assess"},
           {model + "/card", {{"name", "m"}, {"version", "1"}}, {}, Code::kNotFound, "no model", "mortgage"},
           {"view/runs", {}, {{"limit", "0"}}, Code::kInvalidArgument, "no number of items", "1 to 1000"},
           {"view/runs", {}, {{"limit", "1001"}}, Code::kInvalidArgument, "no number of items", "1 to 1000"},
           {"view/runs", {}, {{"limit", "ten"}}, Code::kInvalidArgument, "no number of items", "1 to 1000"},
           {"view/runs", {}, {{"after", "x"}}, Code::kInvalidArgument, "not the id of a run", "next"},
           {"view/runs", {}, {{"state", "faild"}}, Code::kInvalidArgument, "no such state", "failed"},
           {"view/runs/{id}", {{"id", std::string(32, 'f')}}, {}, Code::kNotFound, "no run", "runs list"},
           {"view/runs/{id}", {{"id", "' OR 1=1 --"}}, {}, Code::kInvalidArgument, "not the id", "32 hex"},
           {"view/models", {}, {{"after", "model:none@1"}}, Code::kInvalidArgument, "the list holds no", "next"},
           {"view/data", {}, {{"limit", "-3"}}, Code::kInvalidArgument, "no number of items", ""},
           {"view/lineage", {}, {{"focus", "model:mortage"}}, Code::kNotFound, "nothing", "model:mortgage"},
           {"view/lineage", {}, {{"focus", "/etc/passwd"}}, Code::kNotFound, "nothing", ""},
           {"view/lineage", {}, {{"focus", "assay.yaml"}}, Code::kNotFound, "nothing", ""},
           {"view/lineage", {}, {{"focus", "sha256:" + std::string(64, '0')}}, Code::kNotFound, "no such object", ""},
           {"view/lineage", {}, {{"focus", std::string(32, 'e')}}, Code::kNotFound, "nothing", ""},
           {"view/lineage", {}, {{"up", "21"}}, Code::kInvalidArgument, "no number of steps", "0 to 20"},
           {"view/lineage", {}, {{"down", "-1"}}, Code::kInvalidArgument, "no number of steps", "0 to 20"},
           {"view/search", {}, {{"q", std::string(201, 'a')}}, Code::kInvalidArgument, "201 bytes", "200"},
           {"evidence/{digest}",
            {{"digest", "sha256:" + std::string(64, '0')}},
            {},
            Code::kNotFound,
            "no such object",
            ""},
           {"evidence/{digest}", {{"digest", "../../etc/passwd"}}, {}, Code::kNotFound, "not a digest", ""},
           {"evidence/{digest}", {{"digest", "sha256:12"}}, {}, Code::kNotFound, "not a digest", ""},
           {"assets/{kind}", {{"kind", "modle"}}, {}, Code::kNotFound, "no such kind", "model"},
           {"assets/{kind}/{name}",
            {{"kind", "model"}, {"name", "mortage"}},
            {},
            Code::kNotFound,
            "no model",
            "mortgage"},
           {"assets", {}, {{"after", "x"}}, Code::kInvalidArgument, "not a reference", "next"},
           {"assets", {}, {{"after", "model:m@99999999999"}}, Code::kInvalidArgument, "not a reference", "next"},
           {model, {{"name", "\xff"}, {"version", "1"}}, {}, Code::kInvalidArgument, "no UTF-8", "percent-encode"},
           {model + "/fairness", kModel, {{"group", "a\xc3"}}, Code::kInvalidArgument, "no UTF-8", "percent-encode"},
           {model + "/fairness", kModel, {{"group", many}}, Code::kNotFound, "was not assessed", "afam"},
           {"audit", {}, {{"after", "x"}}, Code::kInvalidArgument, "no number of an entry", "next"},
       }) {
    const auto e = in.refused(c.pattern, c.path, c.query);
    EXPECT_EQ(e.code, c.code) << c.pattern << ": " << e.text();
    EXPECT_NE(e.what.find(c.what), std::string::npos) << c.pattern << ": " << e.text();
    EXPECT_NE(e.fix.find(c.fix), std::string::npos) << c.pattern << ": " << e.text();
    EXPECT_LT(e.text().size(), 1000u) << c.pattern;
    EXPECT_TRUE(operation::is_utf8(e.text())) << c.pattern;
  }
  const auto report = in.answer("view/runs", {}, {{"parent", ""}})["items"][0]["digest"].get<std::string>();
  EXPECT_EQ(in.answer("evidence/{digest}", {{"digest", report}})["evidence"]["name"], "mortgage");  // of plan.run
  const auto model_file = in.answer(model, kModel)["digest"].get<std::string>();
  EXPECT_EQ(in.refused("evidence/{digest}", {{"digest", model_file}}).what, "no evidence: this digest names a file");
}

TEST(BadInput, AnEmptyWorkspaceIsNoError) {
  Place place;
  for (const char* pattern :
       {"view/overview", "view/data", "view/models", "view/runs", "view/lineage", "assets", "audit"})
    EXPECT_TRUE(place.ask(pattern)) << pattern;
  EXPECT_EQ(place.refused("view/models/{name}/{version}", kModel).fix, "run `assay run` first");
  EXPECT_EQ(place.refused("view/data/{name}/{version}/stats", kData).fix,
            "run `assay data add FILE` or `assay run` first");
}

TEST(BadInput, ADamagedObjectIsSaidToBeDamaged) {
  Place place(example());
  const auto path = place.space().objects().path_of(place.newest("evaluate.run"));
  auto bytes = *files::read(path);
  bytes[bytes.size() / 2] ^= 1;
  fs::permissions(path, fs::perms::owner_all);
  std::ofstream(path) << bytes;
  for (const char* pattern :
       {"view/models/{name}/{version}", "view/models/{name}/{version}/fairness", "view/models/{name}/{version}/card"})
    EXPECT_EQ(place.refused(pattern, kModel).code, Code::kCorrupt) << pattern;
  const auto overview = place.answer("view/overview");  // the page is there to tell
  EXPECT_EQ(overview["alerts"][0]["title"]["key"], "alert.damaged");
  EXPECT_EQ(overview["alerts"][0]["state"], "failed");
  EXPECT_TRUE(place.ask("view/lineage"));
  EXPECT_TRUE(place.ask("view/runs"));
}

}  // namespace
}  // namespace assay::view
