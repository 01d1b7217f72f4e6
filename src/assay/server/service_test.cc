// The server without sockets, on a workspace of its own: what each request is answered with.
#include "assay/server/service.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <set>

#include "assay/base/crypto.h"
#include "assay/base/files.h"
#include "assay/operation/json.h"
#include "assay/server/confine.h"
#include "assay/server/problem.h"

namespace assay::server {
namespace {

namespace fs = std::filesystem;
using operation::Json;

class ServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("assay-service-" + crypto::hex(crypto::random_bytes(6)));
    fs::create_directories(folder_ / "loans");
    std::string rows = "age,sex,deny\n";
    for (int i = 0; i < 60; ++i) rows += std::to_string(20 + i) + (i % 2 ? ",f," : ",m,") + (i % 3 ? "no\n" : "yes\n");
    ASSERT_TRUE(files::write(inside("loans.csv"), rows));
    ASSERT_TRUE(files::write((folder_ / "secret.csv").string(), "a\n1\n"));
    ASSERT_TRUE(workspace::Workspace::open(inside("")));
  }
  void TearDown() override {
    service_.reset();
    fs::remove_all(folder_);
  }
  std::string inside(const std::string& name) const { return (folder_ / "loans" / name).lexically_normal().string(); }

  Settings settings() const {
    Settings out;
    out.places = {{"loans", fs::canonical(folder_ / "loans").string()}};
    out.user = "ada", out.trust = {{}, "127.0.0.1", 8650, false, {}};
    return out;
  }
  Service& service() {
    if (!service_) {
      service_ = std::make_unique<Service>(settings());
      service_->sessions().add_bearer("assay_test", "ada");
    }
    return *service_;
  }

  struct Said {
    Response response;
    Json json;
    std::string header(const std::string& name) const {
      for (const auto& [key, value] : response.headers)
        if (key == name) return value;
      return {};
    }
    std::string detail() const { return json.value("where", "") + ": " + json.value("detail", ""); }
  };
  Said ask(Request request) {
    Said out;
    request.headers.try_emplace("host", "127.0.0.1:8650");
    request.headers.try_emplace("authorization", "Bearer assay_test");
    auto body = std::move(request.body);
    auto admission = service().admit(std::move(request));
    if (admission.refused) {
      out.response = std::move(*admission.refused);
    } else {
      admission.call.request.body = std::move(body);
      std::mutex mutex;
      std::condition_variable wake;
      bool done = false;
      service().answer(std::move(admission), [&](Response response) {
        const std::lock_guard lock(mutex);
        out.response = std::move(response), done = true;
        wake.notify_all();
      });
      std::unique_lock lock(mutex);
      EXPECT_TRUE(wake.wait_for(lock, std::chrono::seconds(60), [&] { return done; }));
    }
    const auto parsed = operation::parse_json(out.response.body);
    if (parsed) out.json = *parsed;
    return out;
  }
  Said get(const std::string& target, Fields headers = {}) {
    Request request;
    request.method = "GET", request.target = target, request.headers = std::move(headers);
    return ask(std::move(request));
  }
  Said post(const std::string& target, const std::string& body, Fields headers = {}) {
    Request request;
    request.method = "POST", request.target = target, request.body = body, request.headers = std::move(headers);
    request.headers.try_emplace("content-type", "application/json");
    return ask(std::move(request));
  }
  Said call(const std::string& name, const std::string& body, Fields headers = {}) {
    return post("/api/v1/w/loans/" + name, body, std::move(headers));
  }
  JobView ended(const std::string& run) {
    for (int tries = 0; tries < 3000; ++tries) {
      const auto job = service().jobs().find(run);
      if (job && job->ended()) return *job;
      ::usleep(10'000);
    }
    ADD_FAILURE() << "the run did not end";
    return {};
  }

  fs::path folder_;
  std::unique_ptr<Service> service_;
};

TEST_F(ServiceTest, SaysWhoAndWhat) {
  EXPECT_TRUE(get("/api/v1/version", {{"authorization", ""}}).json.contains("code"));
  const auto me = get("/api/v1/me");
  EXPECT_EQ(me.json["user"], "ada");
  EXPECT_EQ(me.json["workspaces"][0]["name"], "loans");
  EXPECT_EQ(get("/api/v1/workspaces").json["total"], 1);
  EXPECT_EQ(me.header("Content-Security-Policy").substr(0, 18), "default-src 'none'");
}

TEST_F(ServiceTest, NobodyAndStrangersAreRefused) {
  const auto nobody = get("/api/v1/me", {{"authorization", ""}});
  EXPECT_EQ(nobody.response.status, 401);
  EXPECT_EQ(nobody.json["type"], "urn:assay:error:permission-denied");
  EXPECT_EQ(get("/api/v1/me", {{"host", "evil.example"}}).response.status, 421);
  EXPECT_EQ(get("/", {{"host", "evil.example"}}).response.status, 421);
  EXPECT_EQ(get("/api/v1/none").response.status, 404);
  EXPECT_EQ(get("/api/v1/none", {{"authorization", ""}}).response.status, 401);
  EXPECT_EQ(post("/api/v1/me", "{}").header("Allow"), "GET");
  EXPECT_EQ(post("/w/loans", "{}").response.status, 405);
  EXPECT_EQ(get("/a/%2e%2e/b").response.status, 400);
  EXPECT_EQ(get("/api/v1/w/other/assets").response.status, 404);
  EXPECT_EQ(get("/api/v1/w/loan/assets").json["fix"], "did you mean \"loans\"?");
}

TEST_F(ServiceTest, ALinkBecomesASession) {
  const auto made = post("/api/v1/session:link", "");
  const auto url = made.json["url"].get<std::string>();
  const auto target = url.substr(url.find('/', 8));
  const auto entered = get(target + "&lang=ja", {{"authorization", ""}});
  EXPECT_EQ(entered.response.status, 303);
  EXPECT_EQ(entered.header("Location"), "/?lang=ja");
  const auto cookie = entered.header("Set-Cookie").substr(0, entered.header("Set-Cookie").find(';'));
  const auto again = get(target, {{"authorization", ""}});
  EXPECT_EQ(again.response.status, 401);
  EXPECT_NE(again.response.body.find("has been used"), std::string::npos);
  EXPECT_NE(again.response.body.find("assay studio"), std::string::npos);
  const auto me = get("/api/v1/me", {{"authorization", ""}, {"cookie", cookie}});
  EXPECT_EQ(me.json["user"], "ada");
  EXPECT_EQ(call("runs:list", "{}", {{"authorization", ""}, {"cookie", cookie}}).response.status, 403);
  const auto csrf = me.json["csrf"].get<std::string>();
  const auto signed_in = [&](const std::string& target_of) {
    return post(target_of, "", {{"authorization", ""}, {"cookie", cookie}, {"x-assay-csrf", csrf}});
  };
  EXPECT_EQ(signed_in("/api/v1/w/loans/runs:list").response.status, 200);
  EXPECT_EQ(signed_in("/api/v1/session:end").response.status, 200);
  EXPECT_EQ(signed_in("/api/v1/w/loans/runs:list").response.status, 401);
}

TEST_F(ServiceTest, RunsAnOperationAndRemembersIt) {
  const auto first = call("stats:profile", R"({"data": "loans.csv"})");
  ASSERT_EQ(first.response.status, 200) << first.response.body;
  EXPECT_EQ(first.json["operation"], "stats.profile");
  EXPECT_EQ(first.header("X-Assay-Cached"), "false");
  const auto second = call("stats:profile", R"({"data": "loans.csv"})");
  EXPECT_EQ(second.header("X-Assay-Cached"), "true");
  EXPECT_EQ(second.header("X-Assay-Digest"), first.header("X-Assay-Digest"));
  EXPECT_EQ(second.header("X-Assay-Run"), first.header("X-Assay-Run"));
  const auto shown = get("/api/v1/w/loans/evidence/" + first.header("X-Assay-Digest"));
  EXPECT_EQ(shown.json["evidence"]["operation"], "stats.profile");
  EXPECT_EQ(shown.json["record"]["by"], "ada");
  EXPECT_EQ(get("/api/v1/w/loans/evidence/" + first.header("X-Assay-Digest"), {{"if-none-match", shown.header("ETag")}})
                .response.status,
            304);
  const auto audit = get("/api/v1/w/loans/audit?limit=1");
  EXPECT_EQ(audit.json["items"].size(), 1u);
  EXPECT_EQ(audit.json["items"][0]["actor"], "ada");
}

TEST_F(ServiceTest, BadBodiesAreNamed) {
  const auto status = [&](const std::string& body) { return call("stats:profile", body).response.status; };
  EXPECT_EQ(call("stats:profile", R"({"data": "loans.csv", "colums": []})").json["fix"], "did you mean \"columns\"?");
  EXPECT_EQ(call("stats:profile", R"({"data": 7})").detail(), "data: text was expected, not a number");
  EXPECT_EQ(call("stats:profile", R"({"data": "loans.csv", "bins": 0})").json["where"], "bins");
  EXPECT_EQ(call("stats:profile", "{}").detail(), "data: is required");
  EXPECT_EQ(status(R"({"data": "loans.csv")"), 400);
  EXPECT_EQ(status(R"({"data": "loans.csv", "data": "x"})"), 400);
  EXPECT_EQ(status("[]"), 400);
  EXPECT_EQ(status("null"), 400);
  EXPECT_EQ(status("\"text\""), 400);
  EXPECT_EQ(status(std::string(100'000, '[')), 400);
  EXPECT_EQ(status("{\"data\":" + std::string(70, '[') + std::string(70, ']') + "}"), 400);
  EXPECT_EQ(status("\xff\xfe"), 400);
  EXPECT_EQ(
      call("stats:profile", "data=loans.csv", {{"content-type", "application/x-www-form-urlencoded"}}).response.status,
      415);
  EXPECT_EQ(call("stats:profil", "{}").json["fix"], "did you mean stats:profile?");
  EXPECT_EQ(call("stats:profile", R"({"data": "none.csv"})").response.status, 404);
}

TEST_F(ServiceTest, FilesStayInsideTheFolder) {
  fs::create_symlink(folder_ / "secret.csv", folder_ / "loans/link.csv");
  fs::create_directories(folder_ / "loans/sub");
  fs::copy(folder_ / "loans/loans.csv", folder_ / "loans/sub/more.csv");
  const auto profile = [&](const std::string& path) {
    return call("stats:profile", Json{{"data", path}}.dump()).response.status;
  };
  EXPECT_EQ(profile("sub/more.csv"), 200);
  EXPECT_EQ(profile("./loans.csv"), 200);
  EXPECT_EQ(profile("sub/../loans.csv"), 200);
  EXPECT_EQ(profile(inside("loans.csv")), 200);
  for (const std::string path :
       {"../secret.csv", "sub/../../secret.csv", "link.csv", "/etc/passwd", "/etc/no-such-file", "./../secret.csv",
        ".assay/workspace.db", "sub/../.assay/server.json"})
    EXPECT_EQ(profile(path), 403) << path;
  EXPECT_EQ(profile("sub/../none.csv"), 404);
  EXPECT_EQ(profile(std::string(5000, 'a')), 400);
  EXPECT_EQ(profile(std::string("loans.csv\0.txt", 14)), 400);
  const auto refused = [&](const std::string& name, const Json& body) {
    return call(name, body.dump()).response.status;
  };
  EXPECT_EQ(refused("evidence:show", Json{{"digest", "/etc/hostname"}}), 403);
  EXPECT_EQ(refused("evidence:show", Json{{"digest", ".assay/server.json"}}),
            404);  // there is none, and it would be 403
  EXPECT_EQ(refused("lineage:show", Json{{"of", "../secret.csv"}}), 403);
  EXPECT_EQ(refused("plan:show", Json{{"plan", "../assay.yaml"}}), 403);
  EXPECT_EQ(refused("plan:run", Json{{"plan", "/etc/passwd"}}), 403);
  EXPECT_EQ(refused("hallmark:verify", Json{{"hallmark", "loans.csv"}, {"trust", "/etc/passwd"}}), 403);
  EXPECT_EQ(
      refused("gate:check", Json{{"evidence", {"loans.csv", "../secret.csv"}}, {"policy", "preset:eeoc-four-fifths"}}),
      403);
  EXPECT_EQ(refused("hallmark:build", Json{{"model", "loans.csv"}, {"verdict", "loans.csv"}, {"key", "/tmp"}}), 403);
  EXPECT_EQ(refused("plan:init", Json{{"data", "loans.csv"}, {"output", "/tmp/assay.yaml"}}), 403);
}

TEST_F(ServiceTest, APlanIsWrittenIntoTheFolder) {
  const auto made = call("plan:init", R"({"data": "loans.csv", "label": "deny", "favorable": "no"})");
  ASSERT_EQ(made.response.status, 200) << made.response.body;
  EXPECT_TRUE(fs::exists(folder_ / "loans/assay.yaml"));
  EXPECT_EQ(call("plan:init", R"({"data": "loans.csv", "label": "deny", "favorable": "no"})").response.status, 409);
  EXPECT_EQ(call("plan:show", "{}").response.status, 200);
}

TEST_F(ServiceTest, LongRunsAreAcceptedFollowedAndShown) {
  const auto accepted = call("train:linear", R"({"data": "loans.csv", "label": "deny"})");
  ASSERT_EQ(accepted.response.status, 202);
  const auto run = accepted.json["run"].get<std::string>();
  EXPECT_EQ(accepted.header("Location"), "/api/v1/w/loans/runs/" + run);
  EXPECT_EQ(ended(run).state, "done");
  EXPECT_EQ(get("/api/v1/w/loans/runs/" + run).json["state"], "done");
  EXPECT_EQ(get("/api/v1/w/loans/runs/" + run + "/result").json["operation"], "train.linear");
  const auto feed = get("/api/v1/w/loans/events?topics=run:" + run).response.feed;
  ASSERT_TRUE(feed);
  EXPECT_EQ(feed->first.front().name, "hello");
  EXPECT_EQ(feed->first.back().name, "state");
  EXPECT_NE(feed->first.back().data.find("done"), std::string::npos);
  const auto polled = get("/api/v1/w/loans/events/poll?topics=run:" + run);
  EXPECT_EQ(polled.json["items"].back()["data"]["state"], "done");
  const auto from = polled.json["items"][0]["id"].dump();
  EXPECT_EQ(get("/api/v1/w/loans/events/poll?topics=run:" + run + "&after=" + from).json["items"].size(),
            polled.json["items"].size() - 1);
  EXPECT_EQ(get("/api/v1/w/loans/events?after=x").response.status, 400);
  EXPECT_EQ(get("/api/v1/w/loans/events?topics=what").response.status, 400);
  // The same again comes from the cache, under a run of its own.
  const auto again =
      ended(call("train:linear", R"({"data": "loans.csv", "label": "deny"})").json["run"].get<std::string>());
  EXPECT_EQ(again.state, "cached");
  EXPECT_EQ(get("/api/v1/w/loans/runs/" + again.run).json["state"], "cached");
  EXPECT_EQ(call("runs:cancel", Json{{"run", run}}.dump()).response.status, 409);
  EXPECT_EQ(call("runs:cancel", Json{{"run", std::string(32, 'a')}}.dump()).response.status, 404);
  EXPECT_EQ(call("runs:cancel", "{}").response.status, 400);
  EXPECT_EQ(get("/api/v1/w/loans/runs/" + std::string(32, 'a')).response.status, 404);
}

TEST_F(ServiceTest, AFailedRunSaysWhy) {
  const auto run = call("train:linear", R"({"data": "loans.csv", "label": "nothing"})").json["run"].get<std::string>();
  const auto job = ended(run);
  EXPECT_EQ(job.state, "failed");
  EXPECT_FALSE(get("/api/v1/w/loans/runs/" + run).json["error"].is_null());
  EXPECT_GE(get("/api/v1/w/loans/runs/" + run + "/result").response.status, 400);
}

TEST_F(ServiceTest, TooManyRunsAreRefusedAndWaitingOnesCanBeStopped) {
  auto few = settings();
  few.slow_threads = 0, few.slow_waiting = 1;
  service_ = std::make_unique<Service>(few);
  service_->sessions().add_bearer("assay_test", "ada");
  const std::string body = R"({"data": "loans.csv", "label": "deny"})";
  const auto first = call("train:linear", body);
  ASSERT_EQ(first.response.status, 202);
  const auto second = call("train:linear", body);
  EXPECT_EQ(second.response.status, 429);
  EXPECT_EQ(second.json["code"], "exhausted");
  EXPECT_EQ(second.header("Retry-After"), "2");
  const auto run = first.json["run"].get<std::string>();
  EXPECT_EQ(get("/api/v1/w/loans/runs/" + run).json["state"], "queued");
  EXPECT_EQ(get("/api/v1/w/loans/runs/" + run + "/result").response.status, 412);
  EXPECT_EQ(call("runs:cancel", Json{{"run", run}}.dump()).json["state"], "cancelled");
}

TEST_F(ServiceTest, AWaitingRunThatIsStoppedNeverBegins) {
  auto few = settings();
  few.slow_threads = 1;
  service_ = std::make_unique<Service>(few);
  service_->sessions().add_bearer("assay_test", "ada");
  std::string runs[4];
  for (auto& run : runs)
    run = call("train:linear", Json{{"data", "loans.csv"}, {"label", "deny"}, {"seed", &run - runs}}.dump())
              .json["run"]
              .get<std::string>();
  call("runs:cancel", Json{{"run", runs[3]}}.dump());
  EXPECT_EQ(ended(runs[0]).state, "done");
  const auto last = ended(runs[3]);
  EXPECT_TRUE(last.state == "cancelled" || last.state == "done") << last.state;
}

TEST_F(ServiceTest, ARepeatedRequestIsDoneOnce) {
  const Fields key{{"idempotency-key", "one"}};
  const std::string body = R"({"data": "loans.csv", "label": "deny"})";
  const auto first = call("train:linear", body, key), second = call("train:linear", body, key);
  EXPECT_EQ(first.json["run"], second.json["run"]);
  EXPECT_EQ(call("train:linear", R"({"data": "loans.csv", "label": "sex"})", key).response.status, 422);
  EXPECT_EQ(call("train:linear", body, {{"idempotency-key", std::string(300, 'k')}}).response.status, 400);
  EXPECT_EQ(call("stats:profile", R"({"data": "none.csv"})", {{"idempotency-key", "two"}}).response.status, 404);
  EXPECT_EQ(call("stats:profile", R"({"data": "loans.csv"})", {{"idempotency-key", "two"}}).response.status, 200);
}

TEST_F(ServiceTest, BytesComeInTheFormAskedFor) {
  const auto added = call("data:add", R"({"source": "loans.csv"})");
  ASSERT_EQ(added.response.status, 200) << added.response.body;
  const auto at = "/api/v1/w/loans/evidence/" + added.header("X-Assay-Digest") + "/blobs/";
  const auto whole = [&](const Said& said) { return said.response.file ? *said.response.file->read(0, 1 << 20) : ""; };
  const auto stored = get(at + "table");
  EXPECT_EQ(stored.response.type, "application/vnd.apache.arrow.file");
  EXPECT_TRUE(whole(stored).starts_with("ARROW1"));
  const auto stream = get(at + "table", {{"accept", "application/vnd.apache.arrow.stream"}});
  EXPECT_TRUE(whole(stream).starts_with("\xFF\xFF\xFF\xFF"));
  const auto csv = get(at + "table", {{"accept", "text/csv"}});
  EXPECT_TRUE(whole(csv).starts_with("age,sex,deny\n20,m,yes\n"));
  EXPECT_EQ(csv.header("Content-Security-Policy").substr(0, 8), "sandbox;");
  EXPECT_EQ(get(at + "table", {{"accept", "text/csv"}, {"if-none-match", csv.header("ETag")}}).response.status, 304);
  EXPECT_EQ(get(at + "tabel").json["fix"], "did you mean \"table\"?");
  EXPECT_EQ(get("/api/v1/w/loans/evidence/zz/blobs/table").response.status, 400);
  EXPECT_EQ(get("/api/v1/w/loans/evidence/%2e%2e").response.status, 400);
  EXPECT_EQ(get("/api/v1/w/loans/evidence/sha256:000000000000").response.status, 404);
  EXPECT_TRUE(fs::is_empty(folder_ / "loans/.assay/staging"));
}

TEST_F(ServiceTest, UploadedScriptsNeverRun) {
  auto space = workspace::Workspace::open(inside(""));
  const auto script = *space->objects().put("alert(1)");
  const auto document = [&](const std::string& type) {
    return *space->objects().put(
        operation::canonical(Json{{"blobs", {{"x", {{"digest", script}, {"media_type", type}}}}}}));
  };
  const auto typed = [&](const std::string& type) {
    return get("/api/v1/w/loans/evidence/" + document(type) + "/blobs/x");
  };
  EXPECT_EQ(typed("text/javascript").response.type, "application/octet-stream");
  const auto page = typed("text/html");
  EXPECT_EQ(
      page.header("Content-Security-Policy"),
      "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'self'");
  EXPECT_EQ(page.header("Content-Disposition"), "inline");
  EXPECT_EQ(typed("text/html\r\nX: y").response.status, 422);
}

TEST_F(ServiceTest, AssetsAreListedAndShown) {
  auto space = workspace::Workspace::open(inside(""));
  for (int i = 0; i < 3; ++i) {
    const auto digest = *space->objects().put("{\"n\":" + std::to_string(i) + "}");
    ASSERT_TRUE(space->store().register_asset({"policy", "house", digest, digest, "ada", "{}", 0, 1}));
  }
  const auto page = get("/api/v1/w/loans/assets/policy?limit=2");
  EXPECT_EQ(page.json["total"], 3);
  const auto rest = get("/api/v1/w/loans/assets/policy?limit=2&after=" + page.json["next"].get<std::string>());
  EXPECT_EQ(rest.json["items"].size(), 1u);
  EXPECT_TRUE(rest.json["next"].is_null());
  EXPECT_EQ(get("/api/v1/w/loans/assets/policy/house/3").json["version"], 3);
  EXPECT_EQ(get("/api/v1/w/loans/assets/policy/house/9/content").json["fix"], "the newest is 3");
  const auto content = get("/api/v1/w/loans/assets/policy/house/1/content");
  EXPECT_EQ(*content.response.file->read(0, 100), "{\"n\":0}");
  for (const char* bad : {"limit=0", "limit=1001", "limit=x", "after=-1", "limit=1e2"})
    EXPECT_EQ(get(std::string("/api/v1/w/loans/assets?") + bad).response.status, 400) << bad;
}

TEST_F(ServiceTest, AWorkspaceThatGoesIsMissedAndComesBack) {
  EXPECT_EQ(get("/api/v1/w/loans/assets").response.status, 200);
  fs::rename(folder_ / "loans", folder_ / "away");
  const auto gone = get("/api/v1/w/loans/assets");
  EXPECT_EQ(gone.response.status, 503);
  EXPECT_EQ(gone.json["code"], "unavailable");
  EXPECT_NE(gone.json["where"].get<std::string>().find("loans"), std::string::npos);
  EXPECT_EQ(call("stats:profile", R"({"data": "loans.csv"})").response.status, 503);
  EXPECT_EQ(get("/api/v1/me").response.status, 200);
  EXPECT_FALSE(fs::exists(folder_ / "loans"));
  fs::rename(folder_ / "away", folder_ / "loans");
  EXPECT_EQ(get("/api/v1/w/loans/assets").response.status, 200);
}

TEST_F(ServiceTest, TheDocumentOfAllIsWhole) {
  const auto document = get("/api/v1/openapi.json");
  std::set<std::string> ids;
  for (const auto& [path, item] : document.json["paths"].items())
    for (const auto& [method, operation] : item.items()) {
      EXPECT_TRUE(ids.insert(operation["operationId"].get<std::string>()).second) << operation["operationId"];
      EXPECT_TRUE(operation["responses"].contains("default")) << path;
      // Every address of the document is one that the server knows.
      std::string target = path;
      for (std::size_t at; (at = target.find('{')) != std::string::npos;)
        target.replace(at, target.find('}') - at + 1, target.substr(at, 11) == "{workspace}" ? "loans" : "1");
      const auto said = method == "get" ? get(target) : post(target, "[");
      EXPECT_NE(said.response.status, 405) << path;
      EXPECT_FALSE(said.json.is_object() && said.json.value("detail", "") == "no such address") << path;
    }
  EXPECT_GT(ids.size(), 40u);
}

}  // namespace
}  // namespace assay::server
